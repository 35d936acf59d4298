"""What is shown of channels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, JsonValue

from rejoinder.api.bodies import View
from rejoinder.bots.model import Channel, Platform
from rejoinder.channels.connect.model import Connected, Tools
from rejoinder.channels.connect.shown import adapter_of, masked
from rejoinder.channels.connect.webhook import next_steps, webhook_url
from rejoinder.channels.log.model import Direction


@dataclass(frozen=True, slots=True)
class Showing:
    """What it takes to show channels: `base` is the address webhooks are shown under."""

    tools: Tools
    base: str


class Resumed(BaseModel):
    """How many conversations have something to send there, which goes on its way now."""

    channel_id: UUID
    conversations: int


class Removed(BaseModel):
    """The channel that is gone, and how many conversations went with it."""

    channel_id: UUID
    conversations: int


class SecretView(BaseModel):
    """The new secret, and until when the one before it signs as well."""

    signing_secret: str
    previous_until: datetime | None


class IntakeView(BaseModel):
    """Bodies of webhooks that could not be applied yet, and those that nobody understands."""

    waiting: int = 0
    quarantined: int = 0


class ChannelView(BaseModel):
    """A channel, without its secrets. `webhook_url` is where its messages are handed in.

    Nothing leaves through it before `paused_until`: a time, or `resumed`, which is until `POST …/resume` or until its
    settings or credentials are changed. `account` is the platform's id of it, null until the platform was asked. Of
    `credentials` secrets show their last four signs at most; null says that none of the secret keys opens them.
    """

    channel_id: UUID
    bot_id: UUID
    platform: Platform
    name: str
    account: str | None
    webhook_url: str | None
    settings: dict[str, JsonValue]
    credentials: dict[str, str] | None
    created_at: datetime | None
    paused_until: datetime | Literal["resumed"] | None
    paused_reason: str | None
    intake: IntakeView

    @classmethod
    def of(cls, channel: Channel, showing: Showing, intake: tuple[int, int] = (0, 0)) -> Self:
        """The view of a channel; `intake` is how many bodies wait and how many are quarantined."""
        pause = channel.pause
        return cls(
            channel_id=channel.channel_id,
            bot_id=channel.bot_id,
            platform=channel.platform,
            name=channel.name,
            account=channel.account,
            webhook_url=webhook_url(showing.base, channel.platform, channel.channel_id),
            settings=channel.settings.stored(),
            credentials=masked(channel, showing.tools.vault),
            created_at=channel.created_at,
            paused_until=(pause.until or "resumed") if pause else None,
            paused_reason=pause.reason if pause else None,
            intake=IntakeView(waiting=intake[0], quarantined=intake[1]),
        )


class LogView(View):
    """A request to the platform (`out`) or from it (`in`), without secrets; `class` says what came of it."""

    log_id: UUID
    direction: Direction
    at: datetime
    milliseconds: float
    delivery_id: UUID | None
    method: str
    address: str
    status: int | None
    what: str = Field(serialization_alias="class")
    request: str
    response: str


class AccountView(BaseModel):
    """What the platform says of the account; `told` are facts in words."""

    account: str
    name: str
    told: list[str]


class ChannelMade(ChannelView):
    """A channel that was made or changed. What this call made up stands here and in no later answer.

    `announced` says whether the platform was told `webhook_url` just now, `next` what is left to do there, `checked`
    what it said of the account (null when it was not asked), `warnings` what did not go well or was left out.
    """

    signing_secret: str | None = None
    verify_token: str | None = Field(
        default=None,
        description="What the platform asks for beside the address, if it was made up here.",
    )
    made: dict[str, str] = Field(
        default={}, description="All credentials that were made up here, by name."
    )
    checked: AccountView | None = None
    announced: bool = False
    next: str | None = None
    warnings: list[str] = []

    @classmethod
    def after(
        cls, connected: Connected, showing: Showing, intake: tuple[int, int] = (0, 0)
    ) -> Self:
        """The view of a channel that was made, changed or checked."""
        channel, checked = connected.channel, connected.checked
        made, adapter = cls.of(channel, showing, intake), adapter_of(channel)
        told = {
            "signing_secret": connected.signing_secret,
            "verify_token": connected.made.get("verify_token"),
            "made": dict(connected.made),
            "checked": AccountView(
                account=checked.account, name=checked.name, told=list(checked.told)
            )
            if checked
            else None,
            "announced": connected.announced,
            "next": next_steps(adapter, made.webhook_url or "", connected.made)
            if adapter
            else None,
            "warnings": list(connected.warnings),
        }
        return made.model_copy(update=told)
