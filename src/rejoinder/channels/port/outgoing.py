"""What leaves through a channel, and how its platform took it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

from pydantic import JsonValue


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One delivery on its way: the message, and the channel it leaves through.

    `answers` are the external ids of the messages it answers; `attempt` counts from 1, and `uncounted` of those before
    cost it none of its tries; `credentials` are sealed. `orphaned` says that who sent it before has not said what came
    of it. `account` is the platform's id of ours, `identities` the customer's names by kind. `silent_for` is how long
    the customer has not written, None for ever. `reply_token` was taken for this message alone, and is good for
    `reply_token_s` seconds more. `as_template` says that the window has closed: it goes as the channel's template.
    """

    delivery_id: UUID
    conversation_id: UUID
    message_id: UUID
    turn_id: UUID | None
    seq: int
    attempt: int
    uncounted: int
    orphaned: bool
    thread_key: str
    sender_type: str
    kind: str
    text: str
    content: list[JsonValue]
    metadata: dict[str, JsonValue]
    received_at: datetime
    answers: list[str]
    channel_id: UUID
    platform: str
    settings: dict[str, JsonValue]
    credentials: bytes | None
    allow_private_networks: bool
    priority: int
    workspace_id: UUID | None = None
    account: str | None = None
    identities: dict[str, str] = field(default_factory=dict)
    silent_for: timedelta | None = None
    reply_token: str | None = None
    reply_token_s: float = 0.0
    as_template: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """The platform has it. `noted` is what it answered, for the message's metadata; `platform_ids` what it calls it."""

    noted: dict[str, JsonValue] | None = None
    platform_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotTaken:
    """It may be taken later: no connection, an error of the other side's.

    `retry_after` is in seconds, where the platform said so. An answer that never came is this only where the platform
    knows a message that it gets twice; elsewhere it is Unsure.
    """

    error: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Throttled:
    """The platform takes nothing from this channel for a while: `retry_after` seconds, where it said so."""

    error: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class RecipientThrottled:
    """The platform takes nothing for this customer for a while; others get theirs."""

    error: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class WindowClosed:
    """The customer wrote too long ago for the platform to pass on a free text."""

    error: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It will never be taken: sending it again can't help."""

    error: str


@dataclass(frozen=True, slots=True)
class BadCredential:
    """The platform no longer knows who we are: nothing leaves through this channel until a person mends that."""

    error: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """The request was written and no answer came: it may or may not have been taken."""

    error: str


Receipt: TypeAlias = (
    Taken
    | NotTaken
    | Throttled
    | RecipientThrottled
    | WindowClosed
    | Refused
    | BadCredential
    | Unsure
)
