"""Reciprocal rank fusion, and what a reply may cite."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.knowledge import Found, cited, known
from rejoinder.knowledge.searching.fuse import K, fuse

orders = st.lists(st.lists(st.integers(0, 30), unique=True, max_size=12), max_size=4)


@given(orders)
def test_nothing_is_lost_or_doubled(given: list[list[int]]) -> None:
    found = fuse(given)
    assert len(found) == len(set(found))
    assert set(found) == {each for order in given for each in order}


@given(st.lists(st.integers(), unique=True))
def test_one_order_stays_as_it_is(order: list[int]) -> None:
    assert fuse([order]) == order
    assert fuse([order, order]) == order
    assert fuse([[], order]) == order


@given(orders)
def test_a_better_place_never_harms(given: list[list[int]]) -> None:
    """Whoever goes before another in every order does so in the fused one."""
    found = fuse(given)
    for at, first in enumerate(found):
        for second in found[:at]:
            everywhere = [order for order in given if second in order]
            assert not everywhere or not all(
                first in order and order.index(first) < order.index(second) for order in everywhere
            )


@given(orders)
def test_sums_decide(given: list[list[int]]) -> None:
    sums = [
        sum(1 / (K + order.index(each) + 1) for order in given if each in order)
        for each in fuse(given)
    ]
    assert sums == sorted(sums, reverse=True)


def test_two_middling_places_beat_one_first() -> None:
    assert fuse([["a", "b", "c"], ["d", "b", "e"]])[0] == "b"


def _found(score: float, title: str = "Returns") -> Found:
    return Found(UUID(int=1), 2, title, "Refunds", "…", score, None, "returns.md", 4)


@given(st.lists(st.integers(-3, 9)))
def test_citations_are_of_passages_that_are_there(sources: list[int]) -> None:
    found = [_found(0.5, str(at)) for at in range(1, 6)]
    told = cited(found, sources)
    assert [each.number for each in told] == [
        number for number in dict.fromkeys(sources) if 1 <= number <= 5
    ]
    assert all(each.title == str(each.number) for each in told)


def test_a_citation_says_where_it_is_from() -> None:
    (told,) = cited([_found(0.12345)], [1])
    assert told.told() == {
        "number": 1,
        "document_id": str(UUID(int=1)),
        "position": 2,
        "title": "Returns",
        "heading": "Refunds",
        "source": "returns.md",
        "page": 4,
        "score": 0.1235,
    }


@pytest.mark.parametrize(
    ("scores", "least", "is_known"),
    [([], 0.0, False), ([0.1], 0.0, False), ([0.1, 0.9], 0.0, True), ([0.6], 0.7, False)],
)
def test_known(scores: list[float], least: float, is_known: bool) -> None:
    assert known([_found(score) for score in scores], least) is is_known
