"""What a message holds: its part, its file, and the same in words for the model, search and people.

Source: Bot API, Message and the types of its fields.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from pydantic import JsonValue

from rejoinder.channels.port.event import MediaRef
from rejoinder.channels.telegram.parse.people import name
from rejoinder.channels.telegram.parse.reading import Json, number, record, records, text, whole
from rejoinder.conversations.content import (
    Contact,
    File,
    FileKind,
    Location,
    Part,
    Text,
    Unsupported,
)


@dataclass(frozen=True, slots=True)
class Told:
    """A message's content; `extra` is what else may be worth knowing, for the message's metadata."""

    part: Part
    text: str
    media: MediaRef | None = None
    extra: dict[str, JsonValue] = field(default_factory=dict)


Reader = Callable[[Json], Told | None]

UNSHOWN: Final = (
    "checklist",
    "game",
    "invoice",
    "paid_media",
    "story",
    "gift",
    "unique_gift",
    "giveaway",
    "giveaway_winners",
    "live_photo",
)
"""What customers send or forward, and nobody here can show."""


def told(message: Json) -> Told | None:
    """The content of a message; None where it holds nothing that is known here.

    Something we know without what belongs to it is Unsupported.
    """
    for kind, reader in _READERS.items():
        if kind in message:
            return reader(message) or unsupported(kind)
    return next((unsupported(kind) for kind in UNSHOWN if kind in message), None)


def unsupported(what: str) -> Told:
    """Something that nobody here can show."""
    return Told(Unsupported(what=what), f"[unsupported: {what}]")


def _words(message: Json) -> Told | None:
    """A deep link comes as `/start` and what stood behind `?start=`: that is for programs."""
    said = text(message.get("text"))
    if said is None:
        return None
    command, _, payload = said.partition(" ")
    if command == "/start" and payload.strip():
        return Told(Text(text=command), command, extra={"start": payload.strip()})
    return Told(Text(text=said), said)


def _rich(message: Json) -> Told | None:
    """A text with headings, lists and tables: its words, a block a line. Walked without recursion: it may be deep."""
    pieces: list[str] = []
    left: list[tuple[str, JsonValue]] = [("", message.get("rich_message"))]
    while left:
        name, value = left.pop()
        if isinstance(value, str) and name == "text":
            pieces.append(value)
        elif isinstance(value, list):
            left += ((name, each) for each in reversed(value))
        elif isinstance(value, dict):
            pieces.append("\n" if name == "blocks" else "")
            left += reversed(value.items())
    said = text("".join(pieces).strip())
    return Told(Text(text=said), said) if said else None


def _file(field: str, kind: FileKind, usual: str | None = None, voice: bool = False) -> Reader:
    def read(message: Json) -> Told | None:
        return _of(message, record(message.get(field)), kind, usual, voice)

    return read


def _of(message: Json, found: Json, kind: FileKind, usual: str | None, voice: bool) -> Told | None:
    file_id = text(found.get("file_id"))
    if file_id is None:
        return None
    mime_type, filename = text(found.get("mime_type")) or usual, text(found.get("file_name"))
    caption = text(message.get("caption"))
    part = File(kind=kind, text=caption, filename=filename, mime_type=mime_type, voice=voice)
    size = whole(found.get("file_size"))
    ref = MediaRef(part=0, id=file_id, mime_type=mime_type, filename=filename, size=size)
    called = "voice message" if voice else kind
    shown = f"[{called}: {filename}]" if filename else f"[{called}]"
    seconds = whole(found.get("duration"))
    extra: dict[str, JsonValue] = {} if seconds is None else {"duration_s": seconds}
    return Told(part, f"{shown} {caption}" if caption else shown, ref, extra)


def _photo(message: Json) -> Told | None:
    """Telegram gives several sizes; the last is the greatest, but that is nowhere promised."""
    sizes = [each for each in records(message.get("photo")) if text(each.get("file_id"))]
    if not sizes:
        return None
    largest = max(sizes, key=_area)
    return _of(message, largest, "image", "image/jpeg", voice=False)


def _area(size: Json) -> int:
    return (whole(size.get("width")) or 0) * (whole(size.get("height")) or 0)


def _sticker(message: Json) -> Told | None:
    """Its emoji says what it shows; moving ones are Lottie or WebM."""
    found = record(message.get("sticker"))
    file_id, emoji = text(found.get("file_id")), text(found.get("emoji"))
    if file_id is None:
        return None
    mime_type = "image/webp"
    if found.get("is_animated") is True:
        mime_type = "application/x-tgsticker"
    if found.get("is_video") is True:
        mime_type = "video/webm"
    ref = MediaRef(part=0, id=file_id, mime_type=mime_type, size=whole(found.get("file_size")))
    part = File(kind="sticker", text=emoji, mime_type=mime_type)
    return Told(part, f"[sticker: {emoji}]" if emoji else "[sticker]", ref)


def _location(message: Json) -> Told | None:
    return _place(record(message.get("location")), None, None)


def _venue(message: Json) -> Told | None:
    found = record(message.get("venue"))
    at = record(found.get("location")) or record(message.get("location"))
    return _place(at, text(found.get("title")), text(found.get("address")))


def _place(at: Json, title: str | None, address: str | None) -> Told | None:
    latitude, longitude = number(at.get("latitude")), number(at.get("longitude"))
    if latitude is None or longitude is None:
        return None
    part = Location(latitude=latitude, longitude=longitude, name=title, address=address)
    words = ", ".join(each for each in (title, address, f"{latitude}, {longitude}") if each)
    live = whole(at.get("live_period"))
    return Told(part, f"[location: {words}]", extra={} if live is None else {"live_s": live})


def _contact(message: Json) -> Told | None:
    found = record(message.get("contact"))
    phone = text(found.get("phone_number"))
    called = name(found) or phone
    if called is None:
        return None
    part = Contact(name=called, phones=(phone,) if phone else ())
    return Told(part, f"[contact: {', '.join((called, *part.phones))}]")


def _poll(message: Json) -> Told | None:
    """Bots can't vote: a customer's poll is its words."""
    found = record(message.get("poll"))
    asked = text(found.get("question"))
    if asked is None:
        return None
    options = [text(each.get("text")) for each in records(found.get("options"))]
    words = "\n".join((f"[poll: {asked}]", *(f"- {each}" for each in options if each)))
    return Told(Text(text=words), words)


def _dice(message: Json) -> Told | None:
    found = record(message.get("dice"))
    emoji, value = text(found.get("emoji")), whole(found.get("value"))
    if emoji is None:
        return None
    words = f"{emoji} {value}" if value is not None else emoji
    return Told(Text(text=words), words)


_READERS: Final[dict[str, Reader]] = {
    "text": _words,
    "rich_message": _rich,
    # An animation comes as a document too, and a venue as a location: the richer one first.
    "animation": _file("animation", "video", "video/mp4"),
    "photo": _photo,
    "voice": _file("voice", "audio", "audio/ogg", voice=True),
    "audio": _file("audio", "audio", "audio/mpeg"),
    "video_note": _file("video_note", "video", "video/mp4"),
    "video": _file("video", "video", "video/mp4"),
    "document": _file("document", "document"),
    "sticker": _sticker,
    "venue": _venue,
    "location": _location,
    "contact": _contact,
    "poll": _poll,
    "dice": _dice,
}
