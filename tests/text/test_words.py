"""Segmentation into words."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder.text import fold, spelling, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Do you open at 9:00?", ["do", "you", "open", "at", "9", "00"]),
        ("don't, shop’s l'heure", ["dont", "shops", "heure"]),
        ("1,290 THB or 1.290đ", ["1290", "thb", "or", "1290", "d"]),
        ("Phí giao hàng", ["phi", "giao", "hang"]),
        ("ร้านเปิดกี่โมงครับ", ["ร้าน", "เปิด", "กี่", "โมง", "ครับ"]),
        ("ดีมากกกก", ["ดีมาก"]),
        ("Heron One ราคา 1,890 บาท", ["heron", "one", "ราคา", "1890", "บาท"]),
        ("営業時間", ["営業", "業時", "時間"]),
        ("영업시간", ["영업시간"]),
        ("🙂 ...", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text())
def test_words_are_folded_and_hold_no_white_space(text: str) -> None:
    for word in words(text):
        assert word
        assert fold(word) == word
        assert not any(letter.isspace() for letter in word)


@settings(deadline=None)  # the first Thai text loads the dictionary
@given(st.text(alphabet="กขคงจดตนมรลวสอะาิีึืุูเแโใไ่้์ๆ "))
def test_no_thai_letter_is_lost(text: str) -> None:
    kept = "".join(words(text))
    assert set(kept) == set(fold(text)) - {" ", "ๆ"}


def test_vietnamese_words_keep_their_marks_where_they_tell_words_apart() -> None:
    assert spelling("trà, trả", "vi", words("trà, trả")) == ["trà", "trả"]
    assert words("trà, trả") == ["tra", "tra"]


def test_the_thai_dictionary_loads_only_when_thai_comes() -> None:
    code = (
        "import sys; from rejoinder.text import terms, warm; terms('how much is shipping, giá sao');"
        "assert 'pythainlp' not in sys.modules; warm(); assert 'pythainlp' in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
