"""Finding what the knowledge base says about a customer's words."""

from __future__ import annotations

from rejoinder.db import Read
from rejoinder.knowledge import store
from rejoinder.knowledge.model import Found
from rejoinder.knowledge.query import plan
from rejoinder.knowledge.rank import rank


async def search(read: Read, query: str, limit: int = 5) -> list[Found]:
    """The chunks that speak of what was asked, best first; one round trip.

    Finds inflections; folded, so accents don't matter. Several questions in one text each bring their best chunk.
    Another language's chunk is found through trade concepts ("how much", "delivery") and words both share, and ranks
    behind the asked one's.
    """
    planned = plan(query)
    if not planned.sought:
        return []
    candidates, chunks = await store.find(read, planned)
    return rank(planned, candidates, chunks, limit)
