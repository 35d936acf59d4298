"""Texts as long as LINE takes them, and how long a recording is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder.channels.line.form.audio import duration_ms
from rejoinder.channels.line.form.fit import clusters, cut, cut_units, units
from rejoinder.channels.line.played.files import recording

FAMILY = "👨‍👩‍👧"  # one character to a reader, 8 UTF-16 units


@pytest.mark.parametrize("version", [0, 1])
def test_a_recordings_length_is_read(version: int) -> None:
    data = recording(1500, b"M4A ")
    if version:  # 64-bit times
        at = data.index(b"mvhd") + 4
        times = data[at : at + 20]
        data = (
            data[:at]
            + b"\1\0\0\0"
            + bytes(16)
            + times[12:16]
            + bytes(4)
            + times[16:]
            + data[at + 20 :]
        )
    assert duration_ms(data) == 1500
    assert duration_ms(data[:30]) is None
    assert duration_ms(b"ID3 an mp3") is None


@settings(deadline=None)
@given(
    st.binary(max_size=200)
    | st.binary(max_size=60).map(lambda b: b"\0\0\0\x20moov\0\0\0\x18mvhd" + b)
)
def test_no_recording_makes_it_raise(data: bytes) -> None:
    assert (duration_ms(data) or 1) > 0


LETTERS = st.lists(
    st.sampled_from([*"ab ñ", "\u0301", "ำ", "ก", FAMILY, "🇹", "🇭", "👍", "🏽"])
).map("".join)


@settings(deadline=None)
@given(LETTERS, st.integers(2, 30))
def test_cutting_keeps_within_the_limit_and_breaks_no_character(text: str, limit: int) -> None:
    shorter, fewer = cut(text, limit), cut_units(text, limit)
    assert clusters(shorter) <= limit
    assert units(fewer) <= limit
    assert text.startswith(shorter.removesuffix("…")) or shorter == text
    fewer.encode()
