"""WhatsApp Cloud API: the port's methods, each a few calls to what stands beside."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import ClassVar

from pydantic import JsonValue

from rejoinder.channels.meta import handshake, signature
from rejoinder.channels.meta.graph import answered, bearer
from rejoinder.channels.meta.reading import records, text
from rejoinder.channels.port.adapter import (
    Account,
    Capabilities,
    Checked,
    Download,
    Field,
    Files,
    Limits,
    Request,
    Signal,
)
from rejoinder.channels.port.event import InboundEvent, MediaRef
from rejoinder.channels.port.outgoing import NotTaken, Outgoing, Receipt, Refused, Taken, Unsure
from rejoinder.channels.port.wire import Wire
from rejoinder.channels.whatsapp_cloud.account import (
    CAPABILITIES,
    CREDENTIALS,
    LIMITS,
    SETTINGS,
    SETUP,
    address,
)
from rejoinder.channels.whatsapp_cloud.compose import Attached, Unsayable, compose
from rejoinder.channels.whatsapp_cloud.console import announce, check
from rejoinder.channels.whatsapp_cloud.errors import receipt
from rejoinder.channels.whatsapp_cloud.media import attach, locate
from rejoinder.channels.whatsapp_cloud.parse.body import parse
from rejoinder.channels.whatsapp_cloud.parse.people import PHONE, WHATSAPP_USER, identity, is_user
from rejoinder.conversations.content import File, Part
from rejoinder.net.guard import Forbidden, NotSent, Posted, Unanswered

_ANSWER_S = 15.0
_WHOLE_S = 18.0  # with an upload; after 20 s a sender is taken for dead (rejoinder.outbound.sending.deliver)
_LEAST_S = 2.0  # an answer that is not waited for that long would be lost for nothing


class WhatsAppCloud:
    """One WhatsApp number at Meta's Cloud API."""

    name: ClassVar[str] = "whatsapp_cloud"
    title: ClassVar[str] = "WhatsApp (Cloud API)"
    limits: ClassVar[Limits] = LIMITS
    capabilities: ClassVar[Capabilities] = CAPABILITIES
    credentials: ClassVar[tuple[Field, ...]] = CREDENTIALS
    settings: ClassVar[tuple[Field, ...]] = SETTINGS
    setup: ClassVar[str] = SETUP

    def handshake(self, account: Account, query: Mapping[str, str]) -> str:
        """The challenge. Raises BadSignature."""
        return handshake.answer(account.credentials.get("verify_token", ""), query)

    def verify(self, account: Account, request: Request, now: datetime) -> None:
        """Check the signature; Meta signs no time. Raises BadSignature."""
        signature.check(account.credentials.get("app_secret", ""), request.headers, request.body)

    def parse(self, account: Account, body: bytes) -> list[InboundEvent]:
        """The events of a body. Never raises."""
        return parse(body)

    def knows_repeats(self, outgoing: Outgoing) -> bool:
        """Never: WhatsApp has no idempotency key."""
        return False

    async def send(
        self,
        account: Account,
        outgoing: Outgoing,
        parts: tuple[Part, ...],
        wire: Wire,
        files: Files,
    ) -> Receipt:
        """Send one message; a file of ours is uploaded before."""
        until = time.monotonic() + _WHOLE_S
        tries = outgoing.attempt - outgoing.uncounted
        parts = await _with_addresses(parts, files)
        attached = await _attached(account, parts, wire, files, tries, until)
        if attached is not None and not isinstance(attached, Attached):
            return attached
        to = recipient(outgoing)
        if to is None:
            return Refused("neither a phone number nor a WhatsApp user id of the customer is known")
        content = compose(parts, attached, in_group=to["recipient_type"] == "group")
        if isinstance(content, Unsayable):
            return Refused(content.why)
        body: dict[str, JsonValue] = {"messaging_product": "whatsapp", **to, **content}
        body |= _context(account, outgoing, content)
        body["biz_opaque_callback_data"] = str(outgoing.delivery_id)
        left = until - time.monotonic()
        if left < _LEAST_S:
            return NotTaken("handing its file to Meta took too long")
        try:
            posted = await _post(account, body, wire, min(left, _ANSWER_S))
        except Forbidden as refused:
            return Refused(str(refused))
        except NotSent as failed:
            return NotTaken(str(failed))
        except Unanswered as lost:
            return Unsure(str(lost))
        return _took(posted) if 200 <= posted.status < 300 else receipt(posted, tries)

    async def signal(self, account: Account, signal: Signal, wire: Wire) -> None:
        """Show that the message was read, and with `typing` that we write, for 25 s or until we have.

        Source: Meta, "Typing indicators" (June 2026): both need the id of an inbound message; "Groups API": a group's
        are not marked as read.
        """
        if signal.platform_id is None or _is_group(signal.thread_key):
            return
        body: dict[str, JsonValue] = {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": signal.platform_id,
        }
        if signal.what == "typing":
            body["typing_indicator"] = {"type": "text"}
        with suppress(Forbidden, NotSent, Unanswered):
            await _post(account, body, wire)

    async def locate(self, account: Account, media: MediaRef, wire: Wire) -> Download:
        """Where a customer's file is for the next 5 minutes. Raises NotThere or Unavailable."""
        return await locate(account, media, wire)

    async def check(self, account: Account, wire: Wire) -> Checked:
        """The number and its name. Raises Invalid or Unavailable."""
        return await check(account, wire)

    async def announce(self, account: Account, webhook_url: str, wire: Wire) -> bool:
        """Set the webhook's address, where the business account's id is known."""
        return await announce(account, webhook_url, wire)


def recipient(outgoing: Outgoing) -> dict[str, JsonValue] | None:
    """Who it goes to: a group, a phone number, or a business-scoped user id; None where none is known.

    A thread that is neither number nor user id is a group's. With a number Meta passes over a user id.
    """
    if _is_group(outgoing.thread_key):
        return {"recipient_type": "group", "to": outgoing.thread_key}
    thread = identity(outgoing.thread_key)
    known = {each.kind: each.value for each in (thread,) if each is not None} | outgoing.identities
    if phone := known.get(PHONE):
        return {"recipient_type": "individual", "to": phone}
    if user := known.get(WHATSAPP_USER):
        return {"recipient_type": "individual", "recipient": user}
    return None


def _is_group(thread_key: str) -> bool:
    thread = identity(thread_key)
    return thread is not None and thread.kind != PHONE and not is_user(thread.value)


async def _with_addresses(parts: tuple[Part, ...], files: Files) -> tuple[Part, ...]:
    """Files of ours get the address where anybody can fetch them, for a text that must name it."""
    return tuple(
        [
            part.model_copy(update={"url": await files.url(part.media_id)})
            if isinstance(part, File) and part.media_id is not None and part.url is None
            else part
            for part in parts
        ]
    )


async def _attached(
    account: Account,
    parts: tuple[Part, ...],
    wire: Wire,
    files: Files,
    attempt: int,
    until: float,
) -> Attached | Receipt | None:
    found = [part for part in parts if isinstance(part, File)]
    if len(found) != 1:
        return None
    return await attach(account, found[0], wire, files, attempt, until)


def _context(
    account: Account, outgoing: Outgoing, content: dict[str, JsonValue]
) -> dict[str, JsonValue]:
    """The message to quote, where the channel is set so; a reaction has its own.

    What was answered may have been handed in by API under an id that WhatsApp does not know.
    """
    if account.setting("quote", "no") != "yes" or content["type"] in ("reaction", "template"):
        return {}
    quoted = next((each for each in reversed(outgoing.answers) if each.startswith("wamid.")), None)
    return {"context": {"message_id": quoted}} if quoted else {}


async def _post(
    account: Account, body: dict[str, JsonValue], wire: Wire, timeout: float = _ANSWER_S
) -> Posted:
    return await wire.call(
        "POST",
        address(account, account.credentials["phone_number_id"], "messages"),
        headers=bearer(account.credentials["access_token"]),
        json=body,
        timeout=timeout,
    )


def _took(posted: Posted) -> Receipt:
    """WhatsApp's id of the message, and whether Meta holds it back for a while to see its template's quality.

    A 2xx that names no message was not written by Meta: a proxy's page says nothing of what became of the request.
    """
    messages = records(answered(posted).get("messages"))
    ids = tuple(each for message in messages if (each := text(message.get("id"))))
    if not ids:
        return Unsure(f"the answer {posted.status} names no message")
    status = next((each for m in messages if (each := text(m.get("message_status")))), None)
    noted: dict[str, JsonValue] | None = {"message_status": status} if status else None
    return Taken(noted, ids)
