"""What a message of a customer holds, and what a tap on a button says.

Source: LINE's OpenAPI description of webhooks: MessageContent, PostbackContent. `webhookEventId`, `quoteToken` and the
like are required there and yet missing in older deliveries, so nothing but a message's id is relied on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from pydantic import JsonValue

from rejoinder.channels.line.form.action import untitled
from rejoinder.channels.line.reading import Json, number, record, records, text, whole
from rejoinder.channels.port.event import MediaRef
from rejoinder.conversations.content import (
    Choice,
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


def told(message: Json) -> Told:
    """The content of a message; Unsupported for a type nobody here knows, or without what belongs to it."""
    kind = text(message.get("type")) or "no type"
    reader = _READERS.get(kind)
    found = reader(message) if reader else None
    return found or Told(Unsupported(what=kind), f"[unsupported: {kind}]")


def chosen(postback: Json) -> Told | None:
    """What a tap says: the button's title where it is ours, and what was picked as a date or time; None for no data."""
    data = text(postback.get("data"))
    if data is None:
        return None
    payload, title = untitled(data)
    params = record(postback.get("params"))
    form: dict[str, JsonValue] = {
        name: word for key, value in params.items() if (name := text(key)) and (word := text(value))
    }
    picked = ", ".join(f"{name}: {value}" for name, value in form.items())
    words = f"{title} ({picked})" if picked else title
    return Told(Choice(title=title, payload=payload, form=form or None), words)


def _words(message: Json) -> Told | None:
    said = text(message.get("text"))
    return Told(Text(text=said), said) if said else None


def _file(kind: FileKind, mime_type: str | None) -> Callable[[Json], Told | None]:
    def read(message: Json) -> Told | None:
        ref = _media(message, mime_type)
        if ref is None:
            return None
        part = File(kind=kind, filename=ref.filename, mime_type=mime_type, voice=kind == "audio")
        name = "voice message" if part.voice else kind
        shown = f"[{name}: {ref.filename}]" if ref.filename else f"[{name}]"
        return Told(part, shown, ref, _about(message))

    return read


def _media(message: Json, mime_type: str | None) -> MediaRef | None:
    """Where the file is: at LINE under the message's own id, or elsewhere at an address of somebody's."""
    provider = record(message.get("contentProvider"))
    if provider.get("type") != "external":
        return MediaRef(
            part=0,
            id=text(message.get("id")),
            mime_type=mime_type,
            filename=text(message.get("fileName")),
            size=whole(message.get("fileSize")),
        )
    address = text(provider.get("originalContentUrl"))
    return MediaRef(part=0, url=address) if address else None


def _about(message: Json) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    album = record(message.get("imageSet"))
    if name := text(album.get("id")):
        found["album"] = {
            "id": name,
            "index": whole(album.get("index")),
            "total": whole(album.get("total")),
        }
    if (duration := whole(message.get("duration"))) is not None:
        found["duration_ms"] = duration
    return found


def _location(message: Json) -> Told | None:
    latitude, longitude = number(message.get("latitude")), number(message.get("longitude"))
    if latitude is None or longitude is None:
        return None
    name, address = text(message.get("title")), text(message.get("address"))
    part = Location(latitude=latitude, longitude=longitude, name=name, address=address)
    words = ", ".join(each for each in (name, address, f"{latitude}, {longitude}") if each)
    return Told(part, f"[location: {words}]")


def _sticker(message: Json) -> Told | None:
    """LINE gives no picture of a sticker: its words, or the words it is found by, say what it shows."""
    listed = message.get("keywords")
    keywords = [text(each) for each in listed] if isinstance(listed, list) else []
    shows = text(message.get("text")) or ", ".join(each for each in keywords if each) or None
    part = File(kind="sticker", text=shows)
    named: dict[str, JsonValue] = {
        "package_id": text(message.get("packageId")),
        "sticker_id": text(message.get("stickerId")),
    }
    return Told(part, f"[sticker: {shows}]" if shows else "[sticker]", extra={"sticker": named})


def mentions(message: Json, account: str | None) -> bool:
    """Whether a message of a group speaks to us by name."""
    found = records(record(message.get("mention")).get("mentionees"))
    return any(
        each.get("isSelf") is True or (account is not None and text(each.get("userId")) == account)
        for each in found
    )


_READERS: Final[dict[str, Callable[[Json], Told | None]]] = {
    "text": _words,
    "image": _file("image", None),
    "video": _file("video", "video/mp4"),
    "audio": _file("audio", "audio/mp4"),
    "file": _file("document", None),
    "location": _location,
    "sticker": _sticker,
}
