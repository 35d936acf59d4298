"""One thing that a customer did: a message, a reaction, an edit, a change of number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from rejoinder.channels.meta.reading import Json, first, moment, record, text
from rejoinder.channels.port.event import (
    Edited,
    Identity,
    InboundEvent,
    Noted,
    Odd,
    Renamed,
    Said,
    Sender,
    Source,
    TakenBack,
)
from rejoinder.channels.whatsapp_cloud.parse.parts import Told, told
from rejoinder.channels.whatsapp_cloud.parse.people import PHONE, identities, sender

_CHANGED = re.compile(r"changed from (\S+) to (\S+)")


@dataclass(frozen=True, slots=True)
class Inside:
    """What surrounds a message: the change's value, our number's id, and the entry's own time."""

    value: Json
    account: str | None
    at: datetime | None

    def own(self) -> set[str]:
        """What our number is called: its id and its digits."""
        metadata = record(self.value.get("metadata"))
        names = (first(metadata, "display_phone_number"), first(metadata, "phone_number_id"))
        return {re.sub(r"\D", "", name) for name in names if name} - {""}


def happened(message: Json, inside: Inside) -> InboundEvent:
    """The event that one of a value's `messages` is."""
    kind = text(message.get("type")) or "no type"
    external_id, at = text(message.get("id")), moment(message.get("timestamp")) or inside.at
    if external_id is None or at is None:
        missing = "id" if external_id is None else "time"
        return Odd(f"a message ({kind}) without {missing}", inside.account)
    match kind:
        case "edit":
            return _edited(message, at, inside)
        case "revoke":
            return _taken_back(message, at, inside)
        case "system":
            return _system(message, at, inside)
        case "request_welcome":
            return Noted(
                "a customer opened the chat", sender(message, inside.value), account=inside.account
            )
        case "interactive" if _permission(message):
            return Noted(
                f"a customer answered whether we may call: {_permission(message)}",
                sender(message, inside.value),
                account=inside.account,
            )
    content = told(message)
    if content is None:
        return Odd(f"a message of the unknown type {kind!r}", inside.account)
    return _said(message, external_id, at, content, inside)


def _said(
    message: Json, external_id: str, at: datetime, content: Told, inside: Inside
) -> InboundEvent:
    who = sender(message, inside.value)
    if who is None:
        return Odd("a message that names nobody as its sender", inside.account)
    thread, source = _where(message, who)
    context = record(message.get("context"))
    return Said(
        thread=thread or who.identities[0].value,
        external_id=external_id,
        sender=who,
        parts=content.parts,
        text=content.text,
        at=at,
        source=source,
        mentioned=source == "group" and _speaks_to_us(context, content, inside),
        asks=content.asks,
        media=content.media,
        reply_to=text(context.get("id")),
        forwarded=True in (context.get("forwarded"), context.get("frequently_forwarded")),
        metadata=_metadata(message, context),
        account=inside.account,
    )


def _speaks_to_us(context: Json, content: Told, inside: Inside) -> bool:
    """Whether a group's message answers ours or has our number after an @; Meta describes no field for it."""
    ours = inside.own()
    answered = re.sub(r"\D", "", text(context.get("from")) or "")
    return answered in ours or any(f"@{each}" in content.text for each in ours)


def _metadata(message: Json, context: Json) -> dict[str, JsonValue] | None:
    """Where the customer came from: the ad they tapped, the product they ask about."""
    kept: dict[str, JsonValue] = {}
    if referral := record(message.get("referral")):
        kept["referral"] = referral
    if product := record(context.get("referred_product")):
        kept["referred_product"] = product
    return kept or None


def _permission(message: Json) -> str | None:
    found = record(message.get("interactive"))
    if found.get("type") != "call_permission_reply":
        return None
    return text(record(found.get("call_permission_reply")).get("response")) or "no word"


def _edited(message: Json, at: datetime, inside: Inside) -> InboundEvent:
    edit = record(message.get("edit"))
    of, content = text(edit.get("original_message_id")), told(record(edit.get("message")))
    if of is None or content is None:
        return Odd("an edit that does not say of what, or to what", inside.account)
    thread, source = _where(message, sender(message, inside.value))
    return Edited(of, content.text, at, account=inside.account, thread=thread, source=source)


def _taken_back(message: Json, at: datetime, inside: Inside) -> InboundEvent:
    of = text(record(message.get("revoke")).get("original_message_id"))
    if of is None:
        return Odd("a message taken back that does not say which", inside.account)
    thread, source = _where(message, sender(message, inside.value))
    return TakenBack(of, at, account=inside.account, thread=thread, source=source)


def _where(message: Json, who: Sender | None) -> tuple[str | None, Source]:
    """The thread, and whether it is a group's; the customer's first name is the thread of a chat of two."""
    if group := text(message.get("group_id")):
        return group, "group"
    return (who.identities[0].value if who else None), "direct"


def _system(message: Json, at: datetime, inside: Inside) -> InboundEvent:
    """A new number, or a new business-scoped id.

    Source: Meta's changelog of 11 August 2026 for `previous_user_id`; before that day only the words name the old id.
    """
    found = record(message.get("system"))
    kind, body = text(found.get("type")) or "no type", text(found.get("body")) or ""
    if kind == "customer_identity_changed":
        return Noted(
            body or "a customer has a new device",
            sender(message, inside.value),
            account=inside.account,
        )
    if kind not in ("user_changed_number", "customer_changed_number", "user_changed_user_id"):
        return Odd(f"a system message of the unknown type {kind!r}", inside.account)
    now = identities(found.get("wa_id"), found.get("new_wa_id"), found.get("user_id"))
    before = identities(
        message.get("from"),
        found.get("customer"),
        found.get("previous_user_id"),
        message.get("from_user_id"),
    )
    known = _without(before, now) or _without(_spoken_of(body), now)
    if not known or not now:
        return Odd(f"a system message ({kind}) that does not say who became whom", inside.account)
    return Renamed(known, now, at, account=inside.account)


def _without(some: tuple[Identity, ...], others: tuple[Identity, ...]) -> tuple[Identity, ...]:
    return tuple(each for each in some if each not in others)


def _spoken_of(body: str) -> tuple[Identity, ...]:
    """Who the words say it was before; a word is taken only where it is an id by its form."""
    found = _CHANGED.search(body)
    who = identities(found[1]) if found else ()
    return tuple(each for each in who if each.kind == PHONE or "." in each.value)
