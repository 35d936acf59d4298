"""A bot, and the channel it answers on."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

from pydantic import JsonValue

from rejoinder.bots.policies import BotSettings
from rejoinder.queue.priority import Plan

Platform: TypeAlias = str
"""`rest`, `widget`, `pancake`, or a chat platform of the registry of channels."""

Groups: TypeAlias = Literal["ignore", "mentions", "answer"]
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
    settings: BotSettings = field(default_factory=BotSettings)


UNSUPPORTED = "I'm sorry, I can't read this kind of message. Could you write it to me as text?"
OPTED_OUT = "You will get no more messages from us. Write START if you want them again."
OPTED_IN = "You will get our messages again. Write STOP to end them."


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """`callback_url`: where the replies of a REST channel are posted; `base_url`: those of a Pancake channel.

    `deduplicates` says that the receiver knows a message it was sent before by its webhook-id, so that one whose
    answer never came may be sent again.

    Of a chat platform's channel: `base_url` is where its API is; `groups` says whether messages of groups are answered,
    only those that mention us, or none; `typing` and `mark_read` whether the customer sees that we write and have read;
    `unsupported_text` is what a customer is told once who sends what we can't read, `opt_out_text` and `opt_in_text`
    what confirms their wish; an empty text says nothing. `window_template` goes out where the platform takes no free
    text any more: `{"name", "language", "parameters"}`, `{text}` in a parameter standing for the reply. `own` are the
    settings that only its platform knows.
    """

    callback_url: str | None = None
    deduplicates: bool = True
    base_url: str | None = None
    groups: Groups = "ignore"
    typing: bool = True
    mark_read: bool = True
    unsupported_text: str = UNSUPPORTED
    opt_out_text: str = OPTED_OUT
    opt_in_text: str = OPTED_IN
    window_template: dict[str, JsonValue] | None = None
    own: dict[str, JsonValue] = field(default_factory=dict)

    def stored(self) -> dict[str, JsonValue]:
        """What was set otherwise than usual, as `channels.settings` holds it."""
        usual = asdict(ChannelSettings())
        told = asdict(self)
        del told["own"]
        return self.own | {key: value for key, value in told.items() if value != usual[key]}

    @classmethod
    def read(cls, stored: dict[str, Any]) -> ChannelSettings:
        """From `channels.settings`."""
        known = {each.name for each in fields(cls)} - {"own"}
        return cls(
            **{name: value for name, value in stored.items() if name in known},
            own={name: value for name, value in stored.items() if name not in known},
        )


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing leaves through the channel until then, or until it is resumed (None), and why."""

    until: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Channel:
    """One platform account of a workspace, and the bot that answers there.

    `credentials` are sealed; `plan` is the workspace's; `account` is the platform's own id of it.
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
    account: str | None = None
