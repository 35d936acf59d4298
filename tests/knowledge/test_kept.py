"""Questions' vectors are remembered within bounds."""

from __future__ import annotations

from array import array
from sys import getsizeof

from hypothesis import given
from hypothesis import strategies as st

from rejoinder.knowledge.searching.kept import MOST_BYTES, Kept


def test_the_newest_are_kept_and_the_oldest_go() -> None:
    kept = Kept(most=3 * (getsizeof("a") + getsizeof(array("f", [0.0] * 100))))
    for each in "abc":
        kept.put(each, [float(ord(each))] * 100)
    assert kept.get("a") == array("f", [97.0] * 100)
    kept.put("d", [1.0] * 100)
    assert kept.get("b") is None
    assert [each for each in "abcd" if kept.get(each) is not None] == ["a", "c", "d"]


def test_three_thousand_numbers_take_twelve_kilobytes() -> None:
    kept = Kept()
    for at in range(512):
        kept.put(str(at), [0.5] * 3072)
    assert kept.bytes <= MOST_BYTES
    assert len(kept) == MOST_BYTES // (getsizeof("511") + getsizeof(array("f", [0.5] * 3072)))


def test_what_is_too_large_is_handed_back_and_not_kept() -> None:
    kept = Kept(most=100)
    assert list(kept.put("a", [1.0] * 100)) == [1.0] * 100
    assert (len(kept), kept.bytes) == (0, 0)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 60)), max_size=40))
def test_the_bound_holds(asked: list[tuple[str, int]]) -> None:
    kept = Kept(most=900)
    for question, size in asked:
        kept.put(question, [0.0] * size)
        assert 0 <= kept.bytes <= 900
    assert (kept.bytes == 0) is (len(kept) == 0)
