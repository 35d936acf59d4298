"""SQL of an attempt: taken, read, ended, given back. What changes a turn runs under the conversation's lock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal
from uuid import UUID

from pydantic import JsonValue

from rejoinder.db import Batch, Read, Tx
from rejoinder.turns import store
from rejoinder.turns.model import Turn, Verdict
from rejoinder.usage.model import Spent

TAKE = """
UPDATE turns SET state = 'running', fence = $3, attempt = $4, worker_no = $5,
    lease_until = clock_timestamp() + $6::interval
WHERE workspace_id = $1 AND turn_id = $2
"""

BEGIN_ATTEMPT = """
INSERT INTO turn_attempts (workspace_id, turn_id, fence, attempt, worker, started_at)
VALUES ($1, $2, $3, $4, $5, clock_timestamp())
"""

END = """
UPDATE turns SET state = $3, worker_no = NULL, lease_until = NULL, ended_at = clock_timestamp(), decision = $4,
    reason = $5, provider = $6, model = $7, error = $8, fence = $9
WHERE workspace_id = $1 AND turn_id = $2
"""

# Back to waiting. A lost lease keeps its fence: whoever is late may still commit. Who gives the turn up himself does
# not; and when nothing but his going was the cause, the attempt does not count.
GIVE_BACK = """
UPDATE turns SET state = 'waiting', worker_no = NULL, lease_until = NULL,
    opened_at = clock_timestamp() + $3::interval, due_at = clock_timestamp() + $3::interval,
    woken_at = clock_timestamp() + $3::interval, fence = CASE WHEN $4 = 'expired' THEN fence ELSE 0 END,
    attempt = CASE WHEN $4 = 'returned' THEN attempt - 1 ELSE attempt END
WHERE workspace_id = $1 AND turn_id = $2
"""

EXPLAIN = """
INSERT INTO explanations (workspace_id, turn_id, conversation_id, told) VALUES ($1, $2, $3, $4)
ON CONFLICT (workspace_id, turn_id) DO NOTHING
"""

EXPLANATION = "SELECT told FROM explanations WHERE workspace_id = $1 AND turn_id = $2"

OUTCOME = (
    "SELECT outcome FROM turn_attempts WHERE workspace_id = $1 AND turn_id = $2 AND fence = $3"
)

HAS_MESSAGES = """
SELECT EXISTS (SELECT FROM messages
    WHERE workspace_id = $1 AND turn_id = $2 AND direction = 'inbound' AND kind <> 'deleted')
"""

LAST_ERROR = """
SELECT error FROM turn_attempts WHERE workspace_id = $1 AND turn_id = $2 ORDER BY fence DESC LIMIT 1
"""

ADD_SPENT = """
UPDATE turn_attempts SET tokens = tokens + $4, cost = cost + $5 WHERE workspace_id = $1 AND turn_id = $2 AND fence = $3
"""


def take(
    batch: Batch, turn: Turn, fence: int, worker_no: int, worker: str, lease: timedelta
) -> None:
    """waiting → running under a new fence."""
    batch.add(TAKE, turn.turn_id, fence, turn.attempt + 1, worker_no, lease)
    batch.add(BEGIN_ATTEMPT, turn.turn_id, fence, turn.attempt + 1, worker)


def end(batch: Batch, turn_id: UUID, fence: int, verdict: Verdict, spent: Spent) -> None:
    """End a turn: committed, handed_off or failed, the last with its error.

    `fence` is that of the attempt which ends it, 0 for none: whoever still works on it then learns that it lost it.
    """
    told = (verdict.decision, verdict.reason, verdict.provider, verdict.model, verdict.error)
    store.end_attempt(
        batch, turn_id, fence, verdict.state, spent=spent, error=verdict.error or None
    )
    batch.add(END, turn_id, verdict.state, *(text or None for text in told), fence)
    understood = verdict.understanding
    batch.add(
        store.MARK_MESSAGES,
        turn_id,
        verdict.error or None,
        verdict.confidence
        if verdict.confidence is not None or not understood
        else understood.confidence,
        understood.told() if understood else None,
    )


def give_back(
    batch: Batch,
    running: Turn,
    outcome: Literal["expired", "returned", "failed"],
    pause: timedelta,
    error: str | None,
) -> None:
    """running → waiting, due after `pause`: `expired` for a lost lease, `returned` for a turn handed back, `failed`."""
    store.end_attempt(batch, running.turn_id, running.fence, outcome, error=error)
    batch.add(GIVE_BACK, running.turn_id, pause, outcome)


def explain(
    batch: Batch, turn_id: UUID, conversation_id: UUID, told: Mapping[str, JsonValue]
) -> None:
    """Keep why the turn ended as it did."""
    batch.add(EXPLAIN, turn_id, conversation_id, told)


async def explanation(read: Read, turn_id: UUID) -> dict[str, JsonValue] | None:
    """Why a turn ended as it did, as long as that is kept."""
    found: dict[str, JsonValue] | None = await read.connection.fetchval(
        EXPLANATION, read.workspace_id, turn_id
    )
    return found


async def has_messages(tx: Tx, turn_id: UUID) -> bool:
    """Whether a turn has a customer's message left."""
    found: bool = await tx.connection.fetchval(HAS_MESSAGES, tx.workspace_id, turn_id)
    return found


async def outcome(tx: Tx, turn_id: UUID, fence: int) -> str | None:
    """How an attempt ended."""
    found: str | None = await tx.connection.fetchval(OUTCOME, tx.workspace_id, turn_id, fence)
    return found


async def last_error(tx: Tx, turn_id: UUID) -> str | None:
    """What made the turn's last attempt fail, where it could say so."""
    found: str | None = await tx.connection.fetchval(LAST_ERROR, tx.workspace_id, turn_id)
    return found


async def add_spent(tx: Tx, turn_id: UUID, fence: int, spent: Spent) -> None:
    """Book what an attempt took that has already ended."""
    await tx.connection.execute(
        ADD_SPENT, tx.workspace_id, turn_id, fence, spent.tokens, spent.cost
    )
