"""Folding: one spelling for the same letters, and no other letter lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.text import fold


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Đà Nẵng", "da nang"),
        ("São João, AÇÚCAR", "sao joao, acucar"),
        ("Straße", "strasse"),
        ("À\u20e5", "a"),
        ("Ⅷ ﬁne Ｗide", "viii fine wide"),
        ("İstanbul", "istanbul"),
        ("smørrebrød œuvre", "smorrebrod oeuvre"),
        ("๒๕๐ กรัม", "250 กรัม"),
    ],
)
def test_same_letters_fold_alike(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize("word", ["น้ำ", "ค่ะ", "คะ", "ไม่", "ใหม่", "ปีที่แล้ว", "กี่"])
def test_thai_marks_are_letters_and_stay(word: str) -> None:
    assert fold(word) == word


def test_thai_tone_marks_tell_words_apart() -> None:
    assert len({fold(word) for word in ("มา", "ม่า", "ม้า", "ใหม่", "ไหม")}) == 5


@pytest.mark.parametrize("typed", ["น้ำ", "นํ้า", "น้ํา"])
def test_thai_typed_in_another_order_is_the_same_word(typed: str) -> None:
    assert fold(typed) == "น้ำ"


def test_marks_of_other_scripts_stay() -> None:
    assert fold("हिन्दी й 한국어") == "हिन्दी й 한국어"


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
