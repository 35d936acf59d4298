"""The platform reports what became of a message: it arrived, it was read, it could not be delivered."""

from __future__ import annotations

from uuid import UUID

from rejoinder.conversations import store as records
from rejoinder.db import BUSY, Batch, Database, Tx, retry_busy
from rejoinder.errors import Conflict, Invalid, NotFound, Unavailable
from rejoinder.outbound import store
from rejoinder.outbound.alarm import Stuck, alarm, job
from rejoinder.outbound.decide import Reported, Status, reported
from rejoinder.outbound.store import Delivery
from rejoinder.queue.dead_letters import store as dead_letters
from rejoinder.queue.jobs import enqueue

_MEND = "The ids of what was sent stand in what was posted, and in the conversation's messages."


async def receive_receipt(
    db: Database, workspace_id: UUID, message_id: UUID, status: Reported, error: str = ""
) -> Status:
    """Move a message's delivery forward, if the report says something new; where it stands now.

    Reports may come early, late, twice and in any order. Raises NotFound for no message of the workspace, Invalid for
    one that a customer wrote, Conflict for one that is not sent, Unavailable when the conversation stays locked.
    """
    async with db.read(workspace_id) as read:
        delivery = await store.of_message(read, message_id)
        if delivery is None:
            message = await records.message(read, message_id)
            raise _without_delivery(message_id, message.direction if message else None)

    async def once() -> Status:
        async with db.transaction(workspace_id) as tx:
            return await _receive(tx, delivery, status, error)

    try:
        return await retry_busy(once)
    except BUSY:
        raise Unavailable(
            "The conversation is being changed.", mend="Send the report again.", retry_after=2
        ) from None


async def _receive(tx: Tx, delivery: Delivery, status: Reported, error: str) -> Status:
    seq, now = await store.lock(tx, delivery.conversation_id)
    before, attempts = await store.stands(tx, delivery.delivery_id)
    after = reported(before, attempts, status)
    if after is None or after == "sent":
        return before
    batch = Batch(tx)
    if after == "failed":  # not logged as an error of ours: the platform says so
        told = error or "the platform reported that it could not be delivered"
        store.move(batch, delivery.delivery_id, after, told)
        store.withhold_rest(batch, delivery.conversation_id, delivery.turn_id, delivery.delivery_id)
        stuck = Stuck(delivery.delivery_id, delivery.conversation_id, delivery.message_id, attempts)
        alarm(batch, "delivery.failed", stuck, told, seq + 1, now)
    else:
        store.move(batch, delivery.delivery_id, after)
        dead_letters.resolve_subject(batch, delivery.delivery_id, "reconciled", "the platform")
    if before in ("queued", "sending", "unknown"):  # others may have waited for it
        enqueue(batch, [job(tx.workspace_id, delivery.conversation_id, delivery.platform)])
    await batch.send()
    return after


def _without_delivery(message_id: UUID, direction: str | None) -> Exception:
    if direction is None:
        return NotFound(f"There is no message {message_id} in this workspace.", mend=_MEND)
    if direction == "inbound":
        return Invalid(
            f"The message {message_id} was written by the customer: it is not delivered to them.",
            mend=_MEND,
            where="message_id",
        )
    return Conflict(
        f"The message {message_id} was handed in by you: nothing of it is sent from here.",
        mend=_MEND,
        code="not_sent_from_here",
    )
