"""A person says how far the bot may go in one conversation."""

from __future__ import annotations

from uuid import UUID

from rejoinder.conversations.contacts import store as contacts
from rejoinder.db import Batch, Database, retry_busy
from rejoinder.events import store as log
from rejoinder.events.model import NewEvent
from rejoinder.turns import store as turns
from rejoinder.turns.hands import store
from rejoinder.turns.hands.guarded import guarded
from rejoinder.turns.hands.release import reopen

REASON = "AI was switched off for this conversation"


async def set_modes(
    db: Database,
    workspace_id: UUID,
    conversation_id: UUID,
    *,
    ai_enabled: bool | None = None,
    auto_response_enabled: bool | None = None,
    customer_satisfaction: float | None = None,
) -> None:
    """Change what is given. Raises NotFound, and Conflict when it is closed: how content the customer was may still be
    said then.

    Without AI its turns end at once, and its messages wait for a person; with it again, what nobody has answered since
    is answered. Without automatic responses the next answers are drafts.
    """

    async def once() -> None:
        async with db.transaction(workspace_id) as tx:
            modes = (ai_enabled, auto_response_enabled)
            guard = await guarded(tx, conversation_id, closed_too=modes == (None, None))
            batch = Batch(tx)
            stopped = guard.live if ai_enabled is False and guard.ai_enabled else ()
            for turn in stopped:
                turns.stop(batch, turn, "handed_off", REASON)
            events = [
                NewEvent(seq, "turn.cancelled", {"turn_id": str(turn.turn_id), "reason": REASON})
                for seq, turn in enumerate(stopped, guard.seq + 1)
            ]
            if ai_enabled and not guard.ai_enabled and guard.charge == "bot":
                left = await store.unanswered(tx, conversation_id)
                if left.message_ids and not await contacts.opted_out(tx, guard.contact_id):
                    reopen(batch, guard, left)
            if events:
                log.append(batch, conversation_id, guard.now, events)
            store.allow(
                batch,
                conversation_id,
                guard.seq + len(events),
                ai_enabled,
                auto_response_enabled,
                customer_satisfaction,
            )
            await batch.send()

    await retry_busy(once)
