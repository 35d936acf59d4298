"""Put the messages of an answer on their way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from rejoinder.conversations import store as records
from rejoinder.conversations.model import NewMessage
from rejoinder.db import Batch, new_id
from rejoinder.outbound import store


def queue_replies(
    batch: Batch,
    *,
    sends: bool,
    turn_id: UUID | None,
    at: datetime,
    replies: Sequence[NewMessage],
) -> None:
    """Store the replies and a delivery for each, in the caller's transaction and in order; a person's have no turn.

    Where nothing `sends`, readers fetch or stream their replies from our own store: stored is sent. The first takes the
    conversation's reply token, which the caller takes away with `advance(replied=True)`.
    """
    for reply in replies:
        records.add_message(batch, reply)
    store.add(
        batch,
        conversation_id=replies[0].conversation_id,
        turn_id=turn_id,
        status="queued" if sends else "sent",
        at=at,
        delivery_ids=[new_id() for _ in replies],
        message_ids=[reply.message_id for reply in replies],
        seqs=[reply.seq for reply in replies],
    )


def withhold(batch: Batch, conversation_id: UUID, reason: str) -> None:
    """Keep back what the bot said and nobody has begun to send: a person speaks now."""
    store.withhold(batch, conversation_id, reason)


def withhold_from(batch: Batch, contact_id: UUID, reason: str) -> None:
    """Keep back what the bot said to a person in any conversation: they want no more of it."""
    store.withhold_from(batch, contact_id, reason)
