"""The worker's side of sending: right after the commit, or when a job says so."""

from __future__ import annotations

import asyncio
from uuid import UUID

from rejoinder.db import AWAY, BUSY, Database
from rejoinder.errors import Unavailable
from rejoinder.outbound.backlog import Backlog, Key
from rejoinder.outbound.deliver import Send, deliver, job
from rejoinder.queue.jobs import enqueue_on
from rejoinder.telemetry.logs import log

# Each waits for somebody's server, up to 15 s, and costs a socket and a few kilobytes.
SLOTS = 1000
_MOST_WAITING = 100_000


class Dispatch:
    """Sends for at most `slots` conversations at once; the others wait in memory, where a crash may lose them.

    Their deliveries stand in the database: the sweeper finds who waits too long, and another worker may have room.
    """

    def __init__(self, db: Database, send: Send, *, slots: int = SLOTS) -> None:
        self._db = db
        self._send = send
        self._backlog = Backlog(slots, _MOST_WAITING)
        self._tasks: set[asyncio.Task[None]] = set()
        self._late: list[Key] = []
        self._closing = False

    def soon(self, workspace_id: UUID, conversation_id: UUID) -> None:
        """A turn has just committed replies: send them now, without a job."""
        self._start((workspace_id, conversation_id))

    async def wake(self, payload: bytes) -> None:
        """Take one job: 16 bytes of workspace id and 16 of conversation id."""
        self._start((UUID(bytes=payload[:16]), UUID(bytes=payload[16:32])))

    async def drain(self, seconds: float) -> None:
        """Let what is being sent finish within `seconds`; the rest goes back into the queue."""
        self._closing = True
        waiting = self._backlog.clear()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=5)
        await self._leave([*waiting, *self._late])

    def _start(self, key: Key) -> None:
        if self._closing:
            self._late.append(key)
        elif self._backlog.enter(key):
            self._run(key)

    def _run(self, key: Key) -> None:
        task = asyncio.create_task(self._deliver(*key), name=f"deliver-{key[1]}")
        self._tasks.add(task)
        task.add_done_callback(lambda task: self._done(task, key))

    def _done(self, task: asyncio.Task[None], key: Key) -> None:
        self._tasks.discard(task)
        following = self._backlog.leave(key[0])
        if following is not None:
            self._run(following)

    async def _deliver(self, workspace_id: UUID, conversation_id: UUID) -> None:
        try:
            await deliver(self._db, self._send, workspace_id, conversation_id)
        except (*AWAY, *BUSY, Unavailable) as away:  # the sweeper finds it
            log.warning("delivery_waits", conversation_id=str(conversation_id), error=str(away))
        except Exception:  # noqa: BLE001 - a bug; the sweeper tries again
            log.exception("delivery_raised", conversation_id=str(conversation_id))

    async def _leave(self, keys: list[Key]) -> None:
        if not keys:
            return
        try:
            async with self._db.maintenance() as maintenance:
                await enqueue_on(maintenance.connection, [job(*key) for key in keys])
        except (*AWAY, *BUSY, Unavailable) as away:  # the sweepers of others find them
            log.warning("deliveries_wait", conversations=len(keys), error=str(away))
