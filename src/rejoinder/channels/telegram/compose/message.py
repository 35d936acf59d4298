"""A message's parts become one request to Telegram."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rejoinder.channels.telegram.compose import menus
from rejoinder.channels.telegram.compose.files import file
from rejoinder.channels.telegram.compose.form import Attached, Sending, message
from rejoinder.channels.telegram.errors import Unsendable
from rejoinder.conversations.content import (
    Buttons,
    Carousel,
    Choice,
    Contact,
    File,
    ListMenu,
    Location,
    Part,
    QuickReplies,
    Template,
    Text,
)

_WORDLESS: Final = (Location, Contact)


def compose(parts: tuple[Part, ...], files: Mapping[str, Attached], *, group: bool) -> Sending:
    """Texts and at most one part of another kind, after them. `files` are ours, by media id. Raises Unsendable."""
    before = [_words(each) for each in parts if isinstance(each, Text | Choice)]
    others = [each for each in parts if not isinstance(each, Text | Choice)]
    if not others:
        return message(*before)
    if len(others) > 1:
        raise Unsendable(
            f"it holds {len(others)} parts, and a request to Telegram takes one: send them one by one"
        )
    return _one(others[0], tuple(filter(None, before)), files, group)


def _one(
    part: Part, before: tuple[str, ...], files: Mapping[str, Attached], group: bool
) -> Sending:
    if before and isinstance(part, _WORDLESS):
        raise Unsendable(f"a {part.kind} has no caption: send the text by itself")
    match part:
        case File(media_id=media_id):
            return file(part, files.get(media_id or ""), *before)
        case Location():
            return _location(part)
        case Contact():
            return _contact(part)
        case QuickReplies():
            return menus.quick_replies(part, before, group=group)
        case Buttons():
            return menus.buttons(part, before)
        case ListMenu():
            return menus.menu(part, before)
        case Carousel():
            return menus.carousel(part, before)
        case Template(name=name):
            raise Unsendable(
                f"Telegram has no templates such as {name!r}, nor a time after which one is needed: send a text"
            )
        case _:
            raise Unsendable(f"Telegram has no form for a part of the kind {part.kind!r}")


def _words(part: Text | Choice) -> str:
    return part.text if isinstance(part, Text) else part.title


def _location(part: Location) -> Sending:
    """A place with a name is a venue, whose title and address are required: degrees stand in for a missing one."""
    at = {"latitude": part.latitude, "longitude": part.longitude}
    if not part.name and not part.address:
        return Sending("sendLocation", {**at})
    degrees = f"{part.latitude}, {part.longitude}"
    title, address = part.name or part.address or degrees, part.address or degrees
    return Sending("sendVenue", {**at, "title": title, "address": address})


def _contact(part: Contact) -> Sending:
    """A card holds one number; more of them, and addresses, are a text."""
    if len(part.phones) != 1 or part.emails:
        return message("\n".join((part.name, *part.phones, *part.emails)))
    phone = part.phones[0]
    return Sending("sendContact", {"phone_number": phone, "first_name": part.name or phone})
