"""Files: which method takes which kind.

Source: Bot API, "Sending files" (what Telegram fetches itself: photos of 5 MB, others of 20; by upload 10 and 50), and
the methods: sendPhoto, sendVoice (OGG with Opus, MP3, M4A), sendAudio (MP3, M4A), sendVideo (MPEG4), sendDocument
(by an address only GIF, PDF and ZIP), sendSticker.
"""

from __future__ import annotations

from mimetypes import guess_type
from typing import Final
from urllib.parse import urlsplit

from rejoinder.channels.telegram.compose.form import Attached, Sending, captioned, message
from rejoinder.channels.telegram.compose.keyboard import Object
from rejoinder.channels.telegram.errors import Unsendable
from rejoinder.conversations.content import File

PHOTO_BYTES: Final = 10_000_000
UPLOAD_BYTES: Final = 50_000_000

_PHOTOS: Final = frozenset({"image/jpeg", "image/jpg", "image/png", "image/webp", ""})
_SONGS: Final = frozenset({"audio/mpeg", "audio/mp3", "audio/mp4", "audio/m4a", "audio/x-m4a", ""})
_NOTES: Final = frozenset({"audio/ogg", "audio/opus", "application/ogg"})
_FILMS: Final = frozenset({"video/mp4", ""})
_STICKERS: Final = frozenset({"image/webp", "application/x-tgsticker", "video/webm", ""})
_FETCHED: Final = frozenset({"application/pdf", "application/zip", "image/gif"})

_FIELDS: Final = {
    "sendPhoto": "photo",
    "sendAnimation": "animation",
    "sendVoice": "voice",
    "sendAudio": "audio",
    "sendVideo": "video",
    "sendDocument": "document",
    "sendSticker": "sticker",
}


def file(part: File, attached: Attached | None, *before: str) -> Sending:
    """A file by upload where it is ours, else by its address; as a link where Telegram would not fetch it.

    A sticker's text says what it shows, and is not sent. Raises Unsendable.
    """
    if attached is None and part.url is None:
        raise Unsendable(f"the {part.kind} is not there any more, and has no address")
    if attached is not None and len(attached.data) > UPLOAD_BYTES:
        raise Unsendable(f"the {part.kind} is larger than the 50 MB that bots may upload")
    mime_type = _mime_type(part, attached)
    method = _method(part, mime_type)
    if method == "sendPhoto" and attached is not None and len(attached.data) > PHOTO_BYTES:
        method = "sendDocument"
    if method == "sendDocument" and attached is None and mime_type not in _FETCHED:
        return message(*before, "\n".join(filter(None, (part.text, part.filename, part.url))))
    field = _FIELDS[method]
    fields: Object = {} if attached is not None else {field: part.url}
    if method != "sendSticker":
        fields = captioned(fields, *before, part.text)
    elif before:
        raise Unsendable("a sticker has no caption: send the text by itself")
    return Sending(method, fields, field if attached is not None else "", attached)


def _method(part: File, mime_type: str) -> str:
    match part.kind:
        case "sticker" if mime_type in _STICKERS:
            return "sendSticker"
        case "image" | "sticker" if mime_type in _PHOTOS:
            return "sendPhoto"
        case "image" | "sticker" if mime_type == "image/gif":
            return "sendAnimation"
        case "audio" if mime_type in _NOTES or (part.voice and mime_type in _SONGS):
            return "sendVoice"
        case "audio" if mime_type in _SONGS:
            return "sendAudio"
        case "video" if mime_type in _FILMS:
            return "sendVideo"
        case _:
            return "sendDocument"


def _mime_type(part: File, attached: Attached | None) -> str:
    """Without parameters, from what is known or from the name; empty where nothing tells."""
    known = attached.mime_type if attached is not None else part.mime_type
    if known is None:
        known = guess_type(part.filename or "")[0] or guess_type(_path(part.url))[0] or ""
    return known.partition(";")[0].strip().lower()


def _path(url: str | None) -> str:
    try:
        return urlsplit(url or "").path
    except ValueError:
        return ""
