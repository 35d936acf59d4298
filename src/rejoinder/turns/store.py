"""SQL of turns. Every statement that changes one runs under the conversation's lock, got by `lock`."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import asyncpg

from rejoinder.conversations.model import State as Charge
from rejoinder.db import Read, Tx
from rejoinder.turns.decide import Plan
from rejoinder.turns.model import Asked, Guard, Policy, Turn

_LOCKED = """
SELECT c.conversation_id, c.channel_id, c.contact_id, ch.bot_id, ch.platform, c.state, c.ai_enabled, c.seq, c.fence,
    b.quiet_seconds, b.max_wait_seconds, b.overlap_policy, b.max_interrupts, b.interrupt_seconds,
    b.max_attempts
FROM conversations c
JOIN channels ch ON ch.workspace_id = c.workspace_id AND ch.channel_id = c.channel_id
JOIN bots b ON b.workspace_id = ch.workspace_id AND b.bot_id = ch.bot_id
"""

LOCK = f"{_LOCKED} WHERE c.workspace_id = $1 AND c.conversation_id = $2 FOR NO KEY UPDATE OF c"

LOCK_THREAD = f"""{_LOCKED}
WHERE c.workspace_id = $1 AND c.channel_id = $2 AND c.thread_key = $3 AND c.state <> 'closed' FOR NO KEY UPDATE OF c
"""

# A statement of its own after the lock: its snapshot and its clock must be read when the lock is held.
LIVE_TURNS = """
SELECT clock_timestamp(), t.turn_id, t.state, t.opened_at, t.due_at, t.first_unanswered_at, t.interrupts, t.attempt,
    t.fence, t.worker_no, t.lease_until
FROM (SELECT) AS one_row
LEFT JOIN turns t ON t.workspace_id = $1 AND t.conversation_id = $2 AND t.state IN ('waiting', 'running')
"""

OPEN = """
INSERT INTO turns (workspace_id, turn_id, conversation_id, state, opened_at, due_at, first_unanswered_at, interrupts,
    attempt, woken_at)
VALUES ($1, $2, $3, 'waiting', $4, $5, $6, $7, $8, $5)
"""

# The fence is cleared: whoever still works on the turn has not read what has just joined it.
EXTEND = """
UPDATE turns SET due_at = $3, first_unanswered_at = $4, interrupts = $5, attempt = $6, fence = 0
WHERE workspace_id = $1 AND turn_id = $2
"""

SET_COUNTER = "UPDATE conversations SET seq = $3 WHERE workspace_id = $1 AND conversation_id = $2"

CLAIM = """
WITH claimed AS (
    UPDATE turns SET state = 'running', fence = $4, attempt = attempt + 1, worker_no = $5,
        lease_until = clock_timestamp() + $6::interval
    WHERE workspace_id = $1 AND turn_id = $3
    RETURNING attempt
), tried AS (
    INSERT INTO turn_attempts (workspace_id, turn_id, fence, attempt, worker, started_at)
    SELECT $1, $3, $4, attempt, $7, clock_timestamp() FROM claimed
)
UPDATE conversations SET fence = $4, seq = $8 WHERE workspace_id = $1 AND conversation_id = $2
"""

END = """
WITH attempted AS (
    UPDATE turn_attempts SET outcome = $4, ended_at = clock_timestamp(), tokens = tokens + $9
    WHERE workspace_id = $1 AND turn_id = $2 AND fence = $3
), answered AS (
    UPDATE messages SET processing_status = CASE WHEN $4 = 'failed' THEN 'failed' ELSE 'completed' END,
        processed_at = clock_timestamp(), error_count = error_count + ($4 = 'failed')::int,
        last_error_message = coalesce($8, last_error_message)
    WHERE workspace_id = $1 AND turn_id = $2 AND direction = 'inbound'
        AND $4 IN ('committed', 'handed_off', 'failed')
)
UPDATE turns SET state = $4, worker_no = NULL, lease_until = NULL, ended_at = clock_timestamp(), decision = $5,
    reason = $6, model = $7, error = $8, provider = $10
WHERE workspace_id = $1 AND turn_id = $2
"""

# Back to waiting. A lost lease keeps its fence and costs the attempt; a turn handed back gives both up.
GIVE_BACK = """
WITH attempted AS (
    UPDATE turn_attempts SET outcome = $4, ended_at = clock_timestamp()
    WHERE workspace_id = $1 AND turn_id = $2 AND fence = $3 AND outcome IS NULL
)
UPDATE turns SET state = 'waiting', worker_no = NULL, lease_until = NULL,
    opened_at = clock_timestamp() + $5::interval, due_at = clock_timestamp() + $5::interval,
    woken_at = clock_timestamp() + $5::interval, fence = CASE WHEN $4 = 'returned' THEN 0 ELSE fence END,
    attempt = CASE WHEN $4 = 'returned' THEN attempt - 1 ELSE attempt END
WHERE workspace_id = $1 AND turn_id = $2
"""

LOST_CHANNEL = "rejoinder_lost"
"""PostgreSQL channel; payload: `turn_id fence` of an attempt just lost. It speeds up what the lease tells anyway."""

SUPERSEDE = """
WITH attempted AS (
    UPDATE turn_attempts SET outcome = $4, ended_at = clock_timestamp()
    WHERE workspace_id = $1 AND turn_id = $2 AND outcome IS NULL
), moved AS (
    UPDATE messages SET turn_id = $3 WHERE workspace_id = $1 AND turn_id = $2 AND direction = 'inbound'
), ended AS (
    UPDATE turns SET state = 'superseded', worker_no = NULL, lease_until = NULL, ended_at = clock_timestamp(),
        merged_into = $3
    WHERE workspace_id = $1 AND turn_id = $2
    RETURNING fence
)
SELECT pg_notify($5, $2::text || ' ' || fence) FROM ended
"""

TELL_LOST = "SELECT pg_notify($1, $2)"

CHARGE = """
UPDATE conversations SET state = $3, metadata = metadata || $4 WHERE workspace_id = $1 AND conversation_id = $2
"""

WINDOW = """
(SELECT message_id, seq, turn_id, sender_type, text, platform_time FROM messages
 WHERE workspace_id = $1 AND turn_id = $3 AND direction = 'inbound')
UNION ALL
(SELECT message_id, seq, turn_id, sender_type, text, platform_time FROM messages
 WHERE workspace_id = $1 AND conversation_id = $2 AND turn_id IS DISTINCT FROM $3
 ORDER BY seq DESC LIMIT $4)
"""

ADD_TOKENS = """
UPDATE turn_attempts SET tokens = tokens + $4 WHERE workspace_id = $1 AND turn_id = $2 AND fence = $3
"""


async def lock(tx: Tx, conversation_id: UUID) -> Guard | None:
    """Lock a conversation (3 s at most, by the session's lock_timeout) and read its live turns."""
    return await _guard(tx, await tx.connection.fetchrow(LOCK, tx.workspace_id, conversation_id))


async def lock_thread(tx: Tx, channel_id: UUID, thread_key: str) -> Guard | None:
    """The same for the open conversation of a thread; None when there is none."""
    return await _guard(
        tx, await tx.connection.fetchrow(LOCK_THREAD, tx.workspace_id, channel_id, thread_key)
    )


async def _guard(tx: Tx, row: asyncpg.Record | None) -> Guard | None:
    if row is None:
        return None
    found = await tx.connection.fetch(LIVE_TURNS, tx.workspace_id, row[0])
    now, live = found[0][0], [Turn(*turn[1:]) for turn in found if turn[1] is not None]
    *conversation, quiet, max_wait, overlap, max_interrupts, interrupt_for, max_attempts = row
    policy = Policy(
        timedelta(seconds=quiet),
        timedelta(seconds=max_wait),
        overlap,
        max_interrupts,
        timedelta(seconds=interrupt_for),
        max_attempts,
    )
    waiting = next((turn for turn in live if turn.state == "waiting"), None)
    running = next((turn for turn in live if turn.state == "running"), None)
    return Guard(*(*conversation, now, policy, waiting, running))


async def open_turn(tx: Tx, turn_id: UUID, conversation_id: UUID, plan: Plan) -> None:
    """Store a new waiting turn."""
    await tx.connection.execute(
        OPEN,
        tx.workspace_id,
        turn_id,
        conversation_id,
        plan.opened_at,
        plan.due_at,
        plan.first_unanswered_at,
        plan.interrupts,
        plan.attempt,
    )


async def extend(tx: Tx, turn_id: UUID, plan: Plan) -> None:
    """Let the waiting turn take one more message."""
    await tx.connection.execute(
        EXTEND,
        tx.workspace_id,
        turn_id,
        plan.due_at,
        plan.first_unanswered_at,
        plan.interrupts,
        plan.attempt,
    )


async def supersede(tx: Tx, turn_id: UUID, into: UUID, outcome: str = "superseded") -> None:
    """End a running turn in favour of another, which takes over its messages."""
    await tx.connection.execute(SUPERSEDE, tx.workspace_id, turn_id, into, outcome, LOST_CHANNEL)


async def set_counter(tx: Tx, conversation_id: UUID, seq: int) -> None:
    """Write the conversation's seq counter back where no message does."""
    await tx.connection.execute(SET_COUNTER, tx.workspace_id, conversation_id, seq)


async def claim(
    tx: Tx, guard: Guard, turn_id: UUID, *, worker_no: int, worker: str, lease: timedelta, seq: int
) -> int:
    """waiting → running under a new fence, which is returned."""
    fence = guard.fence + 1
    await tx.connection.execute(
        CLAIM, tx.workspace_id, guard.conversation_id, turn_id, fence, worker_no, lease, worker, seq
    )
    return fence


async def end(
    tx: Tx,
    turn_id: UUID,
    fence: int,
    state: str,
    *,
    decision: str | None = None,
    reason: str | None = None,
    provider: str | None = None,
    model: str | None = None,
    error: str | None = None,
    tokens: int = 0,
) -> None:
    """running → committed, handed_off, failed or cancelled."""
    await tx.connection.execute(
        END,
        tx.workspace_id,
        turn_id,
        fence,
        state,
        decision,
        reason,
        model,
        error,
        tokens,
        provider,
    )


async def give_back(tx: Tx, turn_id: UUID, fence: int, outcome: str, pause: timedelta) -> None:
    """running → waiting, due after `pause`: `expired` for a lost lease, `returned` for a turn handed back."""
    await tx.connection.execute(GIVE_BACK, tx.workspace_id, turn_id, fence, outcome, pause)


async def put_in_charge(
    tx: Tx, conversation_id: UUID, charge: Charge, metadata: dict[str, str]
) -> None:
    """Say who is in charge of the conversation, and note why in its metadata."""
    await tx.connection.execute(CHARGE, tx.workspace_id, conversation_id, charge, metadata)


async def tell_lost(tx: Tx, turn_id: UUID, fence: int) -> None:
    """Tell the worker of a running turn that it has lost it, when this commits."""
    await tx.connection.execute(TELL_LOST, LOST_CHANNEL, f"{turn_id} {fence}")


async def window(read: Read, conversation_id: UUID, turn_id: UUID, history: int) -> list[Asked]:
    """The turn's own messages and the `history` newest others, in no order."""
    rows = await read.connection.fetch(WINDOW, read.workspace_id, conversation_id, turn_id, history)
    return [Asked(*row) for row in rows]


async def add_tokens(tx: Tx, turn_id: UUID, fence: int, tokens: int) -> None:
    """Book tokens on an attempt that has already ended."""
    await tx.connection.execute(ADD_TOKENS, tx.workspace_id, turn_id, fence, tokens)
