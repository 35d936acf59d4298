"""Finding what the knowledge base says about a customer's words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from rejoinder.db import Read
from rejoinder.knowledge.model import Found
from rejoinder.knowledge.searching import store
from rejoinder.knowledge.searching.query import plan
from rejoinder.knowledge.searching.rank import rank
from rejoinder.llm.embedding.model import likeness


async def search(
    read: Read,
    query: str,
    *,
    bot_id: UUID | None = None,
    limit: int = 5,
    vector: Sequence[float] | None = None,
    model: str | None = None,
    languages: Sequence[str] = (),
    tags: Sequence[str] = (),
    bases: Sequence[UUID] = (),
    min_score: float = 0.0,
) -> list[Found]:
    """The chunks that answer what was asked, best first; one round trip.

    By words it finds inflections, folded, so accents don't matter; several questions in one text each bring their best
    chunk; another language's chunk is found through trade concepts ("how much", "delivery") and words both share, and
    ranks behind the asked one's. With `vector`, which `model` made of the query, the nearest chunks in meaning are
    fused with these by their places; without pgvector it is the words alone.

    Only what `bot_id` reads is looked at: documents of its bases, or all of the workspace's if it has none. Of these
    only those of `bases`, with one of `tags`, in one of `languages` (ISO 639-1), where that is said. What scores less
    than `min_score` is left out.
    """
    planned = plan(query)
    scope = store.Scope(bot_id, bases, tags, languages)
    asked = store.Vector(model, vector) if vector and model else None
    if not planned.sought and asked is None:
        return []
    try:
        candidates, chunks = await store.find(read, planned, scope, limit, asked)
    except store.NO_VECTOR:
        candidates, chunks = await store.find(read, planned, scope, limit)
    found = rank(planned, candidates, chunks, limit, partial(likeness, model or ""))
    return [hit for hit in found if hit.score >= min_score]
