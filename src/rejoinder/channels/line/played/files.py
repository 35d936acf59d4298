"""Files that a played customer sends: small, and what they say they are."""

from __future__ import annotations

import struct
import zlib

from rejoinder.conversations.content import File

RECORDED_MS = 1500


def made(part: File) -> tuple[bytes, str]:
    """The bytes of such a file and their MIME type."""
    match part.kind:
        case "image" | "sticker":
            return _dot(), "image/png"
        case "audio":
            return recording(RECORDED_MS, b"M4A "), "audio/x-m4a"
        case "video":
            return recording(RECORDED_MS, b"mp42"), "video/mp4"
        case "document":
            return f"The document {part.filename or ''}\n".encode(), "text/plain"


def recording(milliseconds: int, brand: bytes) -> bytes:
    """An MPEG-4 file of that length without tracks."""
    header = struct.pack(">IIIII", 0, 0, 0, 1000, milliseconds) + bytes(80)
    return _box(b"ftyp", brand + bytes(4) + brand) + _box(b"moov", _box(b"mvhd", header))


def _box(name: bytes, inside: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(inside), name) + inside


def _dot() -> bytes:
    """A PNG of one grey pixel."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0\x80")
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, chunks))


def _chunk(chunk: tuple[bytes, bytes]) -> bytes:
    name, data = chunk
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
