"""SQL of the event log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from rejoinder.db import Batch, Read
from rejoinder.events.model import NOTIFY_CHANNEL, Event, NewEvent

APPEND = """
INSERT INTO events (workspace_id, conversation_id, seq, event_type, data, created_at)
SELECT $1, $2, e.seq, e.event_type, e.data, $3
FROM unnest($4::bigint[], $5::text[], $6::jsonb[]) AS e (seq, event_type, data)
"""

AFTER = """
SELECT conversation_id, seq, event_type, data, created_at FROM events
WHERE workspace_id = $1 AND conversation_id = $2 AND seq > $3
ORDER BY seq LIMIT $4
"""


def append(batch: Batch, conversation_id: UUID, at: datetime, new: Sequence[NewEvent]) -> None:
    """Append events in order, and tell who watches the conversation when the transaction commits.

    The caller holds the conversation's lock and drew their seqs from it.
    """
    last = new[-1]
    batch.add(
        APPEND,
        conversation_id,
        at,
        [event.seq for event in new],
        [event.type for event in new],
        [event.data for event in new],
    )
    batch.notify(NOTIFY_CHANNEL, f"{conversation_id} {last.seq} {last.type}")


async def after(read: Read, conversation_id: UUID, seq: int, limit: int = 200) -> list[Event]:
    """The events of a conversation after `seq`, oldest first."""
    rows = await read.connection.fetch(AFTER, read.workspace_id, conversation_id, seq, limit)
    return [Event(*row) for row in rows]
