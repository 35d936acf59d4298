"""A person has a delivery sent again."""

from __future__ import annotations

from uuid import UUID

from rejoinder.db import Batch, Tx
from rejoinder.errors import Conflict
from rejoinder.outbound import store
from rejoinder.outbound.alarm import job
from rejoinder.queue.jobs import enqueue


async def resend(tx: Tx, delivery_id: UUID, *, held_by: str | None = None) -> bool:
    """Queue a failed delivery, or one of unknown fate, with a fresh set of tries; False for any other, or none.

    Locks its conversation. Raises Conflict for one that was withheld, since the conversation has gone on without it,
    and for the bot's while a person holds the conversation.
    """
    found = await store.of_id(tx, delivery_id)
    if found is None:
        return False
    if held_by is not None and found.turn_id is not None:
        raise held(held_by)
    await store.lock(tx, found.conversation_id)
    status, _ = await store.stands(tx, delivery_id)
    if status == "withheld":
        raise Conflict(
            f"The delivery {delivery_id} was withheld and can't be sent any more.",
            mend="Write the customer a new message: POST /api/v1/conversations/{id}/messages.",
            code="delivery_withheld",
        )
    if status not in ("failed", "unknown"):
        return False
    batch = Batch(tx)
    store.resend(batch, delivery_id)
    enqueue(batch, [job(tx.workspace_id, found.conversation_id, found.platform)])
    await batch.send()
    return True


def held(by: str) -> Conflict:
    """A person holds the conversation: the bot says nothing in it."""
    return Conflict(
        f"{by} holds this conversation.",
        mend="Release it first: POST /api/v1/conversations/{id}/release.",
        code="held_by_another",
    )
