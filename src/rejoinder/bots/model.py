"""A bot, and the channel it answers on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias
from uuid import UUID

Platform: TypeAlias = Literal["rest", "widget"]


@dataclass(frozen=True, slots=True)
class Bot:
    """Who answers. Times are seconds; `history_messages` is how far back it reads."""

    bot_id: UUID
    name: str
    persona: str
    fallback_text: str
    quiet_seconds: float = 1.5
    max_wait_seconds: float = 10.0
    overlap_policy: Literal["interrupt", "enqueue"] = "interrupt"
    max_interrupts: int = 3
    interrupt_seconds: float = 30.0
    max_attempts: int = 3
    history_messages: int = 20


@dataclass(frozen=True, slots=True)
class Channel:
    """One platform account of a workspace, and the bot that answers there."""

    channel_id: UUID
    bot_id: UUID
    platform: Platform
    name: str
