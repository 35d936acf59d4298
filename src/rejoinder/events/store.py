"""SQL of the event log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from rejoinder.db import Read, Tx
from rejoinder.events.model import NOTIFY_CHANNEL, Event, NewEvent

# The notification rides in the same statement; PostgreSQL delivers it when the transaction commits.
APPEND = """
WITH written AS (
    INSERT INTO events (workspace_id, conversation_id, seq, event_type, data, created_at)
    SELECT $1, $2, e.seq, e.event_type, e.data, $3
    FROM unnest($4::bigint[], $5::text[], $6::jsonb[]) AS e (seq, event_type, data)
)
SELECT pg_notify($7, $8)
"""

AFTER = """
SELECT conversation_id, seq, event_type, data, created_at FROM events
WHERE workspace_id = $1 AND conversation_id = $2 AND seq > $3
ORDER BY seq LIMIT $4
"""


async def append(tx: Tx, conversation_id: UUID, at: datetime, new: Sequence[NewEvent]) -> None:
    """Append events in order; the caller holds the conversation's lock and drew their seqs from it."""
    last = new[-1]
    await tx.connection.execute(
        APPEND,
        tx.workspace_id,
        conversation_id,
        at,
        [event.seq for event in new],
        [event.type for event in new],
        [event.data for event in new],
        NOTIFY_CHANNEL,
        f"{conversation_id} {last.seq} {last.type}",
    )


async def after(read: Read, conversation_id: UUID, seq: int, limit: int = 200) -> list[Event]:
    """The events of a conversation after `seq`, oldest first."""
    rows = await read.connection.fetch(AFTER, read.workspace_id, conversation_id, seq, limit)
    return [Event(*row) for row in rows]
