"""What leaves through a channel, and how its platform took it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from pydantic import JsonValue


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One delivery on its way: the message, and the channel it leaves through.

    `answers` are the external ids of the messages it answers; `attempt` counts from 1; `credentials` are sealed.
    """

    delivery_id: UUID
    conversation_id: UUID
    message_id: UUID
    turn_id: UUID | None
    attempt: int
    thread_key: str
    sender_type: str
    kind: str
    text: str
    content: list[JsonValue]
    metadata: dict[str, JsonValue]
    received_at: datetime
    answers: list[str]
    channel_id: UUID
    settings: dict[str, JsonValue]
    credentials: bytes | None
    allow_private_networks: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """The platform has it."""


@dataclass(frozen=True, slots=True)
class NotTaken:
    """It may be taken later: no connection, an error of the other side's, a request to slow down.

    `retry_after` is in seconds, where the platform said so. Only a platform with an idempotency key may call an
    answer that never came this: sending again must not be able to double the message.
    """

    error: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """It will never be taken: sending it again can't help."""

    error: str


Receipt: TypeAlias = Taken | NotTaken | Refused
