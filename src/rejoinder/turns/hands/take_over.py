"""A person takes over: the bot's turns end, and the conversation is theirs."""

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
from rejoinder.turns.model import Guard

REASON = "an agent took over"


async def take(db: Database, workspace_id: UUID, conversation_id: UUID, agent: str) -> None:
    """Put `agent` in charge; again by the same one is the same as once.

    Raises NotFound, and Conflict when another agent holds the conversation or it is closed: of two at once, one wins.
    """

    async def once() -> None:
        async with db.transaction(workspace_id) as tx:
            guard = await guarded(tx, conversation_id)
            refuse_if_held(guard, agent)
            if guard.charge == "agent" and guard.agent == agent:
                return
            batch = Batch(tx)
            events = take_over(batch, guard, guard.seq, agent)
            store.advance(
                batch,
                conversation_id,
                guard.seq + len(events),
                charge="agent",
                agent=agent,
                loop=(0, guard.now),
            )
            log.append(batch, conversation_id, guard.now, events)
            await batch.send()

    await retry_busy(once)


def refuse_if_held(guard: Guard, agent: str) -> None:
    """Raise Conflict when another agent holds the conversation."""
    if guard.charge == "agent" and guard.agent not in (None, agent):
        raise Conflict(
            f"{guard.agent} holds this conversation.",
            mend="Ask them to release it, or release it yourself: POST …/release.",
            code="held_by_another",
        )


def take_over(batch: Batch, guard: Guard, seq: int, agent: str) -> list[NewEvent]:
    """End the bot's turns, under the conversation's lock; the event to append, with the seq `seq` + 1.

    The caller puts the agent in charge in the same step. A running turn is lost to its worker, so its answer is never
    sent; replies that wait to be sent stay here.
    """
    for turn in guard.live:
        store.stop(batch, turn, "handed_off", REASON)
    withhold(batch, guard.conversation_id, REASON)
    give_up(batch, guard.conversation_id, REASON)
    told = NewEvent(
        seq + 1, "conversation.handed_off", {"reason": REASON, "to": "agent", "agent": agent}
    )
    return [told]
