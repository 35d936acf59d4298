"""A conversation under lock, for people: what is not there or is closed is told."""

from __future__ import annotations

from uuid import UUID

from rejoinder.db import Tx
from rejoinder.errors import Conflict, NotFound
from rejoinder.turns import store
from rejoinder.turns.model import Guard


async def guarded(tx: Tx, conversation_id: UUID, *, closed_too: bool = False) -> Guard:
    """Lock an open conversation. Raises NotFound, and Conflict when it is closed, unless that makes no difference."""
    guard = await store.lock(tx, conversation_id)
    if guard is None:
        raise NotFound(
            f"There is no conversation {conversation_id} in this workspace.",
            mend="Our UUIDs stand in the answer to your POST; your own names need `?by=external`.",
        )
    if guard.charge == "closed" and not closed_too:
        raise Conflict(
            "This conversation is closed.",
            mend="The customer's next message opens a new one.",
            code="conversation_closed",
        )
    return guard
