"""What is said about channels, both ways."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from rejoinder.bots.model import Channel, ChannelSettings, Platform
from rejoinder.channels.connect import Connected
from rejoinder.inbound.body import check_storable

Name = Annotated[
    str,
    Field(
        min_length=1,
        max_length=100,
        pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$",
    ),
]
Secret = Annotated[
    str, Field(max_length=200, description="`whsec_` and the base64 of 24 to 64 bytes.")
]


class Body(BaseModel):
    """Refuses what can't be stored and fields it doesn't know, naming those it does."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _known(cls, value: object) -> object:
        check_storable(value)
        if isinstance(value, dict):
            unknown = sorted(str(name) for name in value.keys() - cls.model_fields.keys())
            if unknown:
                known = ", ".join(cls.model_fields)
                raise ValueError(f"doesn't know {', '.join(unknown)[:200]}; it may hold {known}")
        return value


class SettingsBody(Body):
    """The settings of a REST channel."""

    deduplicates: Annotated[
        bool,
        Field(
            description="The receiver remembers `webhook-id`, so that a reply it did not answer may be posted again."
        ),
    ] = True
    callback_url: Annotated[
        str | None, Field(description="Replies are posted there; null for nowhere.")
    ] = None

    def read(self) -> ChannelSettings:
        """As the channel holds them."""
        return ChannelSettings(callback_url=self.callback_url, deduplicates=self.deduplicates)


class CredentialsBody(Body):
    """The credentials of a REST channel."""

    signing_secret: Secret | None = None


class ChannelBody(Body):
    """A channel to make."""

    platform: Literal["rest"]
    name: Name
    bot_id: UUID | None = None
    settings: SettingsBody = SettingsBody()
    credentials: CredentialsBody = CredentialsBody()


class ChannelChange(Body):
    """What of a channel shall be different; `settings` replaces all settings."""

    name: Name | None = None
    bot_id: UUID | None = None
    settings: SettingsBody | None = None


class SecretBody(Body):
    """A secret the caller brings."""

    signing_secret: Secret | None = None


class Resumed(BaseModel):
    """How many conversations have something to send there, which goes on its way now."""

    channel_id: UUID
    conversations: int


class SecretView(BaseModel):
    """The new secret, and until when the one before it signs as well."""

    signing_secret: str
    previous_until: datetime | None


class ChannelView(BaseModel):
    """A channel, without its secrets. `webhook_url` is where its messages are handed in.

    Nothing leaves through it before `paused_until`: a time, or `resumed`, which is until `POST …/resume` or until its
    settings or credentials are changed.
    """

    channel_id: UUID
    bot_id: UUID
    platform: Platform
    name: str
    webhook_url: str | None
    settings: dict[str, JsonValue]
    created_at: datetime | None
    paused_until: datetime | Literal["resumed"] | None
    paused_reason: str | None

    @classmethod
    def of(cls, channel: Channel, request: Request) -> Self:
        """The view of a channel."""
        handed_in = channel.platform == "rest"
        pause = channel.pause
        return cls(
            channel_id=channel.channel_id,
            bot_id=channel.bot_id,
            platform=channel.platform,
            name=channel.name,
            webhook_url=f"{request.base_url}api/v1/messages" if handed_in else None,
            settings=channel.settings.stored(),
            created_at=channel.created_at,
            paused_until=(pause.until or "resumed") if pause else None,
            paused_reason=pause.reason if pause else None,
        )


class ChannelMade(ChannelView):
    """A channel, and its signing secret if this call made or took one: no later answer shows it."""

    signing_secret: str | None = None

    @classmethod
    def after(cls, connected: Connected, request: Request) -> Self:
        """The view of a channel that was made or changed."""
        made = cls.of(connected.channel, request)
        return made.model_copy(update={"signing_secret": connected.signing_secret})
