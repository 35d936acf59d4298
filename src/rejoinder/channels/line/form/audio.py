"""How long a voice message is: LINE wants to be told."""

from __future__ import annotations

import struct

_LONGEST_MS = 24 * 3600 * 1000


def duration_ms(recorded: bytes) -> int | None:
    """Milliseconds of an MPEG-4 file (m4a); None for another format, or one that does not say.

    Source: ISO/IEC 14496-12, 8.2.2: the box `mvhd` inside `moov` has a time scale and a duration.
    """
    moov = _box(recorded, b"moov")
    header = _box(moov, b"mvhd") if moov else None
    if not header:
        return None
    version, (form, at) = header[0], ((">IQ", 20) if header[0] == 1 else (">II", 12))
    if version > 1 or len(header) < at + struct.calcsize(form):
        return None
    scale, duration = struct.unpack_from(form, header, at)
    milliseconds = duration * 1000 // scale if scale else 0
    return milliseconds if 0 < milliseconds < _LONGEST_MS else None


def _box(data: bytes, name: bytes) -> bytes | None:
    """The inside of the first box of that name."""
    at = 0
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        begins = at + 8
        if length == 1 and at + 16 <= len(data):  # the length is a 64-bit number behind the name
            (length,) = struct.unpack_from(">Q", data, at + 8)
            begins = at + 16
        ends = at + length if length else len(data)
        if kind == name:
            return data[begins:ends]
        if ends <= at:
            return None
        at = ends
    return None
