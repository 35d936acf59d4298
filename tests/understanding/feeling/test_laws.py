"""What holds of every text: nothing is raised, confidence is a share, case and spacing change nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder.understanding.feeling import sentiment
from rejoinder.understanding.wanting import asks_person, intent, needs_people

_LANGUAGES = st.sampled_from(["en", "th", "vi", "pt", "es", "und", "xx"])
_WORDS = st.sampled_from(
    [
        "not",
        "good",
        "bad",
        "very",
        "but",
        "ไม่",
        "ดี",
        "มาก",
        "แต่",
        "không",
        "tốt",
        "nhưng",
        "quá",
        "?",
        "!",
        "😀",
        "https://a.example",
        "thanks",
    ]
)
_TEXTS = st.one_of(st.text(max_size=60), st.lists(_WORDS, max_size=12).map(" ".join))


@settings(deadline=None)  # the first text of a language loads its lists
@given(_TEXTS, _LANGUAGES)
def test_any_text_has_an_answer(text: str, language: str) -> None:
    _, clear = sentiment(text, language)
    name, sure = intent(text, language)
    assert 0.0 <= clear <= 1.0
    assert 0.0 <= sure <= 1.0
    assert name
    assert needs_people(text, language) in (None, "refund", "legal", "emergency", "abuse")
    assert asks_person(text) in (True, False)


@pytest.mark.parametrize(
    "text", ["the room was lovely and clean", "where is my order", "thanks, bye"]
)
@given(spaces=st.lists(st.sampled_from([" ", "  ", "\t "]), min_size=8, max_size=8))
def test_spacing_and_first_letters_change_nothing(text: str, spaces: list[str]) -> None:
    words = text.split()
    spread = "".join(word.capitalize() + gap for word, gap in zip(words, spaces, strict=False))
    assert sentiment(spread, "en")[0] == sentiment(text, "en")[0]
    assert intent(spread, "en")[0] == intent(text, "en")[0]


def test_a_very_long_message_is_read_from_both_ends() -> None:
    assert sentiment("terrible service. " + "word " * 50_000, "en")[0] != "neutral"
