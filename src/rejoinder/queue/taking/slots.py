"""Work that outlasts its job: each piece in a task of its own, at most so many at once.

The job ends when its work is taken over. Who works on it stands elsewhere, in the work's own row, where a sweep finds
what was lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

from rejoinder.db import AWAY, BUSY, Database
from rejoinder.errors import Unavailable
from rejoinder.queue.jobs import Job, Taken, enqueue_alone
from rejoinder.telemetry.logs import log

_CANCELLED_S = 5.0


class Slots:
    """The side of a lane that runs its work here. A lane adds `wake`, which looks at `room` before it starts anything.

    `freed` is set when there is room after there was none; who waits for that clears it.
    """

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self.freed = asyncio.Event()

    def room(self) -> int:
        """How many more pieces it could begin now; none once it drains."""
        return 0 if self._closing else max(0, self._slots - len(self._tasks))

    def start(self, work: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        """Run it in a task of its own, which takes a place at once. It logs its own failures."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    async def drain(self, seconds: float) -> None:
        """Tell of no more room; let what runs finish within `seconds`, then stop it."""
        self._closing = True
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=_CANCELLED_S)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self.room() == 1:
            self.freed.set()


async def put_back(db: Database, taken: Taken, again: Job) -> None:
    """Leave a job for later where there is no place for it; if the database is away, the sweep finds its work."""
    workspace_id, subject_id = taken.conversation()
    try:
        async with db.statement(workspace_id) as tx:
            await enqueue_alone(tx, [again])
    except (*AWAY, *BUSY, Unavailable) as away:
        log.warning(
            "job_lost", lane=taken.lane, subject_id=str(subject_id), error=type(away).__name__
        )
