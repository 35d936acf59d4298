"""A conversation is closed: nothing more is answered in it."""

from __future__ import annotations

from uuid import UUID

from rejoinder.db import Batch, Database, retry_busy
from rejoinder.errors import Conflict
from rejoinder.events import store as log
from rejoinder.events.model import NewEvent
from rejoinder.outbound.queue import withhold
from rejoinder.turns import store
from rejoinder.turns.hands.give_up import give_up
from rejoinder.turns.hands.guarded import guarded

REASON = "the conversation was closed"


async def close(db: Database, workspace_id: UUID, conversation_id: UUID, by: str) -> None:
    """Close it; its turns are cancelled and what the bot had still to send is withheld. Raises NotFound.

    Twice is the same as once. The customer's next message opens a new conversation of the thread.
    """

    async def once() -> None:
        async with db.transaction(workspace_id) as tx:
            try:
                guard = await guarded(tx, conversation_id)
            except Conflict:
                return
            batch = Batch(tx)
            for turn in guard.live:
                store.stop(batch, turn, "cancelled", REASON)
            withhold(batch, conversation_id, REASON)
            give_up(batch, conversation_id, REASON)
            cancelled = [
                NewEvent(seq, "turn.cancelled", {"turn_id": str(turn.turn_id), "by": by})
                for seq, turn in enumerate(guard.live, guard.seq + 1)
            ]
            closed = NewEvent(guard.seq + len(cancelled) + 1, "conversation.closed", {"by": by})
            store.advance(batch, conversation_id, closed.seq, charge="closed")
            log.append(batch, conversation_id, guard.now, [*cancelled, closed])
            await batch.send()

    await retry_busy(once)
