"""What became of a message: the answer to those who wait for it, and to those who ask later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias
from uuid import UUID

from rejoinder.db import Read
from rejoinder.turns.outcome import store

Status: TypeAlias = Literal[
    "pending", "answered", "merged", "handed_off", "silent", "failed", "stored"
]


@dataclass(frozen=True, slots=True)
class Told:
    """One message of the answer."""

    message_id: UUID
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """`merged` messages were answered together with `answered_by`, which carries the replies.

    `stored` is a message that asks for no answer: history, or one written on the business's side.
    """

    message_id: UUID
    conversation_id: UUID
    thread_key: str
    external_id: str | None
    turn_id: UUID | None
    status: Status
    answered_by: UUID | None
    provider: str | None
    model: str | None
    reason: str | None
    replies: tuple[Told, ...]


async def outcome(read: Read, message_id: UUID) -> Outcome | None:
    """The outcome so far; None when there is no such message.

    A turn's replies belong to its newest message whose caller waited, else to its newest: everyone else's message
    is merged into that one, so each answer is handed out once.
    """
    facts = await store.outcome(read, message_id)
    if facts is None:
        return None
    status = _status(facts)
    holder = facts.holder if status == "merged" else None
    told = facts.replies if status in ("answered", "handed_off", "failed") else []
    return Outcome(
        message_id=message_id,
        conversation_id=facts.conversation_id,
        thread_key=facts.thread_key,
        external_id=facts.external_id,
        turn_id=facts.turn_id,
        status=status,
        answered_by=holder,
        provider=facts.provider,
        model=facts.model,
        reason=facts.reason,
        replies=tuple(Told(UUID(reply[0]), reply[1], reply[2]) for reply in told),
    )


def _status(facts: store.Facts) -> Status:
    if facts.turn_id is None and facts.kind == "deleted":
        return "silent"
    if facts.turn_id is None and facts.kind == "history":
        return "stored"
    if facts.turn_id is None:
        return without_turn(facts.sender_type)
    if facts.state in (None, "waiting", "running"):
        return "pending"
    if facts.state in ("cancelled", "superseded"):
        return "silent"
    if facts.holder is not None and facts.holder != facts.message_id:
        return "merged"
    if facts.state == "failed":
        return "failed"
    if facts.state == "handed_off":
        return "handed_off"
    # What is only drafted has not been said yet.
    return "silent" if facts.decision == "silent" or not facts.replies else "answered"


def without_turn(sender_type: str) -> Status:
    """The outcome of a message that no turn answers: a customer's is a person's business."""
    return "handed_off" if sender_type == "customer" else "stored"
