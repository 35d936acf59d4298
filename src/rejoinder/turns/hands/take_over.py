"""A person takes over: the bot's turns end, and the conversation is theirs."""

from __future__ import annotations

from rejoinder.db import Batch
from rejoinder.events.model import NewEvent
from rejoinder.outbound.queue import withhold
from rejoinder.turns import store
from rejoinder.turns.model import Guard

REASON = "an agent took over"


def take_over(batch: Batch, guard: Guard, seq: int) -> list[NewEvent]:
    """End the bot's turns, under the conversation's lock; the events to append, from `seq` + 1 on.

    The caller puts an agent in charge in the same step. A running turn is lost to its worker, so its answer is never
    sent; replies that wait to be sent stay here. Twice is the same as once.
    """
    if guard.charge == "agent":
        return []
    for turn in (guard.running, guard.waiting):
        if turn is not None:
            store.hand_over(batch, turn, REASON)
    withhold(batch, guard.conversation_id, REASON)
    return [NewEvent(seq + 1, "conversation.handed_off", {"reason": REASON, "to": "agent"})]
