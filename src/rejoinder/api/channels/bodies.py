"""What a caller says of channels."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, JsonValue

from rejoinder.api.bodies import Body, Name
from rejoinder.channels.connect.model import Change, Wanted

Secret = Annotated[
    str, Field(max_length=200, description="`whsec_` and the base64 of 24 to 64 bytes.")
]


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
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    credentials: dict[str, JsonValue] = Field(default_factory=dict)

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
