"""A running turn goes back to waiting: its worker died, stalled, failed or was told to stop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from pydantic import JsonValue

from rejoinder.db import Batch, Database
from rejoinder.events import store as log
from rejoinder.events.model import NewEvent
from rejoinder.queue.jobs import enqueue
from rejoinder.turns import decide, store
from rejoinder.turns.attempt import store as attempts
from rejoinder.turns.model import Turn
from rejoinder.turns.schedule import wake


async def hand_back(
    db: Database,
    workspace_id: UUID,
    conversation_id: UUID,
    attempt: tuple[UUID, int],
    outcome: Literal["expired", "returned", "failed"],
    *,
    pause: timedelta = timedelta(0),
    error: str | None = None,
    only_if: Callable[[datetime, Turn], bool] | None = None,
) -> bool:
    """running → waiting, or into the waiting turn if there is one, with a wake-up after `pause`.

    `attempt` is the turn's id and the fence it ran under: False, and nothing done, when it no longer runs so, or when
    `only_if` says no. `returned` gives the attempt back; `expired` and `failed` (with its `error`) don't, so only
    crashes, lost leases and errors count.
    """
    async with db.transaction(workspace_id) as tx:
        guard = await store.lock(tx, conversation_id)
        running = guard.running if guard else None
        if guard is None or running is None or (running.turn_id, running.fence) != attempt:
            return False
        if only_if is not None and not only_if(guard.now, running):
            return False
        batch, priority = Batch(tx), running.priority
        if guard.waiting is None:
            attempts.give_back(batch, running, outcome, pause, error)
        else:
            plan = decide.merge(running, guard.waiting, outcome == "returned", guard.now + pause)
            store.extend(batch, guard.waiting.turn_id, plan)
            store.supersede(batch, running, guard.waiting.turn_id, outcome, error)
            pause, priority = plan.due_at - guard.now, plan.priority
        event = _event(guard.seq + 1, running, outcome, pause)
        store.advance(batch, conversation_id, event.seq)
        log.append(batch, conversation_id, guard.now, [event])
        enqueue(batch, [wake(workspace_id, conversation_id, pause, priority)])
        await batch.send()
    return True


def _event(seq: int, running: Turn, outcome: str, pause: timedelta) -> NewEvent:
    if outcome == "failed":
        told: dict[str, JsonValue] = {
            "turn_id": str(running.turn_id),
            "attempt": running.attempt,
            "after_seconds": pause.total_seconds(),
        }
        return NewEvent(seq, "turn.retried", told)
    return NewEvent(seq, "turn.expired", {"turn_id": str(running.turn_id), "outcome": outcome})
