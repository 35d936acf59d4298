"""SQL of deliveries."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from rejoinder.db import Batch

ADD = """
INSERT INTO deliveries (workspace_id, delivery_id, conversation_id, message_id, turn_id, seq, status, created_at,
    sent_at)
SELECT $1, d.delivery_id, $2, d.message_id, $3, d.seq, $4::text, $5::timestamptz,
    CASE WHEN $4::text = 'sent' THEN $5::timestamptz END
FROM unnest($6::uuid[], $7::uuid[], $8::bigint[]) AS d (delivery_id, message_id, seq)
"""


def add(
    batch: Batch,
    *,
    conversation_id: UUID,
    turn_id: UUID,
    status: str,
    at: datetime,
    delivery_ids: list[UUID],
    message_ids: list[UUID],
    seqs: list[int],
) -> None:
    """Store the deliveries of one answer, in order."""
    batch.add(ADD, conversation_id, turn_id, status, at, delivery_ids, message_ids, seqs)
