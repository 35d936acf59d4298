"""What a delivery wakes: the job that goes on with its conversation, and the people who have to look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import JsonValue

from rejoinder.db import Batch
from rejoinder.events import store as log
from rejoinder.events.model import EventType, NewEvent
from rejoinder.outbound import store
from rejoinder.queue.dead_letters import store as dead_letters
from rejoinder.queue.jobs import Job, deliver_lane
from rejoinder.queue.priority import NORMAL


def job(
    workspace_id: UUID,
    conversation_id: UUID,
    platform: str,
    delay: timedelta = timedelta(0),
    priority: int = NORMAL,
) -> Job:
    """The job that says: this conversation has something to send. Its priority is the turn's, where that is at hand."""
    payload = workspace_id.bytes + conversation_id.bytes
    return Job(deliver_lane(platform), payload, delay, priority)


@dataclass(frozen=True, slots=True)
class Stuck:
    """A delivery that a person has to look at."""

    delivery_id: UUID
    conversation_id: UUID
    message_id: UUID
    attempts: int


def alarm(
    batch: Batch, event: EventType, stuck: Stuck, error: str, seq: int, now: datetime
) -> dict[str, JsonValue]:
    """A dead letter and an event of that seq, under the conversation's lock; its counter is written back.

    Returns what the event tells, for the log.
    """
    told: dict[str, JsonValue] = {
        "delivery_id": str(stuck.delivery_id),
        "message_id": str(stuck.message_id),
        "attempts": stuck.attempts,
        "error": error,
    }
    dead_letters.add(
        batch, "delivery", stuck.delivery_id, stuck.conversation_id, error, stuck.attempts
    )
    log.append(batch, stuck.conversation_id, now, [NewEvent(seq, event, told)])
    store.draw(batch, stuck.conversation_id, seq)
    return told
