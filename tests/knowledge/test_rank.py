"""Ranking is pure: shares, order, parts."""

from dataclasses import replace
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from rejoinder.knowledge.model import Candidate
from rejoinder.knowledge.searching.query import Asked, Query
from rejoinder.knowledge.searching.rank import rank

_KEYS = 4
_RANKS = st.lists(st.sampled_from([0.0, 0.0, 0.1, 0.3, 0.6]), min_size=_KEYS, max_size=_KEYS)
_WAYS = st.lists(
    st.tuples(st.integers(0, _KEYS - 1), st.sampled_from([1.0, 0.9, 0.75, 0.3])),
    min_size=1,
    max_size=3,
)
_ASKED = st.builds(Asked, st.sampled_from([1.0, 0.5]), _WAYS.map(tuple))
_PARTS = st.lists(st.lists(_ASKED, min_size=1, max_size=4).map(tuple), min_size=1, max_size=3)
_QUERIES = _PARTS.map(lambda parts: Query((), ((),) * _KEYS, tuple(parts), ("en", "und")))


def _candidate(position: int, *ranks: float, language: str = "en") -> Candidate:
    return Candidate(UUID(int=1), position, "Title", "Heading", language, "Text", ranks)


_CANDIDATES = st.lists(_RANKS, max_size=12).map(
    lambda rows: [_candidate(at, *row) for at, row in enumerate(rows)]
)


def _query(*parts: tuple[Asked, ...]) -> Query:
    return Query((), ((),) * _KEYS, parts, ("en", "und"))


def _term(key: int, weight: float = 1.0) -> Asked:
    return Asked(weight, ((key, 1.0),))


@given(_QUERIES, _CANDIDATES, st.integers(0, 5000), st.integers(1, 6))
def test_scores_are_shares_and_each_chunk_comes_once(
    query: Query, candidates: list[Candidate], chunks: int, limit: int
) -> None:
    found = rank(query, candidates, chunks, limit)
    assert len(found) <= limit
    assert len({hit.position for hit in found}) == len(found)
    assert all(0 < hit.score <= 1 for hit in found)


@given(_QUERIES, _CANDIDATES, st.integers(12, 5000))
def test_the_order_of_the_candidates_does_not_matter(
    query: Query, candidates: list[Candidate], chunks: int
) -> None:
    turned = list(reversed(candidates))
    assert rank(query, turned, chunks, 5) == rank(query, candidates, chunks, 5)


@given(_QUERIES, _CANDIDATES, st.integers(12, 5000))
def test_each_part_brings_its_best(query: Query, candidates: list[Candidate], chunks: int) -> None:
    found = {hit.position for hit in rank(query, candidates, chunks, len(query.parts))}
    for part in query.parts:
        alone = rank(Query((), query.keys, (part,), query.languages), candidates, chunks, 1)
        assert {hit.position for hit in alone} <= found


@given(_QUERIES, _CANDIDATES, st.integers(12, 5000))
def test_a_chunk_with_all_that_was_asked_scores_full(
    query: Query, candidates: list[Candidate], chunks: int
) -> None:
    exact = Query(
        (),
        query.keys,
        (tuple(Asked(term.weight, ((term.ways[0][0], 1.0),)) for term in query.parts[0]),),
        query.languages,
    )
    full = _candidate(99, *[0.6] * _KEYS)
    found = rank(exact, [*candidates, full], chunks, 1)
    assert round(found[0].score, 6) == 1


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    common = [_candidate(at, 0.3, 0.0, 0.0, 0.0) for at in range(9)]
    rare = _candidate(9, 0.0, 0.3, 0.0, 0.0)
    found = rank(_query((_term(0), _term(1))), [*common, rare], 20, 1)
    assert found[0].position == 9
    assert found[0].score > 0.5


def test_a_word_that_no_chunk_has_lowers_the_score() -> None:
    held = _candidate(0, 0.3, 0.0, 0.0, 0.0)
    assert rank(_query((_term(0), _term(1))), [held], 20, 1)[0].score < 0.6


def test_a_heading_and_the_own_language_come_first() -> None:
    body, heading = _candidate(0, 0.3, 0, 0, 0), _candidate(1, 0.6, 0, 0, 0)
    foreign = _candidate(2, 0.6, 0, 0, 0, language="th")
    found = rank(_query((_term(0),)), [foreign, body, heading], 20, 3)
    assert [hit.position for hit in found] == [1, 0, 2]
    assert len({hit.score for hit in found}) == 1


@given(_QUERIES.filter(lambda query: len(query.parts) == 1), _CANDIDATES, _CANDIDATES)
def test_another_languages_chunks_change_nothing_among_ones_own(
    query: Query, own: list[Candidate], others: list[Candidate]
) -> None:
    """As long as one's own hold each term: what only others hold weighs as much as it is rare there."""
    own = [*own, _candidate(50, *[0.3] * _KEYS)]
    foreign = [replace(each, position=100 + at, language="pt") for at, each in enumerate(others)]
    alone = rank(query, own, 500, 50)
    together = rank(query, [*own, *foreign], 500, 50)
    assert [hit for hit in together if hit.position < 100] == alone


def test_a_word_common_in_another_language_is_rare_in_ones_own() -> None:
    """ "abre" stands in every Spanish chunk and one Portuguese, "loja" in three Portuguese."""
    spanish = [_candidate(20 + at, 0.3, 0, 0, 0, language="es") for at in range(8)]
    portuguese = [_candidate(at, 0, 0.3, 0, 0, language="pt") for at in range(3)]
    wanted = _candidate(9, 0.3, 0, 0, 0, language="pt")
    query = Query((), ((),) * _KEYS, ((_term(0), _term(1)),), ("pt", "und"))
    assert rank(query, [*spanish, *portuguese, wanted], 40, 1)[0].position == 9
