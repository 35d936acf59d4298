"""What a message says: its parts, its files, and the same in words for the model, search and people."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

from pydantic import JsonValue

from rejoinder.channels.meta.reading import Json, first, load, number, record, records, text
from rejoinder.channels.port.event import MediaRef
from rejoinder.conversations.content import (
    FILES,
    Choice,
    Contact,
    File,
    FileKind,
    Location,
    Order,
    Part,
    Reaction,
    Text,
    Unsupported,
)


@dataclass(frozen=True, slots=True)
class Told:
    """A message's content. `asks` is False for what wants no answer."""

    parts: tuple[Part, ...]
    text: str
    media: tuple[MediaRef, ...] = ()
    asks: bool = True


Reader = Callable[[Json], Told | None]


def told(message: Json) -> Told | None:
    """The content of a message, or of what an edited one says now; None for a type nobody here knows.

    A type we know without what belongs to it (a picture that Meta could not load) is Unsupported.
    """
    kind = text(message.get("type")) or ""
    inner = text(record(message.get("interactive")).get("type")) if kind == "interactive" else None
    read = _READERS.get(kind)
    if read is None or (inner is not None and inner not in _REPLIES):
        return None
    return read(message) or _unsupported(kind)


def _words(message: Json) -> Told | None:
    body = text(record(message.get("text")).get("body"))
    return Told((Text(text=body),), body) if body else None


def _file(message: Json) -> Told | None:
    kind = cast("FileKind", message["type"])
    found = record(message.get(kind))
    media_id, url = text(found.get("id")), text(found.get("url"))
    if media_id is None and url is None:
        return None
    # Some libraries hand the type on with its slash escaped twice.
    mime_type = (text(found.get("mime_type")) or "").replace("\\/", "/") or None
    filename, caption = text(found.get("filename")), text(found.get("caption"))
    voice = found.get("voice") is True
    part = File(kind=kind, text=caption, filename=filename, mime_type=mime_type, voice=voice)
    ref = MediaRef(
        part=0,
        id=media_id,
        url=None if media_id else url,
        mime_type=mime_type,
        filename=filename,
        sha256=text(found.get("sha256")),
    )
    name = "voice message" if voice else kind
    shown = f"[{name}: {filename}]" if filename else f"[{name}]"
    return Told((part,), f"{shown} {caption}" if caption else shown, (ref,))


def _location(message: Json) -> Told | None:
    found = record(message.get("location"))
    latitude, longitude = number(found.get("latitude")), number(found.get("longitude"))
    if latitude is None or longitude is None:
        return None
    name, place = text(found.get("name")), text(found.get("address"))
    part = Location(
        latitude=latitude,
        longitude=longitude,
        name=name,
        address=place,
        url=text(found.get("url")),
    )
    words = ", ".join(each for each in (name, place, f"{latitude}, {longitude}") if each)
    return Told((part,), f"[location: {words}]")


def _contacts(message: Json) -> Told | None:
    cards = tuple(_contact(each) for each in records(message.get("contacts")))
    if not cards:
        return None
    words = "; ".join(", ".join((card.name, *card.phones, *card.emails)) for card in cards)
    return Told(cards, f"[contact: {words}]")


def _contact(card: Json) -> Contact:
    name = record(card.get("name"))
    phones = [first(each, "phone", "wa_id") for each in records(card.get("phones"))]
    emails = [text(each.get("email")) for each in records(card.get("emails"))]
    return Contact(
        name=first(name, "formatted_name", "first_name", "last_name") or "without a name",
        phones=tuple(each for each in phones if each),
        emails=tuple(each for each in emails if each),
    )


def _reaction(message: Json) -> Told | None:
    found = record(message.get("reaction"))
    of = text(found.get("message_id"))
    if of is None:
        return None
    emoji = text(found.get("emoji"))  # empty or left out when it was taken away: both occur
    words = f"[reacted with {emoji}]" if emoji else "[took a reaction away]"
    return Told((Reaction(emoji=emoji, of=of),), words, asks=False)


def _button(message: Json) -> Told | None:
    """A template's quick reply; buttons of other messages come as `interactive`."""
    found = record(message.get("button"))
    title, payload = text(found.get("text")), text(found.get("payload"))
    if title is None and payload is None:
        return None
    part = Choice(title=title or payload or "", payload=payload, of=_quoted(message), template=True)
    return Told((part,), part.title)


def _interactive(message: Json) -> Told | None:
    found = record(message.get("interactive"))
    kind = text(found.get("type")) or ""
    if kind == "nfm_reply":
        return _flow(message, record(found.get(kind)))
    reply = record(found.get(kind))
    payload = text(reply.get("id"))
    return _chosen(
        message, text(reply.get("title")) or payload, payload, text(reply.get("description"))
    )


def _chosen(
    message: Json, title: str | None, payload: str | None, description: str | None = None
) -> Told | None:
    if title is None:
        return None
    part = Choice(title=title, payload=payload, description=description, of=_quoted(message))
    return Told((part,), title)


def _flow(message: Json, reply: Json) -> Told:
    form = _form(reply.get("response_json"))
    token = text(form.get("flow_token")) if form else None
    part = Choice(
        title=first(reply, "body", "name") or "form",
        payload=token,
        of=_quoted(message),
        form=form,
    )
    filled = "; ".join(
        f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for name, value in (form or {}).items()
        if name != "flow_token"
    )
    return Told((part,), f"[form: {filled}]" if filled else f"[form: {part.title}]")


def _form(response: JsonValue) -> Json | None:
    """The answers of a Flow, which come as a text with JSON in it."""
    if isinstance(response, str):
        try:
            response = load(response.encode())
        except ValueError:
            return None
    return response if isinstance(response, dict) else None


def _order(message: Json) -> Told | None:
    order = record(message.get("order"))
    if not order:
        return None
    items = [_item(each) for each in records(order.get("product_items"))]
    words = f"[order: {'; '.join(items)}]" if items else "[order]"
    said = text(order.get("text"))
    return Told((Order(order=order),), f"{words} {said}" if said else words)


def _item(item: Json) -> str:
    quantity = text(item.get("quantity")) or "1"
    price, currency = text(item.get("item_price")), text(item.get("currency"))
    product = text(item.get("product_retailer_id")) or "a product"
    return f"{quantity} × {product}" + (f" at {price} {currency or ''}".rstrip() if price else "")


def _beyond(message: Json) -> Told:
    """WhatsApp does not pass it on: it says at most what kind of thing it was."""
    inner = text(record(message.get("unsupported")).get("type"))
    return _unsupported(inner or text(message.get("type")) or "unknown")


def _unsupported(what: str) -> Told:
    words = "[unsupported message]" if what == "unsupported" else f"[unsupported message: {what}]"
    return Told((Unsupported(what=what),), words)


def _quoted(message: Json) -> str | None:
    return text(record(message.get("context")).get("id"))


_REPLIES: Final = frozenset({"button_reply", "list_reply", "nfm_reply"})
"""The interactive answers that are known."""

_READERS: Final[dict[str, Reader]] = {
    "text": _words,
    **dict.fromkeys(sorted(FILES), _file),
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "button": _button,
    "interactive": _interactive,
    "order": _order,
    "unsupported": _beyond,
    "unknown": _beyond,
}
