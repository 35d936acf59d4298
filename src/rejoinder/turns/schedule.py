"""A customer's message came: open or extend the waiting turn, or interrupt the running one, and send a wake-up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from rejoinder.db import Batch, new_id
from rejoinder.events.model import NewEvent
from rejoinder.queue.jobs import TURNS, Job
from rejoinder.queue.priority import NORMAL
from rejoinder.turns import decide, store
from rejoinder.turns.model import Guard


@dataclass(frozen=True, slots=True)
class Scheduled:
    """The turn that will answer the message (None: none will), what the log must say, the wake-up to enqueue."""

    turn_id: UUID | None
    events: list[NewEvent]
    jobs: list[Job]
    seq: int


def schedule(
    batch: Batch,
    guard: Guard,
    seq: int,
    quiet: timedelta | None = None,
    priority: int = NORMAL,
) -> Scheduled:
    """Find the message its turn, in the caller's step and under the conversation's lock.

    `seq` is the conversation's counter as drawn so far; `quiet` stands in for the bot's quiet window.
    """
    plan = decide.arrival(guard.now, guard.policy, guard.waiting, guard.running, quiet, priority)
    turn_id = plan.extends or new_id()
    if plan.extends is None:
        store.open_turn(batch, turn_id, guard.conversation_id, plan)
    else:
        store.extend(batch, turn_id, plan)
    events: list[NewEvent] = []
    if plan.supersedes is not None and guard.running is not None:
        store.supersede(batch, guard.running, turn_id)
        seq += 1
        events.append(
            NewEvent(seq, "turn.superseded", {"turn_id": str(plan.supersedes), "by": str(turn_id)})
        )
    jobs = (
        [
            wake(
                batch.tx.workspace_id,
                guard.conversation_id,
                plan.due_at - guard.now,
                plan.priority,
            )
        ]
        if plan.wake
        else []
    )
    return Scheduled(turn_id, events, jobs, seq)


def wake_waiting(workspace_id: UUID, guard: Guard, *ended: UUID) -> list[Job]:
    """Whatever ends a running turn wakes the waiting one, unless that has ended with it."""
    waiting = guard.waiting
    if waiting is None or waiting.turn_id in ended:
        return []
    delay = waiting.due_at - guard.now
    return [wake(workspace_id, guard.conversation_id, delay, waiting.priority)]


def wake(
    workspace_id: UUID,
    conversation_id: UUID,
    delay: timedelta = timedelta(0),
    priority: int = NORMAL,
) -> Job:
    """The job that says: look at this conversation. Its priority is the waiting turn's."""
    return Job(TURNS, workspace_id.bytes + conversation_id.bytes, delay, priority)
