"""The worker's side of a download's job: each runs in a task of its own, as many at once as the lane allows.

The job ends when the file is taken over. From then on its row says who works on it, and a sweep finds what was lost.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

from rejoinder.db import AWAY, BUSY
from rejoinder.errors import Unavailable
from rejoinder.media.jobs import download as job
from rejoinder.media.taking.download import Means, download
from rejoinder.queue.jobs import Taken, enqueue_alone
from rejoinder.telemetry.logs import log

_LATER = timedelta(seconds=1)


class Downloads:
    """Fetches files, at most `slots` at once. `wake` is the queue's handler."""

    def __init__(self, means: Means, *, slots: int) -> None:
        self._means = means
        self._slots = slots
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self.freed = asyncio.Event()

    @property
    def means(self) -> Means:
        """What it fetches with."""
        return self._means

    def room(self) -> int:
        """How many more files it could fetch now."""
        return 0 if self._closing else max(0, self._slots - len(self._tasks))

    async def wake(self, taken: Taken) -> None:
        """Take one job over, or leave it for later where there is no place. Raises Invalid for a job that is none."""
        workspace_id, media_id = taken.conversation()
        if self.room() > 0:
            task = asyncio.create_task(self._run(workspace_id, media_id), name=f"media-{media_id}")
            self._tasks.add(task)
            task.add_done_callback(self._done)
            return
        try:
            async with self._means.db.statement(workspace_id) as tx:
                await enqueue_alone(tx, [job(workspace_id, media_id, _LATER)])
        except (*AWAY, *BUSY, Unavailable) as away:
            log.warning("media_job_lost", media_id=str(media_id), error=type(away).__name__)

    async def drain(self, seconds: float) -> None:
        """Begin nothing more; let what runs finish within `seconds`. What does not is found by another's sweep."""
        self._closing = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        left = {task for task in self._tasks if not task.done()}
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=5)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self.room() == 1:
            self.freed.set()

    async def _run(self, workspace_id: UUID, media_id: UUID) -> None:
        try:
            await download(self._means, workspace_id, media_id)
        except (*AWAY, *BUSY, Unavailable) as away:
            log.warning("media_left_to_the_sweep", media_id=str(media_id), error=str(away))
        except Exception:  # noqa: BLE001 - logged; the sweep finds it, and its tries are counted
            log.exception("media_raised", media_id=str(media_id))
