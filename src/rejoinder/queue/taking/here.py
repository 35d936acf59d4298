"""The way past the queue: a job that is due at once begins in the process that made it, if that has a place free.

A queued job costs an insert, a notification, a look into the queue, a log line and a delete: 2 ms of CPU on both sides
together. What a crash loses between the commit and the beginning, the lane's sweep finds.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping

from rejoinder.db.pool import Ended
from rejoinder.queue.jobs import Handler, Taken
from rejoinder.telemetry.logs import log
from rejoinder.telemetry.metrics import FAILED_JOBS

_MOST = 100
"""Jobs promised or just begun at once, as many as the queue has in hand: more would only wait for a connection."""

_CANCELLED_S = 5.0


class Promises:
    """Begins jobs of the lanes here; each lane has its handler, and says how many more it would begin."""

    def __init__(self, lanes: Mapping[str, tuple[Handler, Callable[[], int]]]) -> None:
        self._lanes = lanes
        self._kept: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()

    def promise(self, lane: str, payload: bytes, priority: int) -> Ended | None:
        """Keep a place for the job until its transaction has ended; None where there is none, or no such lane here."""
        if lane not in self._lanes or self._lanes[lane][1]() <= self._kept[lane]:
            return None
        if self._kept.total() + len(self._tasks) >= _MOST:
            return None
        self._kept[lane] += 1

        def ended(committed: bool) -> None:
            if committed:
                task = asyncio.create_task(self._begin(Taken(lane, payload, priority)))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            else:
                self._kept[lane] -= 1

        return ended

    def kept(self, lane: str) -> int:
        """How many places of the lane are promised and not taken yet."""
        return self._kept[lane]

    async def drain(self, seconds: float) -> None:
        """Wait for the handlers to have taken over, or passed on, what was begun; the sweep finds what was cut off."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=_CANCELLED_S)

    async def _begin(self, taken: Taken) -> None:
        self._kept[taken.lane] -= 1  # the handler takes its place before it first waits
        try:
            await self._lanes[taken.lane][0](taken)
        except Exception:  # noqa: BLE001 - logged, as for a job that raises; its work is found by the sweep
            FAILED_JOBS.labels(taken.lane).inc()
            log.exception("job_raised", lane=taken.lane)
