"""SQL of the ledger, `ai_response_logs`."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from rejoinder.db import Batch, Tx
from rejoinder.usage.model import Call, Spent

RECORD = """
INSERT INTO ai_response_logs (workspace_id, log_id, contact_id, message_id, turn_id, provider, model, prompt,
    response, input_tokens, output_tokens, tokens_used, estimated, outcome, error, seconds, cost)
SELECT $1, l.log_id, $2, $3, $4, l.provider, l.model, l.prompt, l.response, l.input_tokens, l.output_tokens,
    l.input_tokens + l.output_tokens, l.estimated, l.outcome, NULLIF(l.error, ''), l.seconds, l.cost
FROM unnest($5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bigint[], $11::bigint[],
    $12::boolean[], $13::text[], $14::text[], $15::double precision[],
    $16::numeric[])
    AS l (log_id, provider, model, prompt, response, input_tokens, output_tokens, estimated, outcome, error, seconds,
    cost)
ON CONFLICT (workspace_id, log_id) DO NOTHING
RETURNING tokens_used, coalesce(cost, 0)
"""


def record(
    batch: Batch,
    *,
    contact_id: UUID,
    message_id: UUID | None,
    turn_id: UUID | None,
    calls: Sequence[Call],
) -> None:
    """Write the calls of one turn, or of none, into the ledger; `message_id` is the newest message they read."""
    if calls:
        batch.add(RECORD, *_arguments(contact_id, message_id, turn_id, calls))


async def book(tx: Tx, *, contact_id: UUID, turn_id: UUID, calls: Sequence[Call]) -> Spent:
    """Write the calls of an attempt that committed nothing; returns what those took that were not written before."""
    arguments = _arguments(contact_id, None, turn_id, calls)
    rows = await tx.connection.fetch(RECORD, tx.workspace_id, *arguments)
    return Spent(sum(row[0] for row in rows), sum((row[1] for row in rows), Decimal(0)))


def _arguments(
    contact_id: UUID, message_id: UUID | None, turn_id: UUID | None, calls: Sequence[Call]
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
    )


def _storable(text: str) -> str:
    # A model may say anything; PostgreSQL's text takes no NUL and asyncpg no lone surrogate.
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
