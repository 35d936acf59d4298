"""What is shown of a turn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import JsonValue

from rejoinder.turns.model import TurnState
from rejoinder.turns.outcome.read import Told

JobStatus: TypeAlias = Literal["queued", "processing", "completed", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Record:
    """A turn. `merged_into` is the turn that took its messages, `attempt` the number of the newest try."""

    turn_id: UUID
    conversation_id: UUID
    state: TurnState
    priority: int
    opened_at: datetime
    due_at: datetime
    first_unanswered_at: datetime
    ended_at: datetime | None
    interrupts: int
    attempt: int
    decision: str | None
    reason: str | None
    provider: str | None
    model: str | None
    error: str | None
    merged_into: UUID | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a turn; without an outcome it still runs. `cost` is US dollars."""

    attempt: int
    worker: str
    outcome: str | None
    error: str | None
    tokens: int
    cost: Decimal
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Detail:
    """A turn with its tries, the messages it answers and its replies, each in order."""

    record: Record
    attempts: tuple[Attempt, ...]
    message_ids: tuple[UUID, ...]
    reply_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """A turn as a job: the one asked for is `job_id`, the one that has its messages now `turn_id`.

    `resources` is what the caller of the newest message passed along for the model.
    """

    job_id: UUID
    turn_id: UUID
    status: JobStatus
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    attempts: int
    model: str | None
    replies: tuple[Told, ...]
    error: str | None
    resources: JsonValue
