"""Take jobs, for as long as the program lives.

PgQueuer's `run()` ends at any database error and ignores a dead listener by default, so each round here is a fresh
manager on a fresh connection, and a round that ends early is followed by the next.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Protocol, Self

from rejoinder.db import AWAY, Database, hang_up
from rejoinder.errors import Unavailable
from rejoinder.queue.jobs import Handler, Taken
from rejoinder.queue.taking.here import Promises
from rejoinder.queue.taking.pace import Pace
from rejoinder.telemetry.logs import log


class Side(Protocol):
    """What does a lane's work in this worker."""

    @property
    def freed(self) -> asyncio.Event:
        """Set when there is room after there was none."""

    def room(self) -> int:
        """For how many more jobs it has places now."""

    async def wake(self, taken: Taken, /) -> None:
        """Take one job over. Raises Invalid for one that is none."""

    async def drain(self, seconds: float) -> None:
        """Begin nothing more; let what runs finish within `seconds`."""


@dataclass(frozen=True, slots=True)
class Served:
    """How this worker serves a lane.

    `room` says for how many more jobs it has places now (None: any number are taken over), and the handler takes its
    place before it first waits; `freed` is set when there is room after there was none. `rate` is how many a second it
    begins. `here` says how many jobs made in this process may go past the queue now: a sweep must find those that a
    crash loses soon.
    """

    handler: Handler
    room: Callable[[], int] | None = None
    freed: asyncio.Event | None = None
    rate: float | None = None
    here: Callable[[], int] | None = None

    @classmethod
    def by(cls, side: Side, rate: float | None, here: Callable[[], int] | None = None) -> Self:
        """A lane whose work has its places on this side."""
        return cls(side.wake, side.room, side.freed, rate, here)


_BATCH = 25  # measured best between 20 and 50
# Jobs in hand at once. A handler returns within milliseconds; what a worker has no room for stays in the queue.
_AT_ONCE = 4 * _BATCH
# Retries and requeues never notify, so this bounds how late such a job is seen.
_POLL = timedelta(seconds=1)
_HEARTBEAT = timedelta(seconds=8)
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 5.0


def _left(here: Callable[[], int]) -> int:
    # The last places are for the queue: a batch that is just being taken must find them.
    return here() - _BATCH


class Taker:
    """Runs the handlers of the lanes over one connection; `run()` until `stop()`."""

    def __init__(self, db: Database, lanes: Mapping[str, Served]) -> None:
        self._db = db
        self._lanes = lanes
        now = time.monotonic()
        self._paces = {
            lane: Pace(served.rate, now)
            for lane, served in lanes.items()
            if served.rate is not None
        }
        self.here = Promises(
            {
                lane: (served.handler, partial(_left, served.here))
                for lane, served in lanes.items()
                if served.here is not None and served.rate is None
            }
        )
        self._stopping = asyncio.Event()
        self._round_shutdown: asyncio.Event | None = None
        self.ready = asyncio.Event()

    def stop(self) -> None:
        """Take no further job; those taken are finished."""
        self._stopping.set()
        if self._round_shutdown is not None:
            self._round_shutdown.set()

    async def run(self) -> None:
        """Take jobs until `stop()`, across every loss of the database."""
        pause = _FIRST_PAUSE_S
        while not self._stopping.is_set():
            started = asyncio.get_running_loop().time()
            try:
                await self._round()
            except asyncio.CancelledError:
                raise
            except (*AWAY, Unavailable) as away:
                log.warning("queue_lost", error=str(away))
            except Exception:  # noqa: BLE001 - whatever ended the round, the next one begins
                log.exception("queue_round_failed")
            if asyncio.get_running_loop().time() - started > 30:
                pause = _FIRST_PAUSE_S
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._stopping.wait()
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    async def _round(self) -> None:
        from rejoinder.queue.taking.take import Paced

        # Its few statements are always planned alike: a generic plan saves planning each dequeue (554 → 114 µs). A
        # bitmap scan of the jobs a worker has at the moment would read those it ever had, until VACUUM.
        connection = await self._db.session(
            "rejoinder queue",
            {"plan_cache_mode": "force_generic_plan", "enable_bitmapscan": "off"},
        )
        watching: list[asyncio.Task[None]] = []
        try:
            manager = Paced(connection, self._allowance, self._began)
            for lane, served in self._lanes.items():
                manager.serve(lane, served.handler)
            self._round_shutdown = manager.shutdown
            if self._stopping.is_set():
                return
            self.ready.set()
            watching = [
                asyncio.create_task(manager.look_whenever(served.freed), name=f"room-{lane}")
                for lane, served in self._lanes.items()
                if served.freed is not None
            ]
            await manager.run(
                dequeue_timeout=_POLL,
                batch_size=_BATCH,
                max_concurrent_tasks=_AT_ONCE,
                heartbeat_timeout=_HEARTBEAT,
                shutdown_on_listener_failure=True,
                log_aggregation_interval=timedelta(0),
            )
        finally:
            for task in watching:
                task.cancel()
            self._round_shutdown = None
            self.ready.clear()
            await hang_up(connection)

    def _allowance(self, lane: str) -> int | None:
        room, pace = self._lanes[lane].room, self._paces.get(lane)
        least = [] if room is None else [room() - self.here.kept(lane)]
        if pace is not None:
            least.append(pace.allowance(time.monotonic()))
        return min(least, default=None)

    def _began(self, lane: str) -> None:
        if lane in self._paces:
            self._paces[lane].spend()
