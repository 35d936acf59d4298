"""A running turn goes back to waiting: its worker died, stalled, failed or was told to stop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from rejoinder.db import Batch, Database
from rejoinder.events import store as log
from rejoinder.events.model import NewEvent
from rejoinder.queue.jobs import enqueue
from rejoinder.turns import decide, store
from rejoinder.turns.model import Turn
from rejoinder.turns.schedule import wake


async def hand_back(
    db: Database,
    workspace_id: UUID,
    conversation_id: UUID,
    attempt: tuple[UUID, int],
    outcome: Literal["expired", "returned"],
    *,
    pause: timedelta = timedelta(0),
    only_if: Callable[[datetime, Turn], bool] | None = None,
) -> bool:
    """running → waiting, or into the waiting turn if there is one, with a wake-up after `pause`.

    `attempt` is the turn's id and the fence it ran under: False, and nothing done, when it no longer runs so, or when
    `only_if` says no. `returned` gives the attempt back; `expired` does not, so only crashes, lost leases and errors
    count.
    """
    async with db.transaction(workspace_id) as tx:
        guard = await store.lock(tx, conversation_id)
        running = guard.running if guard else None
        if guard is None or running is None or (running.turn_id, running.fence) != attempt:
            return False
        if only_if is not None and not only_if(guard.now, running):
            return False
        batch = Batch(tx)
        if guard.waiting is None:
            store.give_back(batch, running, outcome, pause)
        else:
            plan = decide.merge(running, guard.waiting, outcome == "returned")
            store.extend(batch, guard.waiting.turn_id, plan)
            store.supersede(batch, running, guard.waiting.turn_id, outcome)
        event = NewEvent(
            guard.seq + 1, "turn.expired", {"turn_id": str(running.turn_id), "outcome": outcome}
        )
        store.advance(batch, conversation_id, event.seq)
        log.append(batch, conversation_id, guard.now, [event])
        enqueue(batch, [wake(workspace_id, conversation_id, pause)])
        await batch.send()
    return True
