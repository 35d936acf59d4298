"""A message on its way in, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from rejoinder.conversations.model import SenderType
from rejoinder.queue.priority import NORMAL


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message as its channel understood it.

    `external_id` is unique in the channel; the same one again is the same message. `waits` says that the caller
    stays for the answer, so no quiet window is kept. `priority` is the queue's (queue/priority.py). `history` is what
    was said and answered elsewhere before: it is kept for the model to read and asks for no answer.
    """

    channel_id: UUID
    platform: str
    thread_key: str
    external_id: str | None
    sender_type: SenderType
    sender_id: str
    sender_name: str | None
    text: str
    content: list[JsonValue]
    platform_time: datetime | None
    metadata: dict[str, JsonValue]
    waits: bool
    priority: int = NORMAL
    history: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """The stored message; `turn_id` is None when no turn will answer it."""

    message_id: UUID
    conversation_id: UUID
    turn_id: UUID | None
    seq: int
    duplicate: bool
