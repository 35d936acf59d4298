"""SQL of what is deleted for its age.

Events and the ledger are walked through by their place on the disk. An index on their time would be written with every
row, and a block range index finds nothing any more once the room of deleted rows is used again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from rejoinder.db import Connection, Maintenance

LOCK_CLASS: Final = 20555
"""Key of the session lock of whoever cleans."""

BLOCKS = 2_000
"""Of 8 kB, a statement: 16 MB, at most some 100,000 rows, and well under a second."""

CONVERSATIONS = 20
"""A statement: each takes its messages, turns, deliveries and events along."""


@dataclass(frozen=True, slots=True)
class Walk:
    """A table that is walked through, and what becomes of the old rows between two of its places."""

    table: str
    statement: str


FORGET_EVENTS = """
DELETE FROM events WHERE ctid >= $1 AND ctid < $2 AND created_at < statement_timestamp() - $3::interval
"""
EVENTS = Walk("events", FORGET_EVENTS)

FORGET_PROMPTS = """
UPDATE ai_response_logs SET prompt = NULL, response = NULL
WHERE ctid >= $1 AND ctid < $2 AND created_at < statement_timestamp() - $3::interval
    AND (prompt IS NOT NULL OR response IS NOT NULL)
"""
PROMPTS = Walk("ai_response_logs", FORGET_PROMPTS)

FORGET_EXPLANATIONS = """
DELETE FROM explanations WHERE ctid >= $1 AND ctid < $2 AND created_at < statement_timestamp() - $3::interval
"""
EXPLANATIONS = Walk("explanations", FORGET_EXPLANATIONS)

FORGET_DEAD_LETTERS = """
DELETE FROM dead_letters WHERE ctid >= $1 AND ctid < $2 AND resolved_at < statement_timestamp() - $3::interval
"""
DEAD_LETTERS = Walk("dead_letters", FORGET_DEAD_LETTERS)

FORGET_CHANNEL_LOG = """
DELETE FROM channel_log WHERE ctid >= $1 AND ctid < $2 AND at < statement_timestamp() - $3::interval
"""
CHANNEL_LOG = Walk("channel_log", FORGET_CHANNEL_LOG)

FORGET_STRAYS = """
DELETE FROM platform_messages
WHERE delivery_id IS NULL AND created_at < statement_timestamp() - interval '2 days'
"""

SIZE = """
SELECT pg_relation_size($1::text::regclass) / current_setting('block_size')::int
"""

FORGET_CLOSED = """
WITH old AS MATERIALIZED (
    SELECT workspace_id, conversation_id FROM conversations
    WHERE state = 'closed' AND closed_at < statement_timestamp() - $1::interval
    ORDER BY closed_at LIMIT $2 FOR UPDATE SKIP LOCKED
)
DELETE FROM conversations c USING old
WHERE c.workspace_id = old.workspace_id AND c.conversation_id = old.conversation_id
"""

LOCK = "SELECT pg_advisory_lock($1)"

TRY_LOCK = "SELECT pg_try_advisory_lock($1)"

HOUR = "SELECT extract(hour FROM clock_timestamp())::int"


async def lock(connection: Connection) -> None:
    """Keep others from cleaning until the session ends. Raises asyncpg's LockNotAvailableError after lock_timeout."""
    await connection.execute(LOCK, LOCK_CLASS)


async def try_lock(connection: Connection) -> bool:
    """The same at once; False when another session cleans."""
    locked: bool = await connection.fetchval(TRY_LOCK, LOCK_CLASS)
    return locked


async def hour(connection: Connection) -> int:
    """The hour of the day, UTC."""
    now: int = await connection.fetchval(HOUR)
    return now


async def blocks(maintenance: Maintenance, what: Walk) -> int:
    """How many blocks the table has."""
    found: int = await maintenance.connection.fetchval(SIZE, what.table)
    return found


async def forget(
    maintenance: Maintenance, what: Walk, older: timedelta, first: int, end: int
) -> int:
    """Do the walk's statement on the blocks from `first`, before `end`; returns how many rows it was done to."""
    return _rows(await maintenance.connection.execute(what.statement, (first, 0), (end, 0), older))


async def forget_closed(maintenance: Maintenance, older: timedelta) -> int:
    """Delete conversations closed before that, with everything below; returns how many."""
    deleted = 0
    while some := _rows(await maintenance.connection.execute(FORGET_CLOSED, older, CONVERSATIONS)):
        deleted += some
        if some < CONVERSATIONS:
            break
    return deleted


async def forget_strays(maintenance: Maintenance) -> int:
    """Delete what platforms told two days ago of messages that are none of ours; returns how many."""
    return _rows(await maintenance.connection.execute(FORGET_STRAYS))


def _rows(status: str) -> int:
    return int(status.rsplit(" ", 1)[1])
