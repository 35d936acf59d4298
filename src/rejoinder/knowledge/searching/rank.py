"""Which of the chunks that were brought answer best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite, log

from rejoinder.knowledge.model import Candidate, Found
from rejoinder.knowledge.searching.fuse import fuse
from rejoinder.knowledge.searching.query import Asked, Query

# An unknown word may be the point of the question or mere chat: it weighs like a rather rare one.
_UNKNOWN = 2
_FOREIGN = 0.8  # a chunk in another language answers as well, but is read less gladly
_PLAIN = 0.6  # of a match counts wherever it stands, the rest by ts_rank: a heading says what a chunk is about


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

    `chunks` is how many there are to read: a term weighs as much as it is rare among them. `likeness` makes a score of
    a cosine.
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
    scores = [0.0] * len(candidates)
    closenesses = [0.0] * len(candidates)
    whole = 0.0
    for term in asked:
        weight = term.weight * _rarity(term, candidates, chunks)
        whole += weight
        for at, candidate in enumerate(candidates):
            held = [(like, rank) for key, like in term.ways if (rank := candidate.ranks[key])]
            if held:
                scores[at] += weight * max(like for like, _ in held)
                closenesses[at] += weight * max(
                    like * (_PLAIN + (1 - _PLAIN) * rank) for like, rank in held
                )
    for at, candidate in enumerate(candidates):
        if candidate.language not in languages:
            closenesses[at] *= _FOREIGN
    order = sorted(
        (at for at, score in enumerate(scores) if score),
        key=lambda at: (-closenesses[at], *_home(candidates[at])),
    )
    return [
        _Fit(at, place, closenesses[at] / whole, min(scores[at] / whole, 1.0))
        for place, at in enumerate(order)
    ]


def _rarity(term: Asked, candidates: Sequence[Candidate], chunks: int) -> float:
    """The idf of the likest way in which any candidate has the term; none has it: as if _UNKNOWN chunks had."""
    counts = (sum(candidate.ranks[key] > 0 for candidate in candidates) for key, _ in term.ways)
    held = next((count for count in counts if count), _UNKNOWN)
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
