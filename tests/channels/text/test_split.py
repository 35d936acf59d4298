"""A text is cut into pieces that fit, at places a reader would choose, and nothing of it gets lost."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.channels.port.adapter import Unit
from rejoinder.channels.text.split import count, shorten, split
from rejoinder.text import warm
from rejoinder.text.graphemes import boundary

LEAST: dict[Unit, int] = {"characters": 1, "utf16": 2, "bytes": 4}
UNITS: tuple[Unit, ...] = ("characters", "utf16", "bytes")

# Sentences of many scripts, with what joins and what parts: marks, jamo, joiners, flags, skin tones, keycaps.
PIECES = st.sampled_from(
    [
        *(
            "Hello there. ",
            "How are you? ",
            "Xin chào, giá là 1.290.000đ. ",
            "สวัสดีครับ ",
            "ราคาเท่าไหร่คะ ",
        ),
        *(
            "ผมต้องการสั่งซื้อสินค้าออนไลน์",
            "お元気ですか。",
            "你好!",
            "مرحبا بك. ",
            "नमस्ते ",
            "ကောင်းပါတယ်",
            "ສະບາຍດີ",
        ),
        *(
            "👩‍👩‍👧‍👦",
            "👍🏽",
            "🇹🇭",
            "🇻🇳🇩🇪",
            "e\u0301",
            "한국어",
            "\u1112\u1161\u11ab",
            "1️⃣",
            "🏴‍☠️",
            "\r\n",
        ),
        *(
            "\n",
            "\n\n",
            " ",
            "\t",
            "a",
            "\u00a0",
            "\u200d",
            "\u0301",
            "\ufe0f",
            "supercalifragilistic",
            "น้ำ",
        ),
    ]
)
TEXTS = st.one_of(
    st.lists(PIECES, max_size=60).map("".join),
    st.text(max_size=200),
)


@pytest.fixture(scope="module", autouse=True)
def dictionary() -> None:
    warm()  # else the first example takes half a second


def places(text: str, pieces: list[str]) -> list[tuple[int, int]]:
    """Where the pieces stand, each behind the one before with nothing but white space between."""
    found, at = [], 0
    for piece in pieces:
        while not text.startswith(piece, at):
            assert text[at].isspace(), f"{text[at]!r} got lost"
            at += 1
        found.append((at, at + len(piece)))
        at += len(piece)
    assert not text[at:].strip()
    return found


def whole(text: str, at: int) -> bool:
    return boundary("x" + text, at + 1) == at + 1


@given(TEXTS, st.sampled_from(UNITS), st.integers(4, 120))
def test_every_piece_fits_and_nothing_is_lost(text: str, unit: Unit, limit: int) -> None:
    pieces = split(text, limit, unit)
    assert pieces
    assert all(count(piece, unit) <= limit for piece in pieces)
    places(text, pieces)


@given(TEXTS, st.sampled_from(UNITS), st.integers(60, 120))
def test_no_character_is_cut(text: str, unit: Unit, limit: int) -> None:
    """One that alone is longer than the limit has to be, so that the limit here is a wide one."""
    short = re.sub("[\u0300-\u036f\u200d\ufe0f\u1100-\u11ff]{3,}", "", text)
    for (_, end), (start, _) in pairwise(places(short, split(short, limit, unit))):
        if longest(short) <= limit // 4:
            assert whole(short, end)
            assert whole(short, start)


def longest(text: str) -> int:
    cuts = [at for at in range(len(text) + 1) if at in (0, len(text)) or whole(text, at)]
    return max((after - before for before, after in pairwise(cuts)), default=0)


@given(TEXTS, st.sampled_from(UNITS), st.integers(4, 120))
def test_a_shortened_text_fits_and_is_its_beginning(text: str, unit: Unit, limit: int) -> None:
    made = shorten(text, limit, unit)
    assert count(made, unit) <= limit
    assert made == text or text.startswith(made.removesuffix("…"))
    assert (made == text) == (count(text, unit) <= limit)


@given(st.text(max_size=50))
def test_counts_are_the_platforms(text: str) -> None:
    assert count(text, "characters") == len(text)
    assert count(text, "utf16") * 2 == len(text.encode("utf-16-le"))
    assert count(text, "bytes") == len(text.encode())


@pytest.mark.parametrize(
    ("text", "limit", "pieces"),
    [
        ("One. Two.\n\nThree. Four.", 20, ["One. Two.", "Three. Four."]),
        ("a line of words\nand another", 20, ["a line of words", "and another"]),
        ("It is open. Please come in today.", 25, ["It is open.", "Please come in today."]),
        ("We open at 9 a.m. every day", 22, ["We open at 9 a.m.", "every day"]),
        ("some words without an end", 12, ["some words", "without an", "end"]),
        ("x" * 25, 10, ["x" * 10, "x" * 10, "x" * 5]),
        ("A. word word word word", 20, ["A. word word word", "word"]),
        ("see https://shop.example/a-long-page", 34, ["see", "https://shop.example/a-long-page"]),
        ("fits", 4, ["fits"]),
        ("", 4, [""]),
        ("  \n " * 10, 4, [""]),
    ],
)
def test_the_best_place_is_taken(text: str, limit: int, pieces: list[str]) -> None:
    assert split(text, limit, "characters") == pieces


def test_thai_is_cut_between_words() -> None:
    pieces = split("ผมต้องการสั่งซื้อสินค้าออนไลน์ของบริษัทคุณ", 20, "characters")
    assert pieces == ["ผมต้องการสั่งซื้อ", "สินค้าออนไลน์ของ", "บริษัทคุณ"]


def test_emoji_stay_whole() -> None:
    family = "👩‍👩‍👧‍👦"
    assert split(family * 3, 12, "utf16") == [family] * 3
    assert split("🇹🇭🇻🇳🇩🇪", 3, "characters") == ["🇹🇭", "🇻🇳", "🇩🇪"]


def test_a_character_longer_than_the_limit_is_cut_all_the_same() -> None:
    assert "".join(split("e" + "\u0301" * 30, 8, "bytes")) == "e" + "\u0301" * 30


@pytest.mark.parametrize(
    ("text", "limit", "made"),
    [
        ("Delivery to Bangkok", 20, "Delivery to Bangkok"),
        ("Delivery to Bangkok", 12, "Delivery to…"),
        ("Unstoppable", 5, "Unst…"),
        ("👍🏽👍🏽👍🏽", 5, "👍🏽👍🏽…"),
    ],
)
def test_titles_end_in_an_ellipsis(text: str, limit: int, made: str) -> None:
    assert shorten(text, limit) == made


@pytest.mark.parametrize("unit", UNITS)
def test_a_limit_that_holds_no_text_is_refused(unit: Unit) -> None:
    with pytest.raises(ValueError, match="hold no text"):
        split("text", LEAST[unit] - 1, unit)
    with pytest.raises(ValueError, match="hold no text"):
        shorten("text", LEAST[unit] - 1, unit)
