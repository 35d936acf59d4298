"""Words are found as pythainlp's own trie finds them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder.text import warm
from rejoinder.text.thai import Dictionary

if TYPE_CHECKING:
    from pythainlp.util import Trie

LETTERS = "กขคงจชดตทนบปพมยรลวสหอะาำิีึืุูเแโใไ่้็์ๆ"


def trie(words: frozenset[str]) -> Trie:
    warm()  # which tells pythainlp to make no folder
    from pythainlp.util import Trie

    return Trie(words)


@cache
def thai() -> tuple[list[str], Dictionary, Trie]:
    """The words, and both ways to find them."""
    warm()
    from pythainlp.corpus import thai_words

    return sorted(thai_words()), Dictionary(thai_words()), trie(thai_words())


def _words(numbers: list[int]) -> str:
    listed, _, _ = thai()
    return "".join(listed[number % len(listed)] for number in numbers)


runs = st.one_of(
    st.text(alphabet=LETTERS, max_size=40),
    st.lists(st.integers(min_value=0), max_size=6).map(_words),
)


def test_every_word_is_found_with_those_it_begins_with() -> None:
    listed, ours, theirs = thai()
    assert [ours.prefixes(word) for word in listed] == [theirs.prefixes(word) for word in listed]


@settings(deadline=None)  # the first example builds both
@given(runs, st.integers(min_value=0, max_value=40))
def test_the_same_words_stand_at_a_place(run: str, start: int) -> None:
    _, ours, theirs = thai()
    assert ours.prefixes(run, start) == theirs.prefixes(run, start)


@settings(deadline=None)
@given(
    st.text(alphabet="ab", max_size=8),
    st.frozensets(st.text(alphabet="ab", min_size=1, max_size=6)),
)
def test_so_it_is_with_any_words(text: str, words: frozenset[str]) -> None:
    assert Dictionary(words).prefixes(text) == trie(words).prefixes(text)


@settings(deadline=None)
@given(runs)
def test_newmm_parts_a_run_as_with_the_trie(run: str) -> None:
    _, ours, theirs = thai()
    from pythainlp.tokenize.newmm import segment

    assert segment(run, custom_dict=cast("Trie", ours)) == segment(run, custom_dict=theirs)
