"""Which words are relatives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.text import likeness, stems


@pytest.mark.parametrize(
    ("asked", "word"),
    [("opening", "open"), ("prices", "price"), ("delivered", "delivery"), ("abrem", "abre")],
)
def test_inflections_are_near(asked: str, word: str) -> None:
    assert likeness(asked, f" {word} ") == likeness(word, f" {asked} ") == 0.9


@pytest.mark.parametrize(
    ("asked", "word"),
    [("order", "ordinary"), ("recibo", "recife"), ("bean", "lean"), ("มา", "มาก")],
)
def test_strangers_are_strangers(asked: str, word: str) -> None:
    assert likeness(asked, f" {word} ") == likeness(word, f" {asked} ") == 0


@given(st.text(alphabet="abcdeกขя1", min_size=1, max_size=12))
def test_a_word_is_itself_and_its_stems_begin_it(word: str) -> None:
    assert likeness(word, f" other {word} ") == 1
    assert all(word.startswith(stem.word) for stem in stems(word))
