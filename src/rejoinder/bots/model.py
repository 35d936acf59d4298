"""A bot, and the channel it answers on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import JsonValue

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
class ChannelSettings:
    """`callback_url`: where the replies of a REST channel are posted."""

    callback_url: str | None = None

    def stored(self) -> dict[str, JsonValue]:
        """What is set, as `channels.settings` holds it."""
        return {key: value for key, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Channel:
    """One platform account of a workspace, and the bot that answers there. `credentials` are sealed."""

    channel_id: UUID
    bot_id: UUID
    platform: Platform
    name: str
    settings: ChannelSettings = ChannelSettings()
    credentials: bytes | None = None
    created_at: datetime | None = None
