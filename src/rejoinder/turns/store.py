"""SQL of turns. Every statement that changes one runs under the conversation's lock, got by `lock`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import asyncpg
from pydantic import JsonValue

from rejoinder.conversations.model import State as Charge
from rejoinder.db import Batch, Tx
from rejoinder.turns.model import Guard, Heard, Plan, Policy, Turn
from rejoinder.usage.model import NOTHING, Spent

GUARD = """c.conversation_id, c.channel_id, c.contact_id, ch.bot_id, ch.platform,
    CASE ch.platform WHEN 'rest' THEN ch.settings ? 'callback_url' WHEN 'pancake' THEN ch.settings ? 'base_url'
        WHEN 'widget' THEN false ELSE true END,
    c.state, c.ai_enabled, c.seq, c.fence, c.agent, c.loop_count, c.loop_last_at,
    b.quiet_seconds, b.max_wait_seconds, b.overlap_policy, b.max_interrupts, b.interrupt_seconds, b.max_attempts,
    b.retry_seconds, b.loop_turns, b.loop_seconds"""


def _locked(which: str) -> str:
    # The row is locked first; live_turns then looks with a snapshot and a clock of its own.
    return f"""
WITH locked AS MATERIALIZED (
    SELECT c.conversation_id, c.channel_id, c.contact_id, c.state, c.ai_enabled, c.seq, c.fence, c.agent,
        c.loop_count, c.loop_last_at
    FROM conversations c
    WHERE c.workspace_id = $1 AND {which}
    FOR NO KEY UPDATE
)
SELECT {GUARD},
    live.now, live.turn_id, live.state, live.opened_at, live.due_at, live.first_unanswered_at, live.interrupts,
    live.attempt, live.fence, live.worker_no, live.lease_until, live.priority
FROM locked c
JOIN channels ch ON ch.workspace_id = $1 AND ch.channel_id = c.channel_id
JOIN bots b ON b.workspace_id = $1 AND b.bot_id = ch.bot_id
CROSS JOIN LATERAL live_turns($1, c.conversation_id) AS live
"""


LOCK = _locked("c.conversation_id = $2")

LOCK_THREAD = _locked("c.channel_id = $2 AND c.thread_key = $3 AND c.state <> 'closed'")

# The row that guards the conversation moves once a step: counters, and who is in charge where that changes.
ADVANCE = """
UPDATE conversations SET seq = $3, fence = coalesce($4::bigint, fence), total_messages = total_messages + $5,
    last_message_timestamp = greatest(last_message_timestamp, $6::timestamptz), state = coalesce($7::text, state),
    metadata = metadata || $8::jsonb, agent = CASE WHEN $7::text IS NULL THEN agent ELSE $9::text END,
    closed_at = CASE WHEN $7::text = 'closed' THEN clock_timestamp() ELSE closed_at END,
    loop_count = coalesce($10::integer, loop_count), loop_last_at = coalesce($11::timestamptz, loop_last_at),
    reply_token = CASE WHEN $12::boolean THEN NULL ELSE coalesce($16::text, reply_token) END,
    reply_token_until = coalesce(clock_timestamp() + $17::interval, reply_token_until),
    last_customer_at = greatest(last_customer_at, $13::timestamptz),
    last_customer_id = coalesce($14::text, last_customer_id), read_token = coalesce($15::text, read_token),
    collecting = CASE WHEN $18::boolean THEN $19::jsonb WHEN $7::text IN ('agent', 'closed') THEN NULL
        ELSE collecting END
WHERE workspace_id = $1 AND conversation_id = $2
"""

OPEN = """
INSERT INTO turns (workspace_id, turn_id, conversation_id, state, opened_at, due_at, first_unanswered_at, interrupts,
    attempt, priority, woken_at)
VALUES ($1, $2, $3, 'waiting', $4, $5, $6, $7, $8, $9, $5)
"""

# The fence is cleared: whoever still works on the turn has not read what has just joined it.
EXTEND = """
UPDATE turns SET due_at = $3, first_unanswered_at = $4, interrupts = $5, attempt = $6, priority = $7,
    fence = 0, woken_at = CASE WHEN $8 THEN $3 ELSE woken_at END
WHERE workspace_id = $1 AND turn_id = $2
"""

END_ATTEMPT = """
UPDATE turn_attempts SET outcome = $4, ended_at = clock_timestamp(), tokens = tokens + $5, cost = cost + $6,
    error = coalesce($7::text, error)
WHERE workspace_id = $1 AND turn_id = $2 AND fence = $3
"""

# The fence is cleared, so that whoever still works on the turn learns from its lease that it has lost it.
STOP = """
UPDATE turns SET state = $3, fence = 0, worker_no = NULL, lease_until = NULL, ended_at = clock_timestamp(),
    reason = $4
WHERE workspace_id = $1 AND turn_id = $2
"""

MARK_MESSAGES = """
UPDATE messages SET processing_status = CASE WHEN $3::text IS NULL THEN 'completed' ELSE 'failed' END,
    processed_at = clock_timestamp(), error_count = error_count + ($3::text IS NOT NULL)::int,
    last_error_message = coalesce($3::text, last_error_message),
    ai_confidence_score = coalesce($4::double precision, ai_confidence_score),
    intent_classification = coalesce($5::jsonb, intent_classification)
WHERE workspace_id = $1 AND turn_id = $2 AND direction = 'inbound'
"""

WOKEN = "UPDATE turns SET woken_at = $3 WHERE workspace_id = $1 AND turn_id = $2"

SUPERSEDE = """
UPDATE turns SET state = 'superseded', worker_no = NULL, lease_until = NULL, ended_at = clock_timestamp(),
    merged_into = $3
WHERE workspace_id = $1 AND turn_id = $2
"""

MOVE_MESSAGES = """
UPDATE messages SET turn_id = $3 WHERE workspace_id = $1 AND turn_id = $2 AND direction = 'inbound'
"""

LOST_CHANNEL = "rejoinder_lost"
"""PostgreSQL channel; payload: `turn_id fence` of an attempt just lost. It speeds up what the lease tells anyway."""


async def lock(tx: Tx, conversation_id: UUID) -> Guard | None:
    """Lock a conversation (3 s at most, by the session's lock_timeout) and read its live turns."""
    return guard_of(await tx.connection.fetch(LOCK, tx.workspace_id, conversation_id))


async def lock_thread(tx: Tx, channel_id: UUID, thread_key: str) -> Guard | None:
    """The same for the open conversation of a thread; None when there is none."""
    return guard_of(await tx.connection.fetch(LOCK_THREAD, tx.workspace_id, channel_id, thread_key))


def guard_of(rows: list[asyncpg.Record]) -> Guard | None:
    """The conversation of a row that begins with GUARD and goes on with the clock and its live turns."""
    if not rows:
        return None
    conversation, limits, now = rows[0][:13], rows[0][13:22], rows[0][22]
    (
        quiet,
        max_wait,
        overlap,
        max_interrupts,
        interrupt_for,
        max_attempts,
        retry,
        turns,
        within,
    ) = limits
    policy = Policy(
        timedelta(seconds=quiet),
        timedelta(seconds=max_wait),
        overlap,
        max_interrupts,
        timedelta(seconds=interrupt_for),
        max_attempts,
        timedelta(seconds=retry),
        turns,
        timedelta(seconds=within),
    )
    live = [Turn(*row[23:]) for row in rows if row[23] is not None]
    waiting = next((turn for turn in live if turn.state == "waiting"), None)
    running = next((turn for turn in live if turn.state == "running"), None)
    return Guard(*(*conversation, now, policy, waiting, running))


_NOTHING_HEARD = Heard()


def advance(
    batch: Batch,
    conversation_id: UUID,
    seq: int,
    *,
    fence: int | None = None,
    messages: int = 0,
    newest: datetime | None = None,
    charge: Charge | None = None,
    agent: str | None = None,
    metadata: dict[str, str] | None = None,
    loop: tuple[int, datetime] | None = None,
    replied: bool = False,
    heard: Heard = _NOTHING_HEARD,
    collecting: Mapping[str, JsonValue] | None = None,
    collected: bool = False,
) -> None:
    """Write the guarding row back: the counters drawn from, messages added, who is in charge. Once a step.

    `replied` says that a reply was queued, which has taken the platform's reply token, if there was one.
    `agent` counts where `charge` is given: the name of who holds the conversation from now on. `collecting` is what the
    customer is asked for from now on; None together with `collected` for nothing any more, as under a person.
    """
    batch.add(
        ADVANCE,
        conversation_id,
        seq,
        fence,
        messages,
        newest,
        charge,
        metadata or {},
        agent,
        *(loop or (None, None)),
        replied,
        *astuple(heard),
        collected or collecting is not None,
        collecting,
    )


def open_turn(batch: Batch, turn_id: UUID, conversation_id: UUID, plan: Plan) -> None:
    """Store a new waiting turn."""
    batch.add(
        OPEN,
        turn_id,
        conversation_id,
        plan.opened_at,
        plan.due_at,
        plan.first_unanswered_at,
        plan.interrupts,
        plan.attempt,
        plan.priority,
    )


def extend(batch: Batch, turn_id: UUID, plan: Plan) -> None:
    """Let the waiting turn take one more message."""
    batch.add(
        EXTEND,
        turn_id,
        plan.due_at,
        plan.first_unanswered_at,
        plan.interrupts,
        plan.attempt,
        plan.priority,
        plan.wake,
    )


def supersede(
    batch: Batch,
    running: Turn,
    into: UUID,
    outcome: str = "superseded",
    error: str | None = None,
) -> None:
    """End a running turn in favour of another, which takes over its messages; its worker is told."""
    end_attempt(batch, running.turn_id, running.fence, outcome, error=error)
    batch.add(SUPERSEDE, running.turn_id, into)
    batch.add(MOVE_MESSAGES, running.turn_id, into)
    tell_lost(batch, running)


def stop(batch: Batch, turn: Turn, state: Literal["handed_off", "cancelled"], reason: str) -> None:
    """waiting or running → handed_off (its messages are a person's now) or cancelled; its worker, if any, is told."""
    if turn.state == "running":
        end_attempt(batch, turn.turn_id, turn.fence, state)
    batch.add(STOP, turn.turn_id, state, reason)
    batch.add(MARK_MESSAGES, turn.turn_id, None, None, None)
    tell_lost(batch, turn)


def end_attempt(
    batch: Batch,
    turn_id: UUID,
    fence: int,
    outcome: str,
    *,
    spent: Spent = NOTHING,
    error: str | None = None,
) -> None:
    """How an attempt ended, what it took so far, and its error if it failed."""
    batch.add(END_ATTEMPT, turn_id, fence, outcome, spent.tokens, spent.cost, error)


def woken(batch: Batch, turn_id: UUID, at: datetime) -> None:
    """Note when the turn's newest wake-up is due, so that the sweeper doesn't send another."""
    batch.add(WOKEN, turn_id, at)


def tell_lost(batch: Batch, turn: Turn) -> None:
    """Tell the worker of a turn that it has lost it, when this commits."""
    batch.notify(LOST_CHANNEL, f"{turn.turn_id} {turn.fence}")
