"""What a platform tells us: the events that a webhook's body is read as."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from pydantic import JsonValue

from rejoinder.conversations.contacts.model import Identity
from rejoinder.conversations.content import Part

__all__ = [
    "Echoed",
    "Edited",
    "Failure",
    "Identity",
    "InboundEvent",
    "MediaRef",
    "Moved",
    "Noted",
    "Odd",
    "Renamed",
    "Reported",
    "Said",
    "Sender",
    "Source",
    "TakenBack",
    "Trouble",
]

Failure: TypeAlias = Literal[
    "transient", "throttled", "recipient_throttled", "window_closed", "permanent", "credential"
]
Source: TypeAlias = Literal["direct", "group", "room"]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote, by all names the platform gives: the most lasting first."""

    identities: tuple[Identity, ...]
    name: str | None = None


@dataclass(frozen=True, slots=True)
class MediaRef:
    """A file at the platform: its id there, or an address. `own` says that the address is the platform's own host's,

    and may be shown our credentials.
    """

    part: int  # which of the message's parts it is
    id: str | None = None
    url: str | None = None
    mime_type: str | None = None
    filename: str | None = None
    sha256: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A customer's message. `text` says in words what the parts hold, and is what a model reads.

    `external_id` is the platform's id of the message, unique in the channel, which is how a repeated webhook is known
    and how replies, reactions, edits and read marks name it. `thread` names the conversation: the customer's first
    identity, or the group's id. `reply_to` is the platform's id of the message it answers. `asks` is False for what
    wants no answer, a reaction for instance. `mentioned` says that a group's message speaks to us.
    """

    thread: str
    external_id: str
    sender: Sender
    parts: tuple[Part, ...]
    text: str
    at: datetime
    source: Source = "direct"
    mentioned: bool = False
    asks: bool = True
    media: tuple[MediaRef, ...] = ()
    reply_to: str | None = None
    reply_token: str | None = None
    read_token: str | None = None
    forwarded: bool = False
    metadata: dict[str, JsonValue] | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Edited:
    """The customer changed a message."""

    external_id: str
    text: str
    at: datetime
    account: str | None = None
    thread: str | None = None
    source: Source = "direct"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The customer took a message back."""

    external_id: str
    at: datetime
    account: str | None = None
    thread: str | None = None
    source: Source = "direct"


@dataclass(frozen=True, slots=True)
class Reported:
    """What became of a message of ours: a receipt. Either id may be all there is.

    `platform_id` is the platform's, `delivery_id` ours as we gave it along. `up_to` stands for both where a platform
    reports all messages of a thread until then. `error` and `failure` tell why it failed.
    """

    status: Literal["sent", "delivered", "read", "failed"]
    at: datetime
    platform_id: str | None = None
    delivery_id: str | None = None
    thread: str | None = None
    up_to: datetime | None = None
    error: str = ""
    failure: Failure | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Echoed:
    """A message that left our account: one of ours come back, or one that a person wrote in the platform's own app.

    `delivery_id` is ours where the platform brings it back, `app` the application that sent it.
    """

    thread: str
    platform_id: str
    text: str
    parts: tuple[Part, ...]
    at: datetime
    recipient: Sender
    delivery_id: str | None = None
    app: str | None = None
    media: tuple[MediaRef, ...] = ()
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Renamed:
    """A customer has another name from now on: `before` is what they were known by, `now` what to add."""

    before: tuple[Identity, ...]
    now: tuple[Identity, ...]
    at: datetime
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A thread has another key from now on: a Telegram group that became a supergroup."""

    thread: str
    to: str
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Noted:
    """Something that asks for nothing here: a follower, a template's review. It stands in the channel's log.

    `unreachable` says that this customer can (False) or cannot (True) be written to from now on.
    """

    what: str
    sender: Sender | None = None
    unreachable: bool | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """The platform reports an error of the account's, not of one message."""

    error: str
    failure: Failure
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Odd:
    """Nobody here understands it: it is kept with its whole body, and can be read again by a later version."""

    why: str
    account: str | None = None


InboundEvent: TypeAlias = (
    Said | Edited | TakenBack | Reported | Echoed | Renamed | Moved | Noted | Trouble | Odd
)
