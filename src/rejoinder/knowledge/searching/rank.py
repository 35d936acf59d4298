"""Which of the chunks that were brought answer best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite, log
from typing import TypeAlias

from rejoinder.knowledge.model import Candidate, Found
from rejoinder.knowledge.searching.fuse import fuse
from rejoinder.knowledge.searching.query import FOREIGN, Asked, Query

# An unknown word may be the point of the question or mere chat: it weighs like a rather rare one.
_UNKNOWN = 2
_PLAIN = 0.6  # of a match counts wherever it stands, the rest by ts_rank: a heading says what a chunk is about


Ranks: TypeAlias = Sequence[float]
"""A candidate's ts_rank for each key of the query."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well the candidate at an index answers; `place` is its best among the parts, from 0."""

    at: int
    place: int
    closeness: float
    score: float


def rank(
    query: Query,
    candidates: Sequence[Candidate],
    chunks: int,
    limit: int,
    likeness: Callable[[float], float] = lambda cosine: max(0.0, cosine),
) -> list[Found]:
    """The best `limit` candidates, by their words and their meaning.

    `chunks` is how many there are to read: a term weighs as much as it is rare among the chunks of a language.
    `likeness` makes a score of a cosine.
    """
    near = nearest(candidates)
    spoken = by_words(query, candidates, chunks, limit if not near else len(candidates))
    if not near:
        return [_found(candidates[fit.at], fit.score) for fit in spoken[:limit]]
    shares = {fit.at: fit.score for fit in spoken}
    return [
        _found(candidates[at], max(shares.get(at, 0.0), _meant(candidates[at], likeness)))
        for at in fuse([[fit.at for fit in spoken], near])[:limit]
    ]


def by_words(query: Query, candidates: Sequence[Candidate], chunks: int, limit: int) -> list[_Fit]:
    """The candidates that have something of what is asked.

    Each part of the query ranks for itself, and the parts' best come first.
    """
    best: dict[int, _Fit] = {}
    for asked in query.parts:
        for fit in _ranked(asked, candidates, chunks, query.languages)[:limit]:
            best[fit.at] = _better(best[fit.at], fit) if fit.at in best else fit
    return sorted(
        best.values(), key=lambda fit: (fit.place, -fit.closeness, *_home(candidates[fit.at]))
    )


def nearest(candidates: Sequence[Candidate]) -> list[int]:
    """The candidates with a vector, the likest in meaning first."""
    told = [(at, each.cosine) for at, each in enumerate(candidates) if each.cosine is not None]
    return [
        at
        for at, cosine in sorted(told, key=lambda pair: (-pair[1], *_home(candidates[pair[0]])))
        if isfinite(cosine)
    ]


def _meant(candidate: Candidate, likeness: Callable[[float], float]) -> float:
    return likeness(candidate.cosine) if candidate.cosine is not None else 0.0


def _ranked(
    asked: Sequence[Asked], candidates: Sequence[Candidate], chunks: int, languages: Sequence[str]
) -> list[_Fit]:
    """The candidates that have something of one part, best first."""
    spoken: dict[str, list[int]] = {}
    for at, candidate in enumerate(candidates):
        spoken.setdefault(candidate.language, []).append(at)
    ranks = [candidate.ranks for candidate in candidates]
    scores: dict[int, float] = {}
    closenesses: dict[int, float] = {}
    for language, those in spoken.items():
        weights = _weights(asked, [ranks[at] for at in those], ranks, chunks)
        whole = sum(weights)
        gladly = 1.0 if language in languages else FOREIGN
        for at in those:
            score, closeness = _sums(asked, weights, ranks[at])
            if score:
                scores[at] = min(score / whole, 1.0)
                closenesses[at] = gladly * closeness / whole
    order = sorted(scores, key=lambda at: (-closenesses[at], *_home(candidates[at])))
    return [_Fit(at, place, closenesses[at], scores[at]) for place, at in enumerate(order)]


def _sums(asked: Sequence[Asked], weights: Sequence[float], ranks: Ranks) -> tuple[float, float]:
    """What the terms that a chunk has weigh, each by its likest way: wherever they stand, and by how prominently."""
    score = closeness = 0.0
    for term, weight in zip(asked, weights, strict=True):
        likest = closest = 0.0
        for key, like in term.ways:
            if rank := ranks[key]:
                likest = max(likest, like)
                closest = max(closest, like * (_PLAIN + (1 - _PLAIN) * rank))
        score += weight * likest
        closeness += weight * closest
    return score, closeness


def _weights(
    asked: Sequence[Asked], those: Sequence[Ranks], everyone: Sequence[Ranks], chunks: int
) -> list[float]:
    """What each term weighs in `those` chunks, which are in one language.

    Counted over everyone's, "abre" would be common where Spanish stands beside Portuguese, and so would every trade
    concept. `chunks` are those of all languages: to count each would cost a scan, and moves all weights alike.
    """
    return [
        term.weight * _idf(_held(term, those) or _held(term, everyone) or _UNKNOWN, chunks)
        for term in asked
    ]


def _held(term: Asked, chunks: Sequence[Ranks]) -> int:
    """How many have the term, in the likest way in which any has it."""
    for key, _ in term.ways:
        if held := sum([1 for ranks in chunks if ranks[key]]):
            return held
    return 0


def _idf(held: int, chunks: int) -> float:
    return log(1 + (chunks + 0.5) / (held + 0.5))


def _better(one: _Fit, other: _Fit) -> _Fit:
    return _Fit(
        one.at,
        min(one.place, other.place),
        max(one.closeness, other.closeness),
        max(one.score, other.score),
    )


def _home(candidate: Candidate) -> tuple[str, int]:
    """Where it stands: equals keep one order."""
    return candidate.title, candidate.position


def _found(candidate: Candidate, score: float) -> Found:
    return Found(
        candidate.document_id,
        candidate.position,
        candidate.title,
        candidate.heading,
        candidate.text,
        score,
        candidate.base_id,
        candidate.source,
        candidate.page,
    )
