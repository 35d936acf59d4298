"""SQL of the documents' overviews: conversations, workers, what is stuck, the server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from rejoinder.conversations.model import State
from rejoinder.db import Connection, Read
from rejoinder.outbound.store import held
from rejoinder.turns.upkeep.store import LOCK_CLASS

# By id, which is by age, from the primary key: neither a sort nor an index of its own. A customer's last message is
# found from the newest on by the unique index on (conversation_id, seq, workspace_id).
CONVERSATIONS = """
SELECT c.conversation_id, c.thread_key, c.state, coalesce(m.external_id, m.message_id::text),
    coalesce(c.last_message_timestamp, c.created_at),
    EXISTS (SELECT FROM turns t WHERE t.workspace_id = c.workspace_id AND t.conversation_id = c.conversation_id
        AND t.state = 'running'),
    least(c.total_messages, b.history_messages)
FROM conversations c
JOIN channels ch ON ch.workspace_id = c.workspace_id AND ch.channel_id = c.channel_id
JOIN bots b ON b.workspace_id = c.workspace_id AND b.bot_id = ch.bot_id
LEFT JOIN LATERAL (
    SELECT l.external_id, l.message_id FROM messages l
    WHERE l.workspace_id = c.workspace_id AND l.conversation_id = c.conversation_id AND l.direction = 'inbound'
    ORDER BY l.seq DESC LIMIT 1) m ON true
WHERE c.workspace_id = $1 AND c.conversation_id < $2
ORDER BY c.conversation_id DESC LIMIT $3
"""

TOTAL = "SELECT count(*) FROM conversations WHERE workspace_id = $1"

COUNTS = """
SELECT count(*), count(*) FILTER (
    WHERE coalesce(last_message_timestamp, created_at) >= statement_timestamp() - $2::interval)
FROM conversations WHERE workspace_id = $1
"""

RUNNING = "SELECT count(*) FROM turns WHERE workspace_id = $1 AND state = 'running'"

# One that lives holds its advisory lock; where a pooler hides sessions it was seen lately.
WORKERS = """
SELECT count(*) FROM workers w WHERE w.seen_at > clock_timestamp() - $2::interval OR EXISTS (
    SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.classid = $1 AND l.objid = w.worker_no::oid
        AND l.objsubid = 2 AND l.granted
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
"""

# What no worker has taken although it could have, what a worker has let lie, what nobody has sent. A person's
# conversation waits for nobody, nor does what a paused channel keeps or what stands behind another delivery.
STUCK = f"""
WITH stuck AS (
    SELECT t.conversation_id, 'waiting turn overdue' AS reason, t.due_at AS since FROM turns t
    JOIN conversations c ON c.workspace_id = t.workspace_id AND c.conversation_id = t.conversation_id
    WHERE t.workspace_id = $1 AND t.state = 'waiting' AND t.due_at < statement_timestamp() - $2::interval
        AND c.state = 'bot' AND c.ai_enabled AND NOT EXISTS (
            SELECT FROM turns r WHERE r.workspace_id = t.workspace_id AND r.conversation_id = t.conversation_id
                AND r.state = 'running')
    UNION ALL
    SELECT t.conversation_id, 'running turn without a worker', t.lease_until FROM turns t
    WHERE t.workspace_id = $1 AND t.state = 'running' AND t.lease_until < statement_timestamp() - $3::interval
    UNION ALL
    SELECT o.conversation_id, 'delivery overdue', coalesce(o.sending_until, o.next_try_at, o.created_at)
    FROM deliveries o
    JOIN conversations c ON c.workspace_id = o.workspace_id AND c.conversation_id = o.conversation_id
    JOIN channels ch ON ch.workspace_id = c.workspace_id AND ch.channel_id = c.channel_id
    WHERE o.workspace_id = $1 AND o.status IN ('queued', 'sending')
        AND coalesce(o.sending_until, o.next_try_at, o.created_at) < statement_timestamp() - $2::interval
        AND coalesce(ch.paused_until <= statement_timestamp(), true)
        AND NOT ({held("statement_timestamp()")})
)
SELECT c.thread_key, s.conversation_id, s.reason, s.since FROM stuck s
JOIN conversations c ON c.workspace_id = $1 AND c.conversation_id = s.conversation_id
ORDER BY s.since
"""

# The newest of that name, an open one before a closed.
BY_THREAD = """
SELECT c.conversation_id FROM channels ch
JOIN conversations c ON c.workspace_id = ch.workspace_id AND c.channel_id = ch.channel_id AND c.thread_key = $2
WHERE ch.workspace_id = $1
ORDER BY c.state = 'closed', c.created_at DESC LIMIT 1
"""

POSTGRES = """
SELECT s.numbackends, current_setting('max_connections')::int, pg_database_size(s.datname),
    pg_size_pretty(pg_database_size(s.datname)), s.blks_hit, s.blks_read, current_setting('server_version')
FROM pg_stat_database s WHERE s.datname = current_database()
"""

CLOCK = "SELECT clock_timestamp()"


@dataclass(frozen=True, slots=True)
class Overview:
    """A conversation at a glance; `last_message_id` is the sender's own name of the customer's newest message."""

    conversation_id: UUID
    thread_key: str
    state: State
    last_message_id: str | None
    last_message_timestamp: datetime
    ai_processing: bool
    context_size: int


@dataclass(frozen=True, slots=True)
class Stuck:
    """A conversation in which something should have happened by now."""

    thread_key: str
    conversation_id: UUID
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Postgres:
    """The server's own statistics of this database; `hits` and `reads` are pages found in its memory and not."""

    connections: int
    max_connections: int
    database_bytes: int
    database_size: str
    hits: int
    reads: int
    version: str


async def conversations(read: Read, before: UUID, limit: int) -> list[Overview]:
    """Conversations older than an id, the newest first."""
    rows = await read.connection.fetch(CONVERSATIONS, read.workspace_id, before, limit)
    return [Overview(*row) for row in rows]


async def total(read: Read) -> int:
    """How many conversations the workspace has."""
    count: int = await read.connection.fetchval(TOTAL, read.workspace_id)
    return count


async def counts(read: Read, recent: timedelta) -> tuple[int, int]:
    """How many conversations there are, and in how many somebody has written within `recent`."""
    row = await read.connection.fetchrow(COUNTS, read.workspace_id, recent)
    assert row is not None, "an aggregate always has a row"
    return row[0], row[1]


async def running(read: Read) -> int:
    """How many of the workspace's turns are being answered now."""
    count: int = await read.connection.fetchval(RUNNING, read.workspace_id)
    return count


async def workers(connection: Connection, seen: timedelta) -> int:
    """How many workers live, the installation's all."""
    count: int = await connection.fetchval(WORKERS, LOCK_CLASS, seen)
    return count


async def stuck(read: Read, late: timedelta, lapsed: timedelta) -> list[Stuck]:
    """What is overdue by `late`, and running turns whose lease ended `lapsed` ago; the oldest first."""
    rows = await read.connection.fetch(STUCK, read.workspace_id, late, lapsed)
    return [Stuck(*row) for row in rows]


async def by_thread(read: Read, thread_key: str) -> UUID | None:
    """The conversation of that name in whichever channel."""
    found: UUID | None = await read.connection.fetchval(BY_THREAD, read.workspace_id, thread_key)
    return found


async def postgres(connection: Connection) -> Postgres:
    """The database's statistics."""
    row = await connection.fetchrow(POSTGRES)
    assert row is not None, "we are connected to it"
    return Postgres(*row)


async def clock(connection: Connection) -> datetime:
    """The database's clock."""
    now: datetime = await connection.fetchval(CLOCK)
    return now
