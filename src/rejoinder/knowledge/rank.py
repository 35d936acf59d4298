"""Which of the chunks that full-text search brought answer best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from rejoinder.knowledge.model import Candidate, Found
from rejoinder.knowledge.query import Asked, Query

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


def rank(query: Query, candidates: Sequence[Candidate], chunks: int, limit: int) -> list[Found]:
    """The best `limit` candidates; each part of the query ranks for itself, and the parts' best come first.

    `chunks` is how many the workspace has: a term weighs as much as it is rare among them.
    """
    best: dict[int, _Fit] = {}
    for asked in query.parts:
        for fit in _ranked(asked, candidates, chunks, query.languages)[:limit]:
            best[fit.at] = _better(best[fit.at], fit) if fit.at in best else fit
    order = sorted(
        best.values(), key=lambda fit: (fit.place, -fit.closeness, *_home(candidates[fit.at]))
    )
    return [_found(candidates[fit.at], fit.score) for fit in order[:limit]]


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
    )
