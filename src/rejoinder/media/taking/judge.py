"""What a file is, by its content, and whether a file of its kind may be that. Whoever sent it may have lied.

Sources: the signatures in "MIME Sniffing" (WHATWG), ISO/IEC 14496-12 (`ftyp`) and the formats' own papers; for
everything else puremagic's list.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping
from typing import IO, Final

from rejoinder.errors import Invalid
from rejoinder.media.taking.names import runs

HEAD: Final = 4096
"""Bytes that are looked at; a browser that guesses looks at 1,445 (WHATWG, "MIME Sniffing")."""

UNKNOWN: Final = "application/octet-stream"

_PICTURES: Final = frozenset(
    {"image/jpeg", "image/png", "image/gif", "image/webp", "image/heic", "image/avif"}
)
_SOUNDS: Final = frozenset(
    {
        "audio/mpeg",
        "audio/ogg",
        "audio/mp4",
        "audio/aac",
        "audio/amr",
        "audio/wav",
        "audio/webm",
        "audio/3gpp",
        "audio/flac",
    }
)
_FILMS: Final = frozenset(
    {"video/mp4", "video/quicktime", "video/webm", "video/3gpp", "video/ogg", "video/x-msvideo"}
)
_STICKERS: Final = frozenset(
    {"image/webp", "image/png", "image/gif", "image/jpeg", "video/webm", "application/gzip"}
)
SHOWN: Final = _PICTURES | _SOUNDS | _FILMS
"""What a browser may show without doing anything else."""

ALLOWED: Final[Mapping[str, frozenset[str]]] = {
    "image": _PICTURES,
    "audio": _SOUNDS,
    "video": _FILMS,
    "sticker": _STICKERS,
}
"""What a kind may be. A document may be anything that does nothing when it is opened."""

# A recording is often called a film: LINE's voice notes are MP4 of a brand that says nothing of sound.
_HEARD: Final[Mapping[str, Mapping[str, str]]] = {
    "audio": {
        "video/mp4": "audio/mp4",
        "application/ogg": "audio/ogg",
        "video/webm": "audio/webm",
        "video/3gpp": "audio/3gpp",
    },
    "video": {"application/ogg": "video/ogg"},
}

_BEGINNINGS: Final = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBPVP8", "image/webp"),
    (8, b"WAVEfmt ", "audio/wav"),
    (8, b"AVI LIST", "video/x-msvideo"),
    (0, b"OggS\x00", "application/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"%PDF-", "application/pdf"),
)
_BRANDS: Final = {
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"qt  ": "video/quicktime",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heic",
    b"avif": "image/avif",
}

_PROGRAMS: Final = (
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"#!",
)
_PAGE_TYPES: Final = frozenset(
    {"text/html", "application/xhtml+xml", "image/svg+xml", "text/javascript"}
)
_PAGES: Final = (
    b"<!doctype html",
    b"<html",
    b"<head",
    b"<body",
    b"<script",
    b"<iframe",
    b"<svg",
    b"<!doctype svg",
)


class Refused(Invalid):
    """The file may not be kept, whoever sends it."""

    code = "media_refused"
    title = "This file is not accepted"


def judge(kind: str, told: str | None, filename: str | None, file: IO[bytes]) -> str:
    """The MIME type that the content tells. Raises Refused, saying why: `told` is what its sender called it.

    Reads from the file; its place is somewhere else afterwards.
    """
    file.seek(0)
    head = file.read(HEAD)
    if not head:
        raise _refused("it is empty")
    said = f", though it was sent as {told}" if told else ""
    if _is_program(head):
        raise _refused(f"it is a program{said}")
    if _is_page(_as_text(head)):
        raise _refused(f"it is a web page{said}")
    if ending := runs(filename):
        raise _refused(f"files that end in .{ending} run when they are opened")
    found = _HEARD.get(kind, {}).get(type_of(head), type_of(head))
    if kind == "document":
        found = found if found != UNKNOWN else _of_document(head, told, file)
        if found in _PAGE_TYPES:
            raise _refused(f"it is a web page{said}")
        return found
    if found not in ALLOWED[kind]:
        what = "of a type that nobody here knows" if found == UNKNOWN else found
        raise _refused(f"it is {what}, which no {kind} is{said}")
    return found


def kind_of(mime_type: str) -> str:
    """The kind of message that a file of the type becomes, where nobody says."""
    kinds = ("image", _PICTURES), ("audio", _SOUNDS), ("video", _FILMS)
    return next((kind for kind, types in kinds if mime_type in types), "document")


def type_of(head: bytes) -> str:
    """The MIME type of what begins so, among pictures, sounds, films and the commonest documents."""
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return "video/3gpp" if brand.startswith(b"3g") else _BRANDS.get(brand, "video/mp4")
    for at, sign, mime_type in _BEGINNINGS:
        if head[at : at + len(sign)] == sign:
            return mime_type
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0:
        return "audio/aac"
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 in (0xE2, 0xE4):
        return "audio/mpeg"  # a frame of layer 3 or 2; layer 1 is the mark that UTF-16 begins with
    return UNKNOWN


def _is_program(head: bytes) -> bool:
    if head.startswith(b"MZ"):
        return b"\x00" in head  # else a text that begins with these letters
    return head.startswith(_PROGRAMS) and not head.startswith(b"#!AMR")


def _as_text(head: bytes) -> bytes:
    """A text in UTF-16 as one of single bytes, as far as it is ASCII; all else as it is."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return head[2:].decode(encoding, "replace").encode("ascii", "replace")
    return head.removeprefix(b"\xef\xbb\xbf")


def _is_page(head: bytes) -> bool:
    text = head.lstrip().lower()
    if text.startswith(b"<?xml"):
        return b"<svg" in text or b"<html" in text
    while text.startswith(b"<!--") and b"-->" in text:
        text = text.partition(b"-->")[2].lstrip()
    return text.startswith(_PAGES)


def _of_document(head: bytes, told: str | None, file: IO[bytes]) -> str:
    """By puremagic's list, which has several answers where formats share a beginning, as office files and ZIP do."""
    listed = _listed(file)
    if told in listed:
        return str(told)
    if head.startswith(b"PK\x03\x04"):
        return "application/zip"
    if listed:
        return listed[0]
    return "text/plain" if _is_text(head) else UNKNOWN


def _listed(file: IO[bytes]) -> list[str]:
    import puremagic  # 30 ms

    file.seek(0)
    try:
        matches = puremagic.magic_stream(file)
    except (puremagic.PureError, ValueError, LookupError, struct.error, zipfile.BadZipFile):
        return []
    return [match.mime_type for match in matches if match.mime_type and match.confidence >= 0.4]


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if b"\x00" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as broken:
        return broken.start > len(head) - 4  # cut inside its last character
    return True


def _refused(why: str) -> Refused:
    return Refused(f"The file was refused: {why}.", mend="Send it as another type.")
