"""The worker's side of sending: right after the commit, or when a job says so."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

from rejoinder.db import AWAY, BUSY, Database
from rejoinder.errors import Unavailable
from rejoinder.outbound.deliver import Send, deliver, job
from rejoinder.queue.jobs import enqueue_alone
from rejoinder.telemetry.logs import log

# Each waits for somebody's server, up to 15 s, and costs a socket and a few kilobytes.
SLOTS = 1000
_PAUSE = timedelta(seconds=1)


class Dispatch:
    """Sends for at most `slots` conversations at once; what finds no place is left to a job."""

    def __init__(self, db: Database, send: Send, *, slots: int = SLOTS) -> None:
        self._db = db
        self._send = send
        self._slots = slots
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    def soon(self, workspace_id: UUID, conversation_id: UUID) -> None:
        """A turn has just committed replies: send them now, without a job."""
        self._start(workspace_id, conversation_id)

    async def wake(self, payload: bytes) -> None:
        """Take one job: 16 bytes of workspace id and 16 of conversation id."""
        self._start(UUID(bytes=payload[:16]), UUID(bytes=payload[16:32]))

    async def drain(self, seconds: float) -> None:
        """Let what is being sent finish within `seconds`; the rest goes back into the queue."""
        self._closing = True
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=5)

    def _start(self, workspace_id: UUID, conversation_id: UUID) -> None:
        full = self._closing or len(self._tasks) >= self._slots
        work = self._leave if full else self._deliver
        task = asyncio.create_task(
            work(workspace_id, conversation_id), name=f"deliver-{conversation_id}"
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, workspace_id: UUID, conversation_id: UUID) -> None:
        try:
            await deliver(self._db, self._send, workspace_id, conversation_id)
        except (*AWAY, *BUSY, Unavailable) as away:  # the sweeper finds it
            log.warning("delivery_waits", conversation_id=str(conversation_id), error=str(away))
        except Exception:  # noqa: BLE001 - a bug; the sweeper tries again
            log.exception("delivery_raised", conversation_id=str(conversation_id))

    async def _leave(self, workspace_id: UUID, conversation_id: UUID) -> None:
        pause = timedelta(0) if self._closing else _PAUSE
        try:
            async with self._db.transaction(workspace_id) as tx:
                await enqueue_alone(tx, [job(workspace_id, conversation_id, pause)])
        except (*AWAY, *BUSY, Unavailable) as away:
            log.warning("delivery_waits", conversation_id=str(conversation_id), error=str(away))
