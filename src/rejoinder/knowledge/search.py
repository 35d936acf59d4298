"""Finding what the knowledge base says about a customer's words."""

from __future__ import annotations

from rejoinder.db import Read
from rejoinder.knowledge import store
from rejoinder.knowledge.model import Found
from rejoinder.knowledge.query import plan


async def search(read: Read, query: str, limit: int = 5) -> list[Found]:
    """The chunks that speak of what was asked, best first; one round trip.

    Finds inflections, and for words nobody knows a typing error of one letter; folded, so accents don't
    matter. Several questions in one text each bring their best chunk. Another language's chunk is found
    through trade concepts ("how much", "delivery") and words both share, and ranks behind the asked one's.
    """
    planned = plan(query)
    return await store.find(read, planned, limit) if planned.keys else []
