"""What the API shows of messages and conversations."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from rejoinder.api.bodies import View
from rejoinder.conversations.model import Direction, SenderType, State


class MessageView(View):
    """One inbound or outbound item. `status` is its delivery's for outbound, its processing's for inbound.

    Of an inbound one that was read, `intent_classification` tells intent, sentiment, language and entities, and
    `ai_confidence_score` how sure the answer to it was.
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
    processed_at: datetime | None
    ai_confidence_score: float | None
    intent_classification: dict[str, JsonValue] | None


class ConversationView(View):
    """One thread of a channel.

    `state` says who is in charge: bot, waiting (for a person), agent (named in `agent`), or closed. Without
    `ai_enabled` no model reads it; without `auto_response_enabled` what the bot would say waits as a draft. `summary`
    tells what was said before what the bot reads word by word, `escalation_reason` and `escalated_at` why and when a
    person was called last.
    """

    conversation_id: UUID
    channel_id: UUID
    thread_key: str
    contact_id: UUID
    state: State
    agent: str | None
    total_messages: int
    last_message_timestamp: datetime | None
    created_at: datetime
    ai_enabled: bool
    auto_response_enabled: bool
    customer_satisfaction: float | None
    summary: str | None
    escalation_reason: str | None
    escalated_at: datetime | None
