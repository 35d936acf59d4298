"""A chat platform for tests: posts `{"account", "events": [{"is"}]}` with the hex HMAC-SHA256 of the body."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from rejoinder.channels.port.adapter import (
    Account,
    BadSignature,
    Capabilities,
    Checked,
    Download,
    Field,
    Files,
    Limits,
    NotThere,
    Request,
    Signal,
)
from rejoinder.channels.port.event import (
    Echoed,
    Edited,
    Identity,
    InboundEvent,
    MediaRef,
    Moved,
    Noted,
    Odd,
    Renamed,
    Reported,
    Said,
    Sender,
    TakenBack,
    Trouble,
)
from rejoinder.channels.port.outgoing import Outgoing, Receipt, Taken
from rejoinder.channels.port.wire import Wire
from rejoinder.conversations.content import Part, Text

SECRET = "the toy's secret"
BEGAN = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    """The headers that the platform sends along."""
    return {"X-Toy-Signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


class Toy:
    """Understands what `knows` names; the rest is odd."""

    name: ClassVar[str] = "toy"
    title: ClassVar[str] = "Toy"
    limits: ClassVar[Limits] = Limits(text=1000, acknowledge=timedelta(seconds=2))
    capabilities: ClassVar[Capabilities] = Capabilities(kinds=frozenset({"text"}), groups=True)
    credentials: ClassVar[tuple[Field, ...]] = (Field("secret", "Secret", "nowhere", secret=True),)
    settings: ClassVar[tuple[Field, ...]] = ()
    setup: ClassVar[str] = ""
    knows: ClassVar[set[str]] = set()

    def handshake(self, account: Account, query: Mapping[str, str]) -> str:
        if query.get("token") != account.credentials["secret"]:
            raise BadSignature("the token is another")
        return query.get("challenge", "")

    def verify(self, account: Account, request: Request, now: datetime) -> None:
        given = request.headers.get("x-toy-signature")
        if given is None:
            raise BadSignature("there is no signature", "missing")
        right = signed(request.body, account.credentials["secret"])["X-Toy-Signature"]
        if not hmac.compare_digest(given.encode(), right.encode()):
            raise BadSignature("the signature is another", "wrong")

    def parse(self, account: Account, body: bytes) -> list[InboundEvent]:
        told = json.loads(body)
        return [self._event(each, told.get("account")) for each in told["events"]]

    def _event(self, told: dict[str, Any], account: str | None) -> InboundEvent:
        kind = told["is"]
        if kind not in {"said", *_OTHERS} | self.knows:
            return Odd(f"an event {kind!r}", account)
        event: InboundEvent = _OTHERS.get(kind, _said)(told)
        return replace(event, account=account) if account is not None else event

    def knows_repeats(self, outgoing: Outgoing) -> bool:
        return False

    async def send(
        self,
        account: Account,
        outgoing: Outgoing,
        parts: tuple[Part, ...],
        wire: Wire,
        files: Files,
    ) -> Receipt:
        return Taken(platform_ids=(f"toy-{outgoing.delivery_id}",))

    async def signal(self, account: Account, signal: Signal, wire: Wire) -> None:
        pass

    async def locate(self, account: Account, media: MediaRef, wire: Wire) -> Download:
        raise NotThere

    async def check(self, account: Account, wire: Wire) -> Checked:
        return Checked("toy", "Toy")

    async def announce(self, account: Account, webhook_url: str, wire: Wire) -> bool:
        return False


def at(seconds: float) -> datetime:
    """The platform's time."""
    return BEGAN + timedelta(seconds=seconds)


def person(name: str) -> Sender:
    return Sender((Identity("toy_id", name),), name.title())


def _said(told: dict[str, Any]) -> Said:
    text = told["text"]
    return Said(
        thread=told["thread"],
        external_id=told["id"],
        sender=person(told.get("sender", told["thread"])),
        parts=(Text(text=text),),
        text=text,
        at=at(told.get("at", 0)),
        source=told.get("source", "direct"),
        mentioned=told.get("mentioned", False),
        asks=told.get("asks", True),
    )


# No index takes it, and it can't be compressed.
_TOO_LONG = "".join(hashlib.sha256(str(each).encode()).hexdigest() for each in range(200))

_OTHERS: dict[str, Any] = {
    "edited": lambda told: Edited(
        told["id"], told["text"], at(told.get("at", 0)), source=told.get("source", "direct")
    ),
    "taken back": lambda told: TakenBack(told["id"], at(told.get("at", 0))),
    "reported": lambda told: Reported(told["status"], at(0), platform_id=told["id"]),
    "echoed": lambda told: Echoed(
        told["thread"],
        told["id"],
        told["text"],
        (Text(text=told["text"]),),
        at(0),
        person(told.get("recipient", told["thread"])),
    ),
    "renamed": lambda told: Renamed(
        (Identity("toy_id", told["before"]),), (Identity("toy_id", told["now"]),), at(0)
    ),
    "moved": lambda told: Moved(told["thread"], told["to"]),
    "noted": lambda told: Noted("followed", person(told["thread"]), unreachable=False),
    "trouble": lambda told: Trouble("the token has expired", told["failure"]),
    "broken": lambda told: Said(told["thread"], _TOO_LONG, person("x"), (), "?", at(0)),
}
