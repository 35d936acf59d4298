"""What was found as evidence: whether there is any, and which of it a reply names."""

from __future__ import annotations

from collections.abc import Sequence

from rejoinder.knowledge.model import Citation, Found

LEAST = 0.46
"""What scores less speaks of something else.

By words, on the demo's 75 questions: 63 of 65 that have an answer are over it and 10 of 10 that have none under it; on
40 others, by which it was not chosen, 32 of 32 and 6 of 8.
"""


def known(found: Sequence[Found], min_score: float = 0.0) -> bool:
    """Whether anything found speaks of what was asked: it scores `min_score`, and never less than LEAST."""
    return any(hit.score >= max(min_score, LEAST) for hit in found)


def cited(found: Sequence[Found], sources: Sequence[int]) -> list[Citation]:
    """What a reply rests on, in the order it names them; `sources` are places in `found` from 1.

    A place that is none, or is named twice, is left out: models make up numbers.
    """
    return [
        Citation(
            number,
            hit.document_id,
            hit.position,
            hit.title,
            hit.heading,
            hit.source,
            hit.page,
            hit.score,
        )
        for number in dict.fromkeys(sources)
        if 1 <= number <= len(found)
        for hit in (found[number - 1],)
    ]
