"""The port of a platform played on loopback: what it takes, what it answers, what it posts as webhooks.

The server, the faults, the load and the chat are the same for all platforms (`rejoinder.testing.platforms`); a
platform's folder brings only this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal, Protocol, TypeAlias

from pydantic import JsonValue

from rejoinder.channels.port.adapter import Account
from rejoinder.conversations.content import Part

Fault: TypeAlias = Literal[
    "throttle", "throttle_recipient", "fail", "reject", "bad_credential", "window_closed"
]


@dataclass(frozen=True, slots=True)
class Call:
    """A request to the platform's API; header names in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What the platform answers: JSON, or bytes of a type."""

    status: int
    json: JsonValue = None
    body: bytes | None = None
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """A message that the platform took and now shows the customer.

    `key` is what makes a repeated request the same (a retry key), empty where the platform has none. `delivery_id` is
    what the sender gave along to be told of it again.
    """

    platform_id: str
    to: str
    kind: str
    text: str
    options: tuple[str, ...] = ()
    key: str = ""
    delivery_id: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to a call, what the customer is shown after it, and what the call did wrong by the description.

    `signal` is `typing` or `read` for those, `problems` says what a strict reader finds wrong though it was taken.
    """

    reply: Reply
    shown: tuple[Shown, ...] = ()
    signal: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Webhook:
    """What the platform posts to us, signed."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Customer:
    """Who writes: the id the platform knows them by, and a name."""

    id: str
    name: str


class Simulated(Protocol):
    """One platform, played. It keeps what the real one keeps: used reply tokens, retry keys, files."""

    name: ClassVar[str]
    credentials: ClassVar[Mapping[str, str]]
    """Made-up ones for an account here, every name of the adapter's, valid by their patterns."""

    def __init__(self, account: Account) -> None:
        """`account` has the credentials that both sides share."""

    def take(self, call: Call, now: datetime) -> Outcome:
        """Answer a request as the platform would; unknown paths get its 404."""

    def sends(self, call: Call) -> str | None:
        """To which customer a call would send a message; None where it sends none. Changes nothing."""

    def refuse(self, call: Call, fault: Fault) -> Reply:
        """The platform's own words for a fault."""

    def said(
        self, customer: Customer, part: Part, now: datetime, *, reply_to: str | None = None
    ) -> Webhook:
        """The webhook of a customer's message (Text, File, Location, Contact, Choice, Reaction, Unsupported)."""

    def report(
        self, shown: Shown, status: Literal["sent", "delivered", "read", "failed"], now: datetime
    ) -> Webhook | None:
        """A receipt; None where the platform sends none."""

    def echo(self, shown: Shown, now: datetime) -> Webhook | None:
        """Our own message come back, or a person's; None where the platform sends none."""

    def customers(self, number: int) -> Customer:
        """The `number`-th customer of a load, always the same."""
