"""A person hands the conversation back to the bot."""

from __future__ import annotations

from uuid import UUID

from rejoinder.conversations.contacts import store as contacts
from rejoinder.db import Batch, Database, new_id, retry_busy
from rejoinder.events import store as log
from rejoinder.events.model import NewEvent
from rejoinder.queue.jobs import enqueue
from rejoinder.turns import decide
from rejoinder.turns import store as turns
from rejoinder.turns.hands import store
from rejoinder.turns.hands.guarded import guarded
from rejoinder.turns.hands.store import Left
from rejoinder.turns.model import Guard
from rejoinder.turns.schedule import wake


async def release(db: Database, workspace_id: UUID, conversation_id: UUID, by: str) -> UUID | None:
    """Put the bot in charge; the turn that answers what nobody has answered since, if there is such.

    Twice is the same as once; who wants no messages is not answered. Raises NotFound, and Conflict when it is closed.
    """

    async def once() -> UUID | None:
        async with db.transaction(workspace_id) as tx:
            guard = await guarded(tx, conversation_id)
            if guard.charge == "bot":
                return None
            left = await store.unanswered(tx, conversation_id)
            batch = Batch(tx)
            told = NewEvent(guard.seq + 1, "conversation.released", {"by": by})
            asked = left.message_ids and guard.ai_enabled
            left_us = await contacts.opted_out(tx, guard.contact_id)
            turn_id = reopen(batch, guard, left) if asked and not left_us else None
            turns.advance(batch, conversation_id, told.seq, charge="bot", loop=(0, guard.now))
            log.append(batch, conversation_id, guard.now, [told])
            await batch.send()
            return turn_id

    return await retry_busy(once)


def reopen(batch: Batch, guard: Guard, left: Left) -> UUID:
    """Give messages that no turn answers a turn: the waiting one or a new one, due now."""
    plan = decide.reopening(guard.now, guard.waiting, left.priority)
    turn_id = plan.extends or new_id()
    if plan.extends is None:
        turns.open_turn(batch, turn_id, guard.conversation_id, plan)
    else:
        turns.extend(batch, turn_id, plan)
    store.adopt(batch, guard.conversation_id, turn_id, left.message_ids)
    delay = plan.due_at - guard.now
    enqueue(batch, [wake(batch.tx.workspace_id, guard.conversation_id, delay, plan.priority)])
    return turn_id
