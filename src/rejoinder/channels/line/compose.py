"""A message's parts become LINE's message objects, five at most: that is what one request takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import JsonValue

from rejoinder.channels.line.errors import Unsendable
from rejoinder.channels.line.form import template
from rejoinder.channels.line.form.action import Object, tapped
from rejoinder.channels.line.form.fit import TEXT, address, cut_units, units
from rejoinder.channels.text.split import split
from rejoinder.conversations.content import (
    Buttons,
    Carousel,
    Choice,
    Contact,
    File,
    ListMenu,
    Location,
    Option,
    Part,
    QuickReplies,
    Template,
    Text,
)

TOGETHER: Final = 5
QUICK_REPLIES: Final = 13
PLACE: Final = 100

_PICTURES: Final = frozenset({"image/jpeg", "image/png"})
_FILMS: Final = frozenset({"video/mp4"})
_RECORDINGS: Final = frozenset({"audio/mp4", "audio/m4a", "audio/x-m4a", "audio/mpeg", "audio/mp3"})
_STICKER: Final = re.compile(r"[?&]packageId=(\d+)&stickerId=(\d+)(?:&|$)")


@dataclass(frozen=True, slots=True)
class Found:
    """What was found out before: our own files' addresses and lengths by media id, and the picture before a video."""

    addresses: Mapping[str, str] = field(default_factory=dict)
    durations: Mapping[str, int] = field(default_factory=dict)
    still: str | None = None


def compose(parts: tuple[Part, ...], found: Found) -> list[Object]:
    """The message objects of a request. Raises Unsendable."""
    objects: list[Object] = []
    for part in parts:
        for each in _shown(part, found):
            objects += _texts(each) if isinstance(each, str) else [each]
    if len(objects) > TOGETHER:
        objects = _joined(objects)
    if not objects:
        raise Unsendable("the message is empty")
    if len(objects) > TOGETHER:
        raise Unsendable(
            f"it makes {len(objects)} LINE messages, and a request takes {TOGETHER}: send it in parts"
        )
    return _with_replies(objects, parts)


def _shown(part: Part, found: Found) -> list[str | Object]:
    match part:
        case Text(text=text):
            return [text]
        case File():
            return _file(part, found)
        case Location():
            return [_location(part)]
        case QuickReplies():
            return [_listed(part)]
        case Buttons():
            return template.buttons(part)
        case ListMenu():
            return template.menu(part)
        case Carousel():
            return template.carousel(part)
        case Contact(name=name, phones=phones, emails=emails):
            return ["\n".join((name, *phones, *emails))]
        case Choice(title=title):
            return [title]
        case Template(name=name):
            raise Unsendable(
                f"LINE has no templates such as {name!r}, nor a time after which one is needed: send a text"
            )
        case _:
            raise Unsendable(f"LINE has no form for a part of the kind {part.kind!r}")


def _texts(text: str) -> list[Object]:
    return [{"type": "text", "text": each} for each in split(text, TEXT, "utf16") if each.strip()]


def _file(part: File, found: Found) -> list[str | Object]:
    """The file in LINE's form and its caption after it; as a link where LINE has no form for such a file."""
    given = found.addresses.get(part.media_id) if part.media_id else part.url
    if given is None:
        raise Unsendable(f"the {part.kind} has no address that LINE could fetch it from")
    url = address(given)
    made = _in_form(part, url, found) if url else None
    if made is None:
        return ["\n".join(filter(None, (part.text, part.filename, given)))]
    return [made, *([part.text] if part.text else [])]


def _in_form(part: File, url: str, found: Found) -> Object | None:
    match part.kind:
        case "sticker" if named := _STICKER.search(url):
            return {"type": "sticker", "packageId": named[1], "stickerId": named[2]}
        case "image" | "sticker" if part.mime_type in (*_PICTURES, None):
            return {"type": "image", "originalContentUrl": url, "previewImageUrl": url}
        case "video" if found.still and part.mime_type in (*_FILMS, None):
            return {"type": "video", "originalContentUrl": url, "previewImageUrl": found.still}
        case "audio" if part.mime_type in (*_RECORDINGS, None):
            duration = found.durations.get(part.media_id or "")
            if duration:
                return {"type": "audio", "originalContentUrl": url, "duration": duration}
    return None


def _location(part: Location) -> Object:
    """Title and address are required, of up to 100 units: degrees stand in for what is missing."""
    degrees = f"{part.latitude}, {part.longitude}"
    return {
        "type": "location",
        "title": cut_units(part.name or part.address or degrees, PLACE),
        "address": cut_units(part.address or degrees, PLACE),
        "latitude": part.latitude,
        "longitude": part.longitude,
    }


def _listed(part: QuickReplies) -> str:
    """The text; with more replies than can be tapped, all of them under it."""
    if len(part.options) <= QUICK_REPLIES:
        return part.text
    lines = (f"{number}. {each.title}" for number, each in enumerate(part.options, 1))
    return "\n".join((part.text, *lines))


def _with_replies(objects: list[Object], parts: tuple[Part, ...]) -> list[Object]:
    """LINE shows the replies of the last message of a request only, wherever they stood."""
    options: list[Option] = []
    for part in parts:
        if isinstance(part, QuickReplies):
            options += part.options
    if options:
        items: list[JsonValue] = [
            {"type": "action", "action": tapped(each)} for each in options[:QUICK_REPLIES]
        ]
        objects[-1] = {**objects[-1], "quickReply": {"items": items}}
    return objects


def _joined(objects: list[Object]) -> list[Object]:
    """Texts that follow each other, in one message as far as they fit."""
    joined: list[Object] = []
    for each in objects:
        before = joined[-1] if joined else {}
        if each["type"] == before.get("type") == "text":
            text = f"{before['text']}\n\n{each['text']}"
            if units(text) <= TEXT:
                joined[-1] = {"type": "text", "text": text}
                continue
        joined.append(each)
    return joined
