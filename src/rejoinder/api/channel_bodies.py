"""What a caller says: bodies that refuse what they don't know, and those of channels."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from rejoinder.channels.connect.model import Change, Wanted
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


class ChannelBody(Body):
    """A channel to make: `rest`, or an account of a chat platform. GET /api/v1/platforms says what each takes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "platform": "rest",
                    "name": "Shop backend",
                    "settings": {"callback_url": "https://shop.example/rejoinder"},
                },
                {
                    "platform": "telegram",
                    "name": "Telegram",
                    "credentials": {"bot_token": "123456:the-token-that-BotFather-told-you"},
                    "settings": {"groups": "mentions"},
                },
            ]
        }
    )

    platform: Annotated[str, Field(min_length=1, max_length=32)]
    name: Name
    bot_id: UUID | None = None
    settings: dict[str, JsonValue] = {}
    credentials: dict[str, JsonValue] = {}

    def wanted(self) -> Wanted:
        """As the channel is made from it."""
        return Wanted(
            self.platform.strip(), self.name, self.bot_id, self.credentials, self.settings
        )


class ChannelChange(Body):
    """What of a channel shall be different.

    `settings` replaces all settings. Of `credentials`, which only channels of chat platforms have here, those named
    change; null takes one away.
    """

    name: Name | None = None
    bot_id: UUID | None = None
    settings: dict[str, JsonValue] | None = None
    credentials: dict[str, JsonValue] | None = None

    def wanted(self) -> Change:
        """As the channel is changed by it."""
        return Change(self.name, self.bot_id, self.settings, self.credentials)


class SecretBody(Body):
    """A secret the caller brings."""

    signing_secret: Secret | None = None
