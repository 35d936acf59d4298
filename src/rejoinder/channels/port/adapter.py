"""The port of a chat platform: all that Rejoinder needs to know and do there. One folder implements it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Literal, Protocol, TypeAlias
from uuid import UUID

from pydantic import JsonValue

from rejoinder.channels.port.event import InboundEvent, MediaRef
from rejoinder.channels.port.outgoing import Outgoing, Receipt
from rejoinder.channels.port.wire import Wire
from rejoinder.conversations.content import Part

Unit: TypeAlias = Literal["characters", "utf16", "bytes"]


@dataclass(frozen=True, slots=True)
class Account:
    """One channel, opened: its settings, its credentials in the clear, and the platform's id of the account."""

    channel_id: UUID
    settings: Mapping[str, JsonValue]
    credentials: Mapping[str, str] = field(repr=False)
    allow_private_networks: bool = False
    account: str | None = None

    def setting(self, name: str, usual: str) -> str:
        """A text among the settings."""
        found = self.settings.get(name)
        return found if isinstance(found, str) and found else usual


@dataclass(frozen=True, slots=True)
class Field:
    """Something a person gives to connect an account, and where in the vendor's console it is found.

    `made` says that we make it up where it is not given, a verify token for instance.
    """

    name: str
    title: str
    where: str
    secret: bool = False
    required: bool = True
    made: bool = False
    pattern: str | None = None
    usual: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What the platform allows. `text` is a message's longest text in `unit`s; `together` the texts of one request.

    `per_second` is what the account may send in all, `per_recipient` to one customer: seconds between two messages,
    and how many may come at once. `window` is how long after the customer's last message free text may be sent.
    """

    text: int
    unit: Unit = "characters"
    caption: int | None = None
    together: int = 1
    per_second: float | None = None
    inbound_counts: bool = False
    recipient_seconds: float | None = None
    recipient_burst: int = 1
    window: timedelta | None = None
    acknowledge: timedelta = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the platform can show and tell. `kinds` are the parts it has a form of its own for.

    `typing_seconds` is after how long a signal of typing must be renewed.
    """

    kinds: frozenset[str]
    typing: bool = False
    read_mark: bool = False
    receipts: bool = False
    echoes: bool = False
    groups: bool = False
    edits: bool = False
    typing_seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class Request:
    """A webhook as it came: header names in lower case, the body's raw bytes."""

    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


What: TypeAlias = Literal["typing", "read"]


@dataclass(frozen=True, slots=True)
class Signal:
    """Show the customer that we write, or that we have read: of their message `platform_id`."""

    what: What
    thread_key: str
    platform_id: str | None = None
    read_token: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What the platform says of the account whose credentials it was shown: its id and name there.

    `told` are facts for the operator, in words; `learned` are settings of its own that the platform knows, for those
    the operator did not give.
    """

    account: str
    name: str
    told: tuple[str, ...] = ()
    learned: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Download:
    """Where a file of the platform's is fetched; `headers` go to `hosts` only, and never along with a redirect."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    hosts: tuple[str, ...] = ()


Mismatch: TypeAlias = Literal["missing", "malformed", "wrong", "stale"]


class BadSignature(Exception):  # noqa: N818 - an answer, not a fault
    """The request does not come from the platform, or was changed on its way; the words say why."""

    def __init__(self, words: str, reason: Mismatch = "wrong") -> None:
        super().__init__(words)
        self.reason = reason


class Files(Protocol):
    """Our own media, for a platform that is sent one."""

    async def url(self, media_id: str) -> str | None:
        """A signed address that anybody can fetch it from for a while; None where we have no public address."""

    async def read(self, media_id: str) -> tuple[bytes, str, str] | None:
        """Its bytes, MIME type and file name; None when it is not there."""


class Platform(Protocol):
    """One platform. Instances hold no state: all they need is handed in."""

    name: ClassVar[str]
    title: ClassVar[str]
    limits: ClassVar[Limits]
    capabilities: ClassVar[Capabilities]
    credentials: ClassVar[tuple[Field, ...]]
    settings: ClassVar[tuple[Field, ...]]
    setup: ClassVar[str]
    """What is left to do in the vendor's console, with `{webhook_url}` and `{verify_token}` in it."""

    def handshake(self, account: Account, query: Mapping[str, str]) -> str:
        """The answer to the platform's GET, as plain text. Raises BadSignature."""

    def verify(self, account: Account, request: Request, now: datetime) -> None:
        """Check who posted, over the raw bytes and in constant time. Raises BadSignature."""

    def parse(self, account: Account, body: bytes) -> list[InboundEvent]:
        """The events of a body, pure. Never raises: what can't be read is Odd, its neighbours are read."""

    def knows_repeats(self, outgoing: Outgoing) -> bool:
        """Whether the platform would know this message again, so that it may be sent twice and is taken once."""

    async def send(
        self,
        account: Account,
        outgoing: Outgoing,
        parts: tuple[Part, ...],
        wire: Wire,
        files: Files,
    ) -> Receipt:
        """Send one message; `parts` is never empty, and its texts fit the limits."""

    async def signal(self, account: Account, signal: Signal, wire: Wire) -> None:
        """Typing or read; failing is of no consequence."""

    async def locate(self, account: Account, media: MediaRef, wire: Wire) -> Download:
        """Where a file of a message is to be fetched now. Raises NotThere for one that is gone."""

    async def check(self, account: Account, wire: Wire) -> Checked:
        """Ask the platform who we are. Raises Invalid (the credentials are wrong) or Unavailable."""

    async def announce(self, account: Account, webhook_url: str, wire: Wire) -> bool:
        """Tell the platform our webhook's address, where it has a call for that; False where a person must."""


class NotThere(Exception):  # noqa: N818 - an answer, not a fault
    """The platform has the file no more, or never had it."""
