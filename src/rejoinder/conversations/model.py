"""A conversation and its messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import JsonValue

State: TypeAlias = Literal["bot", "waiting", "agent", "closed"]
HISTORY = "rejoinder:history"
"""In a message's metadata: it was said and answered before it came here."""

SenderType: TypeAlias = Literal["customer", "ai", "agent", "system"]
Direction: TypeAlias = Literal["inbound", "outbound"]


@dataclass(frozen=True, slots=True)
class Conversation:
    """One thread of a channel; `thread_key` is the caller's own name for it, unique while it is open.

    Without `ai_enabled` no model reads it; without `auto_response_enabled` what the bot would say is kept as a draft.
    `customer_satisfaction` is what the customer or an operator said of it; `summary` tells what was said long ago,
    `escalation_reason` and `escalated_at` why and when a person was called last.
    """

    conversation_id: UUID
    channel_id: UUID
    thread_key: str
    contact_id: UUID
    state: State
    agent: str | None
    seq: int
    total_messages: int
    last_message_timestamp: datetime | None
    created_at: datetime
    ai_enabled: bool = True
    auto_response_enabled: bool = True
    customer_satisfaction: float | None = None
    summary: str | None = None
    escalation_reason: str | None = None
    escalated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Since:
    """A place among the conversations that wait for a person: since when, or where nobody noted it since it began."""

    at: datetime
    conversation_id: UUID


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to be stored; `seq` was drawn from the conversation's counter under its lock."""

    message_id: UUID
    conversation_id: UUID
    channel_id: UUID
    seq: int
    turn_id: UUID | None
    direction: Direction
    sender_type: SenderType
    sender_id: str | None
    kind: str
    text: str
    content: list[JsonValue]
    external_id: str | None
    fingerprint: bytes | None
    waited_for: bool
    platform_time: datetime
    received_at: datetime
    metadata: dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Message:
    """One inbound or outbound item. `status` is its delivery's for outbound, its processing's for inbound.

    Of an inbound one that was answered, `ai_confidence_score` is how sure the answer was, `intent_classification` what
    it was taken to say.
    """

    message_id: UUID
    conversation_id: UUID
    seq: int
    turn_id: UUID | None
    direction: Direction
    sender_type: SenderType
    sender_id: str | None
    kind: str
    text: str
    content: list[JsonValue]
    external_id: str | None
    status: str
    platform_time: datetime
    received_at: datetime
    metadata: dict[str, JsonValue]
    processed_at: datetime | None = None
    ai_confidence_score: float | None = None
    intent_classification: dict[str, JsonValue] | None = None


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A message already stored under this external id; `fingerprint` is the SHA-256 of what was said."""

    message_id: UUID
    conversation_id: UUID
    turn_id: UUID | None
    seq: int
    fingerprint: bytes | None
