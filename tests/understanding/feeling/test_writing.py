"""However it is typed: stretched, without marks, with faces, in two languages; and plain matters stay neutral."""

from __future__ import annotations

import pytest

from rejoinder.understanding.feeling import sentiment


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "sooooo goooood"),
        ("en", "LOVE IT!!!"),
        ("th", "อร่อยมากกกกก"),
        ("th", "ดีย์มากกก"),
        ("vi", "đẹp quáááá đi mất, mê xỉu"),
    ],
)
def test_stretched_words_are_louder(language: str, text: str) -> None:
    assert sentiment(text, language)[0] == "very_positive"


@pytest.mark.parametrize(
    ("marked", "bare"),
    [
        ("hàng đẹp lắm", "hang dep lam"),
        ("chất lượng quá tệ", "chat luong qua te"),
        ("mình rất thất vọng", "minh rat that vong"),
        ("cảm ơn shop nhiều", "cam on shop nhieu"),
    ],
)
def test_vietnamese_without_marks_says_the_same(marked: str, bare: str) -> None:
    assert sentiment(marked, "vi")[0] == sentiment(bare, "vi")[0]
    assert sentiment(bare, "vi")[0] != "neutral"


@pytest.mark.parametrize(
    ("text", "step"),
    [("😍", "very_positive"), (":)", "positive"), ("👎", "negative"), ("🤬", "very_negative")],
)
@pytest.mark.parametrize("language", ["en", "th", "vi", "pt", "es", "und"])
def test_faces_say_the_same_everywhere(language: str, text: str, step: str) -> None:
    assert sentiment(text, language)[0] == step


def test_a_mistyped_word_is_understood() -> None:
    assert sentiment("horible and dissapointing", "en")[0] in ("negative", "very_negative")


def test_a_word_like_a_bad_one_is_not_taken_for_it() -> None:
    assert sentiment("it rained and I later parked outside", "en")[0] == "neutral"


@pytest.mark.parametrize(
    ("language", "text"),
    [("th", "service ดีมาก love เลย"), ("vi", "shop nice lắm, so cute")],
)
def test_english_words_count_in_other_languages(language: str, text: str) -> None:
    assert sentiment(text, language)[0] in ("positive", "very_positive")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Is it good for dry skin?"),
        ("en", "I can't log in, it says wrong password"),
        ("th", "อันไหนดีกว่ากันคะ"),
        ("th", "สวัสดีค่ะ"),
        ("vi", "cái nào tốt hơn vậy shop"),
        ("vi", "quên mật khẩu rồi làm sao ạ"),
        ("und", "0123"),
        ("und", ""),
    ],
)
def test_plain_matters_are_neutral(language: str, text: str) -> None:
    assert sentiment(text, language)[0] == "neutral"


@pytest.mark.parametrize("letter", ["a", "\u00df", "\ufb00", "ạ"])
def test_a_word_of_thousands_of_letters_ends(letter: str) -> None:
    assert sentiment(letter * 4_000, "en")[0] == "neutral"


def test_a_word_may_be_stretched_without_end() -> None:
    assert sentiment("that was go" + "o" * 500 + "d", "en")[0].endswith("positive")
