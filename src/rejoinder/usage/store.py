"""SQL of the ledger, `ai_response_logs`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic_core import to_json

from rejoinder.db import Batch, Read, Tx
from rejoinder.usage.budget import Allowance
from rejoinder.usage.model import Call, Spent
from rejoinder.usage.report import By, Key, Sum
from rejoinder.usage.tally import Row

RECORD = """
INSERT INTO ai_response_logs (workspace_id, log_id, contact_id, message_id, turn_id, provider, model, prompt,
    response, input_tokens, output_tokens, tokens_used, estimated, outcome, error, seconds, cost, purpose, bot_id,
    cached_tokens, priced, prices)
SELECT $1, l.log_id, $2, $3, $4, l.provider, l.model, l.prompt, l.response, l.input_tokens, l.output_tokens,
    l.input_tokens + l.output_tokens, l.estimated, l.outcome, NULLIF(l.error, ''), l.seconds, l.cost, l.purpose,
    l.bot_id, l.cached_tokens, l.priced, l.prices::jsonb
FROM unnest($5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bigint[], $11::bigint[],
    $12::boolean[], $13::text[], $14::text[], $15::double precision[],
    $16::numeric[], $17::text[], $18::uuid[], $19::bigint[], $20::text[], $21::text[])
    AS l (log_id, provider, model, prompt, response, input_tokens, output_tokens, estimated, outcome, error, seconds,
    cost, purpose, bot_id, cached_tokens, priced, prices)
ON CONFLICT (workspace_id, log_id) DO NOTHING
RETURNING tokens_used, coalesce(cost, 0)
"""

NOW = "SELECT clock_timestamp()"

ALLOWANCE = "SELECT usd_a_day, usd_a_month FROM workspaces WHERE workspace_id = $1"

ALLOW = """
UPDATE workspaces SET usd_a_day = CASE WHEN $2 THEN $3 ELSE usd_a_day END,
    usd_a_month = CASE WHEN $4 THEN $5 ELSE usd_a_month END
WHERE workspace_id = $1
RETURNING usd_a_day, usd_a_month
"""

SPENT_BETWEEN = """
SELECT CASE WHEN purpose <> 'evaluate' THEN bot_id END, coalesce(sum(cost), 0) FROM ai_response_logs
WHERE workspace_id = $1 AND created_at >= $2 AND created_at < $3
GROUP BY 1
"""

# An answer is a turn that was answered, however many calls it took. Calls without a message are of no sent answer.
SPENT_SINCE = """
SELECT CASE WHEN purpose <> 'evaluate' THEN bot_id END, contact_id, created_at < $3, coalesce(sum(cost), 0),
    count(DISTINCT turn_id) FILTER (WHERE purpose = 'answer' AND outcome = 'ok' AND message_id IS NOT NULL)
FROM ai_response_logs
WHERE workspace_id = $1 AND created_at >= $2
GROUP BY 1, 2, 3
"""

# A turn's call without a message belongs to an attempt that sent nothing. The parts not asked for are NULL.
SPENT_BY = """
SELECT CASE WHEN 'day' = ANY ($4::text[]) THEN (created_at AT TIME ZONE 'UTC')::date END,
    CASE WHEN 'bot' = ANY ($4::text[]) THEN bot_id END,
    CASE WHEN 'model' = ANY ($4::text[]) THEN provider END,
    CASE WHEN 'model' = ANY ($4::text[]) THEN model END,
    purpose,
    CASE WHEN 'priced' = ANY ($4::text[]) THEN priced END,
    CASE WHEN outcome = 'error' THEN 'failed'
        WHEN outcome = 'cancelled' OR (turn_id IS NOT NULL AND message_id IS NULL) THEN 'superseded'
        ELSE 'used' END,
    count(*), sum(input_tokens)::bigint, sum(cached_tokens)::bigint, sum(output_tokens)::bigint,
    coalesce(sum(cost), 0), count(*) FILTER (WHERE cost IS NULL)
FROM ai_response_logs
WHERE workspace_id = $1 AND created_at >= $2 AND created_at < $3
GROUP BY 1, 2, 3, 4, 5, 6, 7
ORDER BY 1, 2, 3, 4, 5, 6, 7
"""


def record(
    batch: Batch,
    *,
    contact_id: UUID | None,
    message_id: UUID | None,
    turn_id: UUID | None,
    calls: Sequence[Call],
) -> None:
    """Write the calls of one turn, or of none, into the ledger; `message_id` is the newest message they read.

    A turn's calls without a `message_id` are those whose answer was not sent.
    """
    if calls:
        batch.add(RECORD, *_arguments(contact_id, message_id, turn_id, calls))


async def book(
    tx: Tx, *, contact_id: UUID | None, turn_id: UUID | None, calls: Sequence[Call]
) -> Spent:
    """Write the calls of an attempt that committed nothing, or of no turn at all.

    Returns what those took that were not written before.
    """
    arguments = _arguments(contact_id, None, turn_id, calls)
    rows = await tx.connection.fetch(RECORD, tx.workspace_id, *arguments)
    return Spent(sum(row[0] for row in rows), sum((row[1] for row in rows), Decimal(0)))


async def now(read: Read) -> datetime:
    """The database's clock."""
    found: datetime = await read.connection.fetchval(NOW)
    return found


async def allowance(read: Read) -> Allowance:
    """What the workspace may cost."""
    row = await read.connection.fetchrow(ALLOWANCE, read.workspace_id)
    return Allowance(*row) if row else Allowance()


async def allow(
    tx: Tx,
    *,
    day: tuple[bool, Decimal | None] = (False, None),
    month: tuple[bool, Decimal | None] = (False, None),
) -> Allowance:
    """Change what it may cost, each as (whether it changes, US dollars or None for no bound)."""
    row = await tx.connection.fetchrow(ALLOW, tx.workspace_id, *day, *month)
    assert row is not None, "whoever writes in it was let in by one of its tokens"
    return Allowance(*row)


async def spent_between(read: Read, since: datetime, until: datetime) -> dict[UUID | None, Decimal]:
    """US dollars by bot; what is no bot's stands under None, evaluations among it."""
    rows = await read.connection.fetch(SPENT_BETWEEN, read.workspace_id, since, until)
    return {row[0]: row[1] for row in rows}


async def spent_since(read: Read, since: datetime, settled_until: datetime) -> list[Row]:
    """What was booked since then, by bot and contact, apart for what is older than `settled_until`."""
    rows = await read.connection.fetch(SPENT_SINCE, read.workspace_id, since, settled_until)
    return [Row(*row) for row in rows]


async def spent_by(
    read: Read, since: datetime, until: datetime, by: frozenset[By]
) -> list[tuple[Key, Sum]]:
    """What the calls of that time took, by purpose, fate and what is asked for beside them."""
    rows = await read.connection.fetch(SPENT_BY, read.workspace_id, since, until, list(by))
    return [(Key(*row[:7]), Sum(*row[7:])) for row in rows]


def _arguments(
    contact_id: UUID | None, message_id: UUID | None, turn_id: UUID | None, calls: Sequence[Call]
) -> tuple[object, ...]:
    return (
        contact_id,
        message_id,
        turn_id,
        [call.call_id for call in calls],
        [call.provider for call in calls],
        [call.model for call in calls],
        [_storable(call.prompt) for call in calls],
        [_storable(call.response) for call in calls],
        [call.input_tokens for call in calls],
        [call.output_tokens for call in calls],
        [call.estimated for call in calls],
        [call.outcome for call in calls],
        [_storable(call.error) for call in calls],
        [call.seconds for call in calls],
        [call.cost for call in calls],
        [call.purpose for call in calls],
        [call.bot_id for call in calls],
        [call.cached_tokens for call in calls],
        [call.priced for call in calls],
        [to_json(call.prices).decode() if call.prices else None for call in calls],
    )


def _storable(text: str) -> str:
    # A model may say anything; PostgreSQL's text takes no NUL and asyncpg no lone surrogate.
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
