"""Bytes as text, whatever encoding they are in; plain text and Markdown as they stand."""

from __future__ import annotations

import codecs
import re

from rejoinder.knowledge.importing.formats.model import Read, broken
from rejoinder.knowledge.importing.model import Format

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HIGH = re.compile(rb"[\x80-\xff]+")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_HEADING = re.compile(r"^ {0,3}# +(.+?)[ #]*$", re.MULTILINE)
_LOOKED_AT = 200_000
# Encodings that a server may name and that decode any bytes, whatever they are: of no use as evidence.
_VAGUE = frozenset({"iso8859-1", "ascii", "latin-1"})


def read(data: bytes, told: str | None, kind: Format) -> Read:
    """Plain text or Markdown: its first heading is the title. Raises Invalid for what is no text."""
    text = decode(data, told)
    found = _HEADING.search(text[:2000]) if kind == "markdown" else None
    return Read(found[1] if found else "", text, kind)


def decode(data: bytes, told: str | None = None) -> str:
    """Bytes as text: by their mark, else UTF-8, UTF-16, what was `told`, Thai's TIS-620, Windows' Latin letters.

    Raises Invalid for what is no text.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], name)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is not None and "\x00" not in text:
        return _seen(text, data)
    wide = _wide(data)
    if wide:
        return _decoded(data, wide)
    if b"\x00" in data:
        raise broken("text", "it holds NUL bytes")
    return _seen(_single(data, told), data)


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as wrong:
        raise broken("text", f"its mark says {name}, byte {wrong.start} does not") from None


def _seen(text: str, data: bytes) -> str:
    """Raises Invalid where so many control characters stand that it is something else."""
    if len(_CONTROL.findall(data, 0, _LOOKED_AT)) * 50 > min(len(data), _LOOKED_AT):
        raise broken("text", "it holds control characters")
    return text


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: nearly every second byte of Latin text is NUL."""
    head = data[: _LOOKED_AT // 10 * 2]
    if len(head) < 4 or len(data) % 2:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > half * 0.4 and even < half * 0.05:
        return "utf-16-le"
    if even > half * 0.4 and odd < half * 0.05:
        return "utf-16-be"
    return None


def _single(data: bytes, told: str | None) -> str:
    for name in (*_told(told), "cp874" if _is_thai(data) else "cp1252"):
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    raise broken("text", "its encoding is not known; UTF-8 always is")


def _told(told: str | None) -> list[str]:
    try:
        name = codecs.lookup(told or "").name
    except (LookupError, ValueError):
        return []
    text = getattr(codecs.lookup(name), "_is_text_encoding", True)
    return [name] if text and name not in _VAGUE and not name.startswith("utf") else []


def _is_thai(data: bytes) -> bool:
    """Whether the letters beyond ASCII stand in rows, as Thai's do; those of Latin text stand alone."""
    runs = [len(run) for run in _HIGH.findall(data[:_LOOKED_AT])]
    rows = sum(run for run in runs if run >= 3)
    return rows * 2 > sum(runs) and all(b not in data for b in (b"\xfc", b"\xfd", b"\xfe", b"\xff"))
