"""An event, and the channel on which its arrival is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import JsonValue

NOTIFY_CHANNEL = "rejoinder_live"
"""PostgreSQL channel; payload: `conversation_id seq type` of the newest event of one append."""

EventType: TypeAlias = Literal[
    "message.received",
    "message.sent",
    "message.edited",
    "message.deleted",
    "turn.started",
    "turn.committed",
    "turn.superseded",
    "turn.cancelled",
    "turn.failed",
    "turn.expired",
    "turn.retried",
    "turn.replayed",
    "delivery.failed",
    "delivery.unknown",
    "conversation.opened",
    "conversation.handed_off",
    "conversation.released",
    "conversation.closed",
    "draft.created",
    "draft.settled",
    "contact.opted_out",
    "contact.opted_in",
]


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What is to be appended; `seq` was drawn from the conversation's counter under its lock."""

    seq: int
    type: EventType
    data: dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log."""

    conversation_id: UUID
    seq: int
    type: EventType
    data: dict[str, JsonValue]
    at: datetime
