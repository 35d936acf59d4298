"""A claimed turn turns out to have no messages: it ends, and nobody is answered."""

from __future__ import annotations

from rejoinder.db import Batch, Database, retry_away
from rejoinder.events import store as log
from rejoinder.events.model import NewEvent
from rejoinder.queue.jobs import enqueue
from rejoinder.turns import store as turns
from rejoinder.turns.attempt import store
from rejoinder.turns.model import Claimed
from rejoinder.turns.schedule import wake_waiting

REASON = "its messages were taken back or went to another turn"
_PATIENCE_S = 10.0


async def drop(db: Database, claimed: Claimed) -> bool:
    """running → cancelled, with a wake-up for the waiting turn; False when it is not ours, or has messages."""

    async def once() -> bool:
        async with db.transaction(claimed.workspace_id) as tx:
            guard = await turns.lock(tx, claimed.conversation_id)
            turn = guard.turn(claimed.turn_id) if guard else None
            if guard is None or turn is None or turn.fence != claimed.fence:
                return False
            if await store.has_messages(tx, claimed.turn_id):
                return False
            batch = Batch(tx)
            turns.stop(batch, turn, "cancelled", REASON)
            ended = NewEvent(guard.seq + 1, "turn.cancelled", {"turn_id": str(turn.turn_id)})
            turns.advance(batch, guard.conversation_id, ended.seq)
            log.append(batch, guard.conversation_id, guard.now, [ended])
            enqueue(batch, wake_waiting(tx.workspace_id, guard, turn.turn_id))
            await batch.send()
            return True

    return await retry_away(once, _PATIENCE_S)
