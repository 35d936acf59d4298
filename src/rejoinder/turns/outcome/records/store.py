"""SQL of turns as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from rejoinder.db import Read
from rejoinder.turns.model import TurnState
from rejoinder.turns.outcome.records.model import Attempt, Record

_RECORD = """turn_id, conversation_id, state, priority, opened_at, due_at, first_unanswered_at, ended_at, interrupts,
    attempt, decision, reason, provider, model, error, merged_into"""

RECORD = f"SELECT {_RECORD} FROM turns WHERE workspace_id = $1 AND turn_id = $2"

PAGE = f"""
SELECT {_RECORD} FROM turns
WHERE workspace_id = $1 AND turn_id > $2 AND ($3::text IS NULL OR state = $3)
ORDER BY turn_id LIMIT $4
"""

PAGE_OF_CONVERSATION = f"""
SELECT {_RECORD} FROM turns
WHERE workspace_id = $1 AND turn_id > $2 AND ($3::text IS NULL OR state = $3) AND conversation_id = $5
ORDER BY turn_id LIMIT $4
"""

ATTEMPTS = """
SELECT attempt, worker, outcome, error, tokens, cost, started_at, ended_at FROM turn_attempts
WHERE workspace_id = $1 AND turn_id = $2 ORDER BY fence
"""

MESSAGES = """
SELECT message_id, direction FROM messages WHERE workspace_id = $1 AND turn_id = $2 ORDER BY seq
"""

# From a turn to the one that has its messages now: the one it was merged into, or replayed as, and so on from there.
# Replaying makes ever newer turns, so this ends; the number of steps is held all the same.
JOB = """
WITH RECURSIVE chain AS (
    SELECT t.turn_id, t.opened_at AS created_at, 0 AS step FROM turns t WHERE t.workspace_id = $1 AND t.turn_id = $2
    UNION ALL
    SELECT t.merged_into, chain.created_at, chain.step + 1 FROM chain
    JOIN turns t ON t.workspace_id = $1 AND t.turn_id = chain.turn_id
    WHERE t.merged_into IS NOT NULL AND chain.step < 100
), newest AS (
    SELECT turn_id, created_at FROM chain ORDER BY step DESC LIMIT 1
)
SELECT t.turn_id, t.state, t.decision, newest.created_at,
    (SELECT min(a.started_at) FROM turn_attempts a WHERE a.workspace_id = $1 AND a.turn_id = t.turn_id),
    t.ended_at, t.attempt, t.model, t.error, t.reason,
    (SELECT coalesce(jsonb_agg(jsonb_build_array(r.message_id, r.kind, r.text) ORDER BY r.seq), '[]') FROM messages r
     WHERE r.workspace_id = $1 AND r.turn_id = t.turn_id AND r.direction = 'outbound'),
    (SELECT m.metadata -> 'resources' FROM messages m
     WHERE m.workspace_id = $1 AND m.turn_id = t.turn_id AND m.direction = 'inbound' ORDER BY m.seq DESC LIMIT 1)
FROM newest JOIN turns t ON t.workspace_id = $1 AND t.turn_id = newest.turn_id
"""


@dataclass(frozen=True, slots=True)
class JobFacts:
    """What is stored about a job's newest turn; `replies` are (message_id, kind, text), in order."""

    turn_id: UUID
    state: TurnState
    decision: str | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    attempt: int
    model: str | None
    error: str | None
    reason: str | None
    replies: list[tuple[str, str, str]]
    resources: JsonValue


async def record(read: Read, turn_id: UUID) -> Record | None:
    """One turn."""
    row = await read.connection.fetchrow(RECORD, read.workspace_id, turn_id)
    return Record(*row) if row else None


async def page(
    read: Read, after: UUID, limit: int, state: TurnState | None, conversation_id: UUID | None
) -> list[Record]:
    """Turns after an id, in the order they were opened."""
    if conversation_id is None:
        rows = await read.connection.fetch(PAGE, read.workspace_id, after, state, limit)
    else:
        rows = await read.connection.fetch(
            PAGE_OF_CONVERSATION, read.workspace_id, after, state, limit, conversation_id
        )
    return [Record(*row) for row in rows]


async def attempts(read: Read, turn_id: UUID) -> list[Attempt]:
    """The tries at a turn, in order."""
    rows = await read.connection.fetch(ATTEMPTS, read.workspace_id, turn_id)
    return [Attempt(*row) for row in rows]


async def messages(read: Read, turn_id: UUID) -> list[tuple[UUID, str]]:
    """(message, direction) of all messages of a turn, in order."""
    rows = await read.connection.fetch(MESSAGES, read.workspace_id, turn_id)
    return [(row[0], row[1]) for row in rows]


async def job(read: Read, job_id: UUID) -> JobFacts | None:
    """The turn that has the job's messages now."""
    row = await read.connection.fetchrow(JOB, read.workspace_id, job_id)
    return JobFacts(*row) if row else None
