"""Files that played customers send: small, and what they say they are."""

from __future__ import annotations

import secrets
from base64 import b64decode
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from rejoinder.conversations.content import File

_MOST = 10_000  # of the oldest the rest is forgotten

_JPEG: Final = b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ"
    "EBAQEBAQEBAQEBAQEBAQEBAQEBAQEBD/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAA"
    "AAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AP//Z"
)
_WEBP: Final = b64decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
_MP4: Final = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom\x00\x00\x00\x08mdat"
_OGG: Final = (
    b"OggS\x00\x02" + bytes(8) + b"\x01\x00\x00\x00" + bytes(8) + b"\x01\x13"
    b"OpusHead\x01\x01\x00\x00\x80\xbb\x00\x00\x00\x00\x00"
)
_MP3: Final = b"ID3\x03" + bytes(6) + b"\xff\xfb\x90\x64" + bytes(413)
_PDF: Final = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file at Telegram: the field of a message that it stands in, its path and bytes."""

    field: str
    path: str
    mime_type: str
    data: bytes


class Drawer:
    """The files of a bot by their ids and paths."""

    def __init__(self) -> None:
        self._by_id: OrderedDict[str, Kept] = OrderedDict()
        self._by_path: dict[str, Kept] = {}

    def put(self, part: File) -> tuple[str, Kept]:
        """Make a file of the part's kind; its id, and the file."""
        field, folder, ending, mime_type, data = _made(part)
        path = f"{folder}/file_{secrets.randbelow(10**12)}.{ending}"
        file_id, kept = secrets.token_urlsafe(40), Kept(field, path, mime_type, data)
        self._by_id[file_id] = self._by_path[path] = kept
        if len(self._by_id) > _MOST:
            _, old = self._by_id.popitem(last=False)
            del self._by_path[old.path]
        return file_id, kept

    def get(self, file_id: str) -> Kept | None:
        """The file of an id."""
        return self._by_id.get(file_id)

    def at(self, path: str) -> Kept | None:
        """The file at a path."""
        return self._by_path.get(path)


def _made(part: File) -> tuple[str, str, str, str, bytes]:
    match part.kind:
        case "image":
            return "photo", "photos", "jpg", "image/jpeg", _JPEG
        case "audio" if part.voice:
            return "voice", "voice", "oga", "audio/ogg", _OGG
        case "audio":
            return "audio", "music", "mp3", "audio/mpeg", _MP3
        case "video":
            return "video", "videos", "mp4", "video/mp4", _MP4
        case "sticker":
            return "sticker", "stickers", "webp", "image/webp", _WEBP
        case "document":
            return "document", "documents", "pdf", "application/pdf", _PDF
