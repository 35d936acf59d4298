"""What is wanted of a channel, what it takes, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from pydantic import JsonValue

from rejoinder.bots.model import Channel
from rejoinder.channels.port.adapter import Checked
from rejoinder.db import Database
from rejoinder.net.guard import Outward
from rejoinder.secrets.vault import Vault


@dataclass(frozen=True, slots=True)
class Tools:
    """What setting up takes. `public_url` is where platforms reach this program, None when nobody has said."""

    db: Database
    vault: Vault
    out: Outward
    public_url: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A channel to make; without a bot the workspace's first one answers."""

    platform: str
    name: str
    bot_id: UUID | None = None
    credentials: Mapping[str, JsonValue] = field(default_factory=dict, repr=False)
    settings: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """What shall be different; None leaves a thing as it is.

    `settings` stand instead of all settings before; of `credentials` only those that are named change, and one that is
    named with null goes.
    """

    name: str | None = None
    bot_id: UUID | None = None
    settings: Mapping[str, JsonValue] | None = None
    credentials: Mapping[str, JsonValue] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Connected:
    """A channel as it is now, and what this call made up: that is never shown again.

    `checked` is what the platform said of the account, None when it was not asked. `announced` says whether the
    platform was told our webhook's address just now; `warnings` say what did not go well, or was left out.
    """

    channel: Channel
    signing_secret: str | None = None
    made: Mapping[str, str] = field(default_factory=dict, repr=False)
    checked: Checked | None = None
    announced: bool = False
    warnings: tuple[str, ...] = ()
