"""What the house itself tells a customer, without a model: an unsupported kind, a wish confirmed."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import JsonValue

from rejoinder.bots.voice.notices import in_language, is_usual
from rejoinder.conversations.model import NewMessage
from rejoinder.db import Batch, Tx, new_id
from rejoinder.events import store as log
from rejoinder.events.model import NewEvent
from rejoinder.outbound.queue import queue_replies
from rejoinder.outbound.sending.deliver import job as deliver
from rejoinder.queue.jobs import enqueue
from rejoinder.text.language import language
from rejoinder.turns import store as turns
from rejoinder.turns.hands import store as hands
from rejoinder.turns.model import Guard

CONSENT = "rejoinder:consent"
"""In a message's metadata: it confirms a wish for no more messages, and may be sent in spite of it."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A text that the house sends, of that seq; a usual one in the customer's language."""

    seq: int
    text: str
    metadata: dict[str, JsonValue]


async def notice(tx: Tx, guard: Guard, what: Notice) -> None:
    """Queue it, under the conversation's lock; after the customer's message, whose reply token it takes."""
    text = in_language(what.text, await _language(tx, guard)) if is_usual(what.text) else what.text
    message = NewMessage(
        message_id=new_id(),
        conversation_id=guard.conversation_id,
        channel_id=guard.channel_id,
        seq=what.seq,
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
        metadata=what.metadata,
    )
    batch = Batch(tx)
    queue_replies(batch, sends=guard.sends, turn_id=None, at=guard.now, replies=[message])
    told: dict[str, JsonValue] = {
        "message_id": str(message.message_id),
        "turn_id": None,
        "sender_type": "system",
        "kind": "text",
        "text": text,
        "model": None,
    }
    log.append(batch, guard.conversation_id, guard.now, [NewEvent(what.seq, "message.sent", told)])
    turns.advance(batch, guard.conversation_id, what.seq, replied=True)
    if guard.sends:
        enqueue(batch, [deliver(tx.workspace_id, guard.conversation_id, guard.platform)])
    await batch.send()


async def _language(tx: Tx, guard: Guard) -> str | None:
    """That of the last message which shows one ("STOP" is in many), else the contact's."""
    noted, texts = await hands.spoken(tx, guard)
    known = (found for found in map(language, texts) if found != "und")
    return next(known, noted)
