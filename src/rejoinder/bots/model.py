"""A bot, and the channel it answers on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import JsonValue

from rejoinder.queue.priority import Plan

Platform: TypeAlias = Literal["rest", "widget", "pancake"]
Overlap: TypeAlias = Literal["interrupt", "enqueue", "reject", "rollback"]


@dataclass(frozen=True, slots=True)
class Bot:
    """Who answers. Times are seconds; `history_messages` is how far back it reads.

    `retry_seconds` is the pause after a failed attempt, twice as long after each further one. `loop_turns` answers
    without a person on our side or a pause of `loop_seconds` are taken for a loop; 0 for never.
    """

    bot_id: UUID
    name: str
    persona: str
    fallback_text: str
    quiet_seconds: float = 1.5
    max_wait_seconds: float = 10.0
    overlap_policy: Overlap = "interrupt"
    max_interrupts: int = 3
    interrupt_seconds: float = 30.0
    max_attempts: int = 3
    history_messages: int = 20
    retry_seconds: float = 1.0
    loop_turns: int = 50
    loop_seconds: float = 300.0


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """`callback_url`: where the replies of a REST channel are posted; `base_url`: those of a Pancake channel.

    `deduplicates` says that the receiver knows a message it was sent before by its webhook-id, so that one whose
    answer never came may be sent again.
    """

    callback_url: str | None = None
    deduplicates: bool = True
    base_url: str | None = None

    def stored(self) -> dict[str, JsonValue]:
        """What was set otherwise than usual, as `channels.settings` holds it."""
        usual = asdict(ChannelSettings())
        return {key: value for key, value in asdict(self).items() if value != usual[key]}


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing leaves through the channel until then, or until it is resumed (None), and why."""

    until: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Channel:
    """One platform account of a workspace, and the bot that answers there.

    `credentials` are sealed; `plan` is the workspace's.
    """

    channel_id: UUID
    bot_id: UUID
    platform: Platform
    name: str
    settings: ChannelSettings = ChannelSettings()
    credentials: bytes | None = None
    created_at: datetime | None = None
    plan: Plan = "starter"
    pause: Pause | None = None
