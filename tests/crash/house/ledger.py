"""What the program's own tables must say at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from tests.crash.house.house import House

_OPEN = """
SELECT 'turns ' || t.state, count(*) FROM turns t JOIN conversations c USING (workspace_id, conversation_id)
WHERE c.channel_id = $1 AND t.state IN ('waiting', 'running') GROUP BY 1
UNION ALL
SELECT 'deliveries ' || d.status, count(*) FROM deliveries d JOIN conversations c USING (workspace_id, conversation_id)
WHERE c.channel_id = $1 AND d.status IN ('queued', 'sending') GROUP BY 1
UNION ALL
SELECT 'messages ' || m.processing_status, count(*) FROM messages m
WHERE m.channel_id = $1 AND m.direction = 'inbound' AND m.processing_status IN ('pending', 'processing')
    AND m.turn_id IS NOT NULL GROUP BY 1
"""

# A conversation that was handed to people: what they were told of, and what was said to them since.
_TOLD = """
SELECT m.external_id FROM messages m
JOIN conversations c USING (workspace_id, conversation_id) LEFT JOIN turns t USING (workspace_id, turn_id)
WHERE m.channel_id = $1 AND m.direction = 'inbound' AND c.state IN ('waiting', 'agent')
    AND (m.turn_id IS NULL OR t.state = 'handed_off')
"""

_UNKNOWN = """
SELECT m.external_id FROM deliveries d
JOIN dead_letters l ON l.workspace_id = d.workspace_id AND l.subject_id = d.delivery_id
    AND l.kind = 'delivery' AND (l.resolved_at IS NULL OR $2)
JOIN messages m ON m.workspace_id = d.workspace_id AND m.turn_id = d.turn_id AND m.direction = 'inbound'
WHERE m.channel_id = $1 AND (d.status = 'unknown' OR $2)
"""

_UNTOLD = """
SELECT 'delivery ' || d.delivery_id || ' is ' || d.status || ' and no dead letter' FROM deliveries d
JOIN conversations c USING (workspace_id, conversation_id)
WHERE c.channel_id = $1 AND d.status IN ('unknown', 'failed') AND NOT EXISTS (
    SELECT FROM dead_letters l WHERE l.kind = 'delivery' AND l.subject_id = d.delivery_id AND l.resolved_at IS NULL)
UNION ALL
SELECT 'turn ' || t.turn_id || ' failed and is no dead letter' FROM turns t
JOIN conversations c USING (workspace_id, conversation_id)
WHERE c.channel_id = $1 AND t.state = 'failed' AND NOT EXISTS (
    SELECT FROM dead_letters l WHERE l.kind = 'turn' AND l.subject_id = t.turn_id AND l.resolved_at IS NULL)
"""

_TURNS = """
SELECT t.state, count(*) FROM turns t JOIN conversations c USING (workspace_id, conversation_id)
WHERE c.channel_id = $1 GROUP BY 1 ORDER BY 1
"""

_JOBS = "SELECT entrypoint || ' ' || status, count(*) FROM pgqueuer GROUP BY 1 ORDER BY 1"

_HISTORY = """
SELECT line FROM (
    SELECT m.seq AS at, 0 AS part, m.direction || ' ' || m.sender_type || ' #' || m.seq || ' ' || left(m.text, 60)
        || ' turn ' || coalesce(right(m.turn_id::text, 6), '-') AS line, m.conversation_id FROM messages m
    UNION ALL
    SELECT e.seq, 1, e.created_at::time || ' ' || e.event_type || ' ' || left(e.data::text, 100), e.conversation_id
    FROM events e WHERE e.event_type LIKE 'turn.%'
    UNION ALL
    SELECT d.seq, 2, 'delivery ' || d.delivery_id || ' ' || d.status || ', attempts ' || d.attempts
        || coalesce(', ' || d.error, ''), d.conversation_id FROM deliveries d
) lines JOIN conversations c USING (conversation_id)
WHERE c.channel_id = $1 AND c.thread_key = $2 ORDER BY at, part
"""


async def open_work(house: House, channel_id: UUID) -> dict[str, int]:
    """What is still under way: turns not ended, deliveries not sent, messages not answered."""
    return {row[0]: row[1] for row in await house.sql(_OPEN, channel_id)}


async def told_to_people(house: House, channel_id: UUID) -> set[str]:
    """Messages that a person has to answer."""
    return {row[0] for row in await house.sql(_TOLD, channel_id)}


async def of_unknown_fate(house: House, channel_id: UUID) -> set[str]:
    """Messages whose reply may or may not have arrived, as an open dead letter says."""
    return {row[0] for row in await house.sql(_UNKNOWN, channel_id, False)}


async def once_of_unknown_fate(house: House, channel_id: UUID) -> set[str]:
    """The same, and those of which it was learned since."""
    return {row[0] for row in await house.sql(_UNKNOWN, channel_id, True)}


async def untold(house: House, channel_id: UUID) -> list[str]:
    """What gave up without a dead letter: must be empty."""
    return [row[0] for row in await house.sql(_UNTOLD, channel_id)]


async def turns(house: House, channel_id: UUID) -> dict[str, int]:
    """How the turns ended."""
    return {row[0]: row[1] for row in await house.sql(_TURNS, channel_id)}


async def jobs(house: House) -> dict[str, int]:
    """Jobs left in the queue. They carry no truth: what is not under way needs none."""
    return {row[0]: row[1] for row in await house.sql(_JOBS)}


async def history(house: House, channel_id: UUID, thread: str) -> list[str]:
    """All that is stored of a conversation, for who looks for a cause."""
    return [row[0] for row in await house.sql(_HISTORY, channel_id, thread)]
