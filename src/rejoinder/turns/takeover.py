"""A person takes over: the bot's turns end, and the conversation is theirs."""

from __future__ import annotations

from rejoinder.db import Tx
from rejoinder.events.model import NewEvent
from rejoinder.turns import store
from rejoinder.turns.model import Guard

REASON = "an agent took over"


async def take_over(tx: Tx, guard: Guard, seq: int) -> list[NewEvent]:
    """Put the conversation in an agent's hands, under its lock; the events to append, from `seq` + 1 on.

    A running turn is lost to its worker, so its answer is never sent. Twice is the same as once.
    """
    if guard.charge == "agent":
        return []
    for turn in (guard.running, guard.waiting):
        if turn is not None:
            await store.end(tx, turn.turn_id, turn.fence, "handed_off", reason=REASON)
            await store.tell_lost(tx, turn.turn_id, turn.fence)
    await store.put_in_charge(tx, guard.conversation_id, "agent", {})
    return [NewEvent(seq + 1, "conversation.handed_off", {"reason": REASON, "to": "agent"})]
