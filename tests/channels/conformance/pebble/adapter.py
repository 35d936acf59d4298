"""Pebble's adapter. Its messages hold our parts as they are; it knows repeats by a key, sends receipts and echoes."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import ClassVar, TypeAlias
from urllib.parse import urlsplit

from pydantic import BaseModel, JsonValue, ValidationError
from pydantic_core import from_json

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
    Identity,
    InboundEvent,
    MediaRef,
    Odd,
    Reported,
    Said,
    Sender,
)
from rejoinder.channels.port.outgoing import (
    BadCredential,
    NotTaken,
    Outgoing,
    Receipt,
    RecipientThrottled,
    Refused,
    Taken,
    Throttled,
    WindowClosed,
)
from rejoinder.channels.port.wire import Wire
from rejoinder.conversations.content import File, Part, Reaction, Text, read, stored
from rejoinder.errors import Invalid, Unavailable
from rejoinder.net.guard import Forbidden, NotSent, Posted, Unanswered

_KINDS = frozenset(
    {
        *("text", "image", "audio", "video", "document", "sticker", "location", "contact"),
        *("quick_replies", "buttons", "list", "carousel", "template", "reaction"),
    }
)
_Classes: TypeAlias = (
    type[NotTaken] | type[Throttled] | type[RecipientThrottled] | type[WindowClosed] | type[Refused]
)
_CLASSES: dict[int, _Classes | type[BadCredential]] = {
    401: BadCredential,
    403: WindowClosed,
    422: Refused,
    425: RecipientThrottled,
    429: Throttled,
    503: NotTaken,
}


class _Event(BaseModel):
    type: str
    id: str
    at: float
    customer: str
    name: str | None = None
    part: dict[str, JsonValue] | None = None
    file: str | None = None
    status: str | None = None
    delivery: str | None = None
    reply_to: str | None = None


class Pebble:
    """Pebble."""

    name: ClassVar[str] = "pebble"
    title: ClassVar[str] = "Pebble"
    limits: ClassVar[Limits] = Limits(text=500, window=timedelta(hours=24))
    capabilities: ClassVar[Capabilities] = Capabilities(
        _KINDS, typing=True, read_mark=True, receipts=True, echoes=True
    )
    credentials: ClassVar[tuple[Field, ...]] = (
        Field("token", "Token", "Settings", secret=True),
        Field("secret", "Secret", "Settings", secret=True),
    )
    settings: ClassVar[tuple[Field, ...]] = ()
    setup: ClassVar[str] = "Give {webhook_url} to Pebble."

    def handshake(self, account: Account, query: Mapping[str, str]) -> str:
        """Pebble has none."""
        raise BadSignature("Pebble asks for no handshake")

    def verify(self, account: Account, request: Request, now: datetime) -> None:
        """The HMAC-SHA256 of the raw bytes, in hexadecimal."""
        ours = signature(account, request.body)
        theirs = request.headers.get("x-pebble-signature", "")
        if not hmac.compare_digest(ours.encode(), theirs.encode()):
            raise BadSignature("the signature does not fit the body")

    def parse(self, account: Account, body: bytes) -> list[InboundEvent]:
        """All events, in order."""
        try:
            told = from_json(body)
        except ValueError:
            return [Odd("it is no JSON")]
        events = told.get("events") if isinstance(told, dict) else None
        if not isinstance(events, list):
            return [Odd("it has no events")]
        return [_read(each) for each in events]

    def knows_repeats(self, outgoing: Outgoing) -> bool:
        """By its key."""
        return True

    async def send(
        self,
        account: Account,
        outgoing: Outgoing,
        parts: tuple[Part, ...],
        wire: Wire,
        files: Files,
    ) -> Receipt:
        """One request; a message holds any parts."""
        body: JsonValue = {
            "to": outgoing.thread_key,
            "parts": stored(parts),
            "delivery": str(outgoing.delivery_id),
        }
        try:
            posted = await _ask(
                wire, account, "/messages", body, {"Idempotency-Key": str(outgoing.delivery_id)}
            )
        except (Forbidden, NotSent, Unanswered) as lost:
            return NotTaken(str(lost))
        if posted.status == 200:
            try:
                return Taken(platform_ids=tuple(from_json(posted.body)["ids"]))
            except (ValueError, LookupError, TypeError):
                return NotTaken("what answered was not Pebble")
        return _CLASSES.get(posted.status, NotTaken)(f"Pebble answered {posted.status}")

    async def signal(self, account: Account, signal: Signal, wire: Wire) -> None:
        """Typing or read."""
        await _ask(wire, account, f"/{signal.what}", {"to": signal.thread_key})

    async def locate(self, account: Account, media: MediaRef, wire: Wire) -> Download:
        """Files lie at one address for ever."""
        if media.id is None:
            raise NotThere("it has no id")
        base = account.setting("base_url", "https://api.pebble.example")
        host = urlsplit(base).hostname or ""
        return Download(f"{base}/files/{media.id}", _bearer(account), (host,))

    async def check(self, account: Account, wire: Wire) -> Checked:
        """Who are we?"""
        try:
            posted = await _ask(wire, account, "/me", {})
        except (Forbidden, NotSent, Unanswered) as away:
            raise Unavailable("Pebble does not answer.", mend="Try again.") from away
        if posted.status != 200:
            raise Invalid("Pebble doesn't know this token.", mend="Copy it again.")
        return Checked("pebble-1", "A pebble")

    async def announce(self, account: Account, webhook_url: str, wire: Wire) -> bool:
        """A person does that."""
        return False


def signature(account: Account, body: bytes) -> str:
    """What Pebble signs a body with."""
    return hmac.new(account.credentials["secret"].encode(), body, hashlib.sha256).hexdigest()


async def _ask(
    wire: Wire,
    account: Account,
    path: str,
    body: JsonValue,
    headers: Mapping[str, str] | None = None,
) -> Posted:
    base = account.setting("base_url", "https://api.pebble.example")
    return await wire.call(
        "POST", base + path, json=body, headers={**_bearer(account), **(headers or {})}
    )


def _bearer(account: Account) -> dict[str, str]:
    return {"Authorization": f"Bearer {account.credentials['token']}"}


def _read(told: object) -> InboundEvent:
    try:
        event = _Event.model_validate(told)
        at = datetime.fromtimestamp(event.at, UTC)
        who = Sender((Identity("pebble", event.customer),), event.name)
        if event.type == "receipt" and event.status in ("sent", "delivered", "read", "failed"):
            return Reported(
                event.status,  # type: ignore[arg-type]  # looked at in the line before
                at,
                platform_id=event.id,
                delivery_id=event.delivery,
                error="Pebble says no" if event.status == "failed" else "",
                failure="permanent" if event.status == "failed" else None,
            )
        parts = read([event.part]) if event.part else ()
        if event.type == "echo" and parts:
            return Echoed(
                event.customer, event.id, in_words(parts[0]), parts, at, who, event.delivery
            )
        if event.type == "message" and parts:
            return _said(event, parts[0], at, who)
    except (ValidationError, OverflowError, ValueError, OSError) as odd:
        return Odd(str(odd))
    return Odd(f"a {event.type}")


def _said(event: _Event, part: Part, at: datetime, who: Sender) -> Said:
    media = (MediaRef(0, event.file),) if event.file else ()
    return Said(
        thread=event.customer,
        external_id=event.id,
        sender=who,
        parts=(part,),
        text=in_words(part),
        at=at,
        asks=not isinstance(part, Reaction),
        media=media,
        reply_to=event.reply_to,
    )


def in_words(part: Part) -> str:
    """A part as text."""
    if isinstance(part, Text):
        return part.text
    if isinstance(part, File):
        return part.text or f"[{part.kind}]"
    title = getattr(part, "title", None) or getattr(part, "text", None)
    return str(title) if title else f"[{part.kind}]"
