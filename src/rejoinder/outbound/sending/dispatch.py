"""The worker's side of sending: right after the commit, or when a job says so."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from uuid import UUID

from rejoinder.db import AWAY, BUSY, Database
from rejoinder.errors import Unavailable
from rejoinder.outbound.pacing.pace import Pacing
from rejoinder.outbound.sending.backlog import Backlog, Key
from rejoinder.outbound.sending.deliver import Send, deliver, job
from rejoinder.queue.jobs import Taken, deliver_lane, enqueue_on
from rejoinder.queue.lanes import platform_of
from rejoinder.queue.priority import NORMAL
from rejoinder.telemetry.logs import log

# Each waits for somebody's server, up to 15 s, and costs a socket and a few kilobytes.
SLOTS = 1000
_MOST_WAITING = 100_000


class Dispatch:
    """Sends for a number of conversations at once; the others wait in memory, where a crash may lose them.

    `slots` says for how many of each lane, SLOTS where it says nothing: a platform that is slow takes no place from
    another. Their deliveries stand in the database: the sweeper finds who waits too long, and another worker may have
    room. Of the lanes in `paced` nothing is sent without a job, for the queue gives those out at the lane's rate.
    """

    def __init__(
        self,
        db: Database,
        send: Send,
        *,
        slots: Mapping[str, int] | None = None,
        paced: frozenset[str] = frozenset(),
    ) -> None:
        self._db = db
        self._send = send
        self._pacing = Pacing(db)
        self._slots = slots or {}
        self._paced = paced
        self._backlogs: dict[str, Backlog] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._late: list[tuple[Key, str]] = []
        self._closing = False

    def soon(
        self, workspace_id: UUID, conversation_id: UUID, platform: str, priority: int = NORMAL
    ) -> None:
        """A turn has just committed replies: send them now, without a job."""
        key = (workspace_id, conversation_id)
        if deliver_lane(platform) in self._paced and not self._closing:
            leaving = self._leave([(key, platform)], priority)
            task = asyncio.create_task(leaving, name=f"queue-{key[1]}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            self._start(key, platform)

    async def wake(self, job: Taken) -> None:
        """Take one job of a platform's lane. Raises Invalid for one that is none."""
        self._start(job.conversation(), platform_of(job.lane))

    async def drain(self, seconds: float) -> None:
        """Let what is being sent finish within `seconds`; the rest goes back into the queue."""
        self._closing = True
        for platform, backlog in self._backlogs.items():
            self._late += [(key, platform) for key in backlog.clear()]
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=5)
        await self._pacing.close()
        await self._leave(self._late)

    def _start(self, key: Key, platform: str) -> None:
        if self._closing:
            self._late.append((key, platform))
        elif self._backlog(platform).enter(key):
            self._run(key, platform)

    def _backlog(self, platform: str) -> Backlog:
        if platform not in self._backlogs:
            slots = self._slots.get(deliver_lane(platform), SLOTS)
            self._backlogs[platform] = Backlog(slots, _MOST_WAITING)
        return self._backlogs[platform]

    def _run(self, key: Key, platform: str) -> None:
        task = asyncio.create_task(self._deliver(*key, platform), name=f"deliver-{key[1]}")
        self._tasks.add(task)
        task.add_done_callback(lambda task: self._done(task, key, platform))

    def _done(self, task: asyncio.Task[None], key: Key, platform: str) -> None:
        self._tasks.discard(task)
        following = self._backlog(platform).leave(key[0])
        if following is not None:
            self._run(following, platform)

    async def _deliver(self, workspace_id: UUID, conversation_id: UUID, platform: str) -> None:
        admit = partial(self._pacing.admit, workspace_id, conversation_id, platform)
        try:
            await deliver(self._db, self._send, workspace_id, conversation_id, admit)
        except (*AWAY, *BUSY, Unavailable) as away:  # the sweeper finds it
            log.warning("delivery_waits", conversation_id=str(conversation_id), error=str(away))
        except Exception:  # noqa: BLE001 - a bug; the sweeper tries again
            log.exception("delivery_raised", conversation_id=str(conversation_id))

    async def _leave(self, waiting: list[tuple[Key, str]], priority: int = NORMAL) -> None:
        if not waiting:
            return
        try:
            async with self._db.maintenance() as maintenance:
                jobs = [job(*key, platform, priority=priority) for key, platform in waiting]
                await enqueue_on(maintenance.connection, jobs)
        except (*AWAY, *BUSY, Unavailable) as away:  # the sweepers of others find them
            log.warning("deliveries_wait", conversations=len(waiting), error=str(away))
