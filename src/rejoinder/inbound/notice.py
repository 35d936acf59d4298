"""What the house itself tells a customer, without a model: an unsupported kind, a wish confirmed."""

from __future__ import annotations

from pydantic import JsonValue

from rejoinder.conversations.model import NewMessage
from rejoinder.db import Batch, new_id
from rejoinder.events.model import NewEvent
from rejoinder.outbound.queue import queue_replies
from rejoinder.outbound.sending.deliver import job as deliver
from rejoinder.queue.jobs import Job
from rejoinder.turns.model import Guard

CONSENT = "rejoinder:consent"
"""In a message's metadata: it confirms a wish for no more messages, and may be sent in spite of it."""


def notice(
    batch: Batch, guard: Guard, seq: int, text: str, metadata: dict[str, JsonValue]
) -> tuple[NewEvent, list[Job]]:
    """Queue a text of that seq, under the conversation's lock; its event and its job."""
    message = NewMessage(
        message_id=new_id(),
        conversation_id=guard.conversation_id,
        channel_id=guard.channel_id,
        seq=seq,
        turn_id=None,
        direction="outbound",
        sender_type="system",
        sender_id=None,
        kind="text",
        text=text,
        content=[],
        external_id=None,
        fingerprint=None,
        waited_for=False,
        platform_time=guard.now,
        received_at=guard.now,
        metadata=metadata,
    )
    queue_replies(batch, sends=guard.sends, turn_id=None, at=guard.now, replies=[message])
    told = {
        "message_id": str(message.message_id),
        "turn_id": None,
        "sender_type": "system",
        "kind": "text",
        "text": text,
        "model": None,
    }
    jobs = (
        [deliver(batch.tx.workspace_id, guard.conversation_id, guard.platform)]
        if guard.sends
        else []
    )
    return NewEvent(seq, "message.sent", {**told}), jobs
