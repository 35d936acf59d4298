"""What a conversation has to send leaves, one after the other."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import asyncpg

from rejoinder.channels.model import NotTaken, Outgoing, Receipt
from rejoinder.db import Batch, Database, retry_busy
from rejoinder.events import store as log
from rejoinder.events.model import NewEvent
from rejoinder.outbound import store
from rejoinder.outbound.decide import Again, Failed, Next, Sent, after
from rejoinder.queue.jobs import DELIVER, Job, enqueue_alone
from rejoinder.telemetry import logs
from rejoinder.telemetry.metrics import DELIVERIES

Send = Callable[[Outgoing], Awaitable[Receipt]]

PATIENCE = timedelta(seconds=20)
"""A sender that has not said by then what came of it is taken for dead: the longest send takes 15 s."""


async def deliver(db: Database, send: Send, workspace_id: UUID, conversation_id: UUID) -> None:
    """Send until nothing is due or another sends. Raises Unavailable when the database is away.

    Cancelling it puts the delivery in hand back into the queue.
    """
    while outgoing := await retry_busy(lambda: _claim(db, workspace_id, conversation_id)):
        try:
            receipt = await _try(send, outgoing)
        except asyncio.CancelledError:
            await asyncio.shield(_settle(db, workspace_id, outgoing, _STOPPED))
            raise
        await _settle(db, workspace_id, outgoing, after(receipt, outgoing.attempt, random.random()))  # noqa: S311


_STOPPED = Again(timedelta(0), "the worker stopped")


async def _claim(db: Database, workspace_id: UUID, conversation_id: UUID) -> Outgoing | None:
    try:
        async with db.statement(workspace_id) as tx:
            return await store.claim(tx, conversation_id, PATIENCE)
    except asyncpg.UniqueViolationError:  # another of this conversation is being sent
        return None


async def _try(send: Send, outgoing: Outgoing) -> Receipt:
    try:
        return await send(outgoing)
    except Exception as error:  # noqa: BLE001 - logged; it is tried again, then given up aloud
        logs.log.exception("send_raised", delivery_id=str(outgoing.delivery_id))
        return NotTaken(f"sending failed here ({type(error).__name__})")


async def _settle(db: Database, workspace_id: UUID, outgoing: Outgoing, what: Next) -> None:
    DELIVERIES.labels(type(what).__name__.lower()).inc()
    match what:
        case Sent():
            await retry_busy(lambda: _note_sent(db, workspace_id, outgoing))
        case Again(pause, error):
            await retry_busy(lambda: _put_back(db, workspace_id, outgoing, pause, error))
        case Failed(error):
            await retry_busy(lambda: _give_up(db, workspace_id, outgoing, error))


async def _note_sent(db: Database, workspace_id: UUID, outgoing: Outgoing) -> None:
    async with db.statement(workspace_id) as tx:
        await store.sent(tx, outgoing)


async def _put_back(
    db: Database, workspace_id: UUID, outgoing: Outgoing, pause: timedelta, error: str
) -> None:
    async with db.transaction(workspace_id) as tx:
        if await store.again(tx, outgoing, pause, error):
            await enqueue_alone(tx, [job(workspace_id, outgoing.conversation_id, pause)])


async def _give_up(db: Database, workspace_id: UUID, outgoing: Outgoing, error: str) -> None:
    async with db.transaction(workspace_id) as tx:
        seq, now = await store.lock(tx, outgoing.conversation_id)
        if not await store.failed(tx, outgoing, error):
            return
        told = NewEvent(
            seq + 1,
            "delivery.failed",
            {
                "delivery_id": str(outgoing.delivery_id),
                "message_id": str(outgoing.message_id),
                "attempts": outgoing.attempt,
                "error": error,
            },
        )
        batch = Batch(tx)
        store.withhold_rest(batch, outgoing, told.seq)
        log.append(batch, outgoing.conversation_id, now, [told])
        await batch.send()
    logs.log.error("delivery_failed", **told.data)


def job(workspace_id: UUID, conversation_id: UUID, delay: timedelta = timedelta(0)) -> Job:
    """The job that says: this conversation has something to send."""
    return Job(DELIVER, workspace_id.bytes + conversation_id.bytes, delay)
