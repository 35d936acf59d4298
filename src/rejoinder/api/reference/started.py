"""What a caller of `POST /api/v1/chat/message` is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from rejoinder.api.reference.views import ChatView
from rejoinder.db import Read
from rejoinder.turns.outcome import read as outcomes
from rejoinder.turns.outcome import store
from rejoinder.turns.outcome.read import Outcome

_STARTED = "Message received and AI processing started"
_JOINED = (
    "Message received; an answer to this conversation was being made already and will cover it"
)
_SAME = "These messages are being answered already"
_ENDED: Mapping[str, tuple[str, str]] = {
    "answered": ("completed", "These messages were answered before"),
    "merged": ("completed", "These messages were answered before"),
    "failed": ("failed", "The model failed; a person was called"),
    "silent": (
        "silent",
        "These messages get no answer: it was cancelled, or the model chose to say nothing",
    ),
    "stored": ("completed", "These messages were handed in before as history, answered since"),
    "handed_off": ("handed_off", "A person has this conversation; the message is kept for them"),
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What this request brought: how many lines were to be answered, and those stored by it and not before."""

    thread_key: str
    bot_name: str
    asking: int
    fresh: frozenset[UUID]


async def started(read: Read, taken: Taken, message_id: UUID) -> ChatView:
    """Which turn answers the newest line, and whether that turn was this request's doing."""
    found = await outcomes.outcome(read, message_id)
    assert found is not None, "messages are not deleted one by one"
    asked = await store.asked(read, found.turn_id) if found.turn_id else []
    if found.turn_id is None or (found.status != "pending" and not taken.fresh):
        return _ended(taken, found, len(asked))
    ours = set(asked) <= taken.fresh
    return ChatView(
        success=True,
        status="ai_processing_started" if ours else "locked",
        message=_STARTED if ours else _JOINED if taken.fresh else _SAME,
        error=None,
        action="lock_acquired" if ours else "lock_exists",
        ai_job_id=str(found.turn_id),
        lock_id=str(found.conversation_id),
        consolidated_messages=len(asked),
        bot_name=taken.bot_name,
        conversation_id=taken.thread_key,
    )


def _ended(taken: Taken, found: Outcome, asked: int) -> ChatView:
    status, message = _ENDED[found.status]
    return ChatView(
        success=True,
        status=status,
        message=message,
        error=None,
        action=None,
        ai_job_id=str(found.turn_id) if found.turn_id else None,
        lock_id=str(found.conversation_id),
        consolidated_messages=asked,
        bot_name=taken.bot_name,
        conversation_id=taken.thread_key,
    )


def turned_away(taken: Taken, lock_id: UUID | None, stored: int) -> ChatView:
    """The bot takes no message while it makes an answer; `stored` lines were taken before it began."""
    left = taken.asking - stored
    return ChatView(
        success=False,
        status="locked",
        message=f"An answer is being made; {left} of {taken.asking} messages were not stored. "
        "Send the same request again when it is there",
        error="processing_in_progress",
        action="lock_exists",
        ai_job_id=None,
        lock_id=str(lock_id) if lock_id else None,
        consolidated_messages=stored,
        bot_name=taken.bot_name,
        conversation_id=taken.thread_key,
    )
