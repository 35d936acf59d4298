"""SQL of the bench: the raw yardstick's table, and what is counted beside the load.

What is read here stands in every schema since 0001: `--compare` reads older ones too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from rejoinder.bench.measure import Moments
from rejoinder.db import Connection, Maintenance, Read

YARDSTICK_TABLE = """
CREATE TABLE IF NOT EXISTS bench_commits (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL)
"""

YARDSTICK_INSERT = "INSERT INTO bench_commits (body) VALUES ($1)"

YARDSTICK_DROP = "DROP TABLE bench_commits"

VERSION = "SHOW server_version"

# starts_with, not LIKE: no wildcard in a prefix means anything.
REPLIES = """
SELECT c.thread_key, count(*) FROM conversations c
JOIN messages m ON m.workspace_id = c.workspace_id AND m.conversation_id = c.conversation_id
WHERE c.workspace_id = $1 AND starts_with(c.thread_key, $2) AND m.direction = 'outbound'
GROUP BY c.thread_key
"""

LIVE_TURNS = (
    "SELECT count(*) FROM turns WHERE workspace_id = $1 AND state IN ('waiting', 'running')"
)

# A worker says once a second that it is there.
WORKERS = "SELECT count(*) FROM workers WHERE seen_at > clock_timestamp() - interval '3 s'"

RUNNING_TURNS = "SELECT count(*) FROM turns WHERE workspace_id = $1 AND state = 'running'"

WORKSPACE = "SELECT workspace_id FROM workspaces WHERE slug = $1"

TRANSACTIONS = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"

# Every transaction that writes or locks a row takes a number; reads and wake-ups of listeners take none.
COUNTERS = """
SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
    (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint
"""

CONNECTIONS = """
SELECT application_name, count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND application_name <> $1
GROUP BY application_name ORDER BY application_name
"""

# Six moments of each turn, as the rows have them: an event's time is that of the lock under which it was written.
# Averages, so that the caller's own two moments can be put beside them without a join.
MOMENTS = """
WITH asked AS (
    SELECT c.conversation_id, m.turn_id, m.received_at
    FROM conversations c
    JOIN messages m ON m.workspace_id = $1 AND m.conversation_id = c.conversation_id AND m.direction = 'inbound'
    WHERE c.workspace_id = $1 AND c.thread_key = ANY($2::text[])
), called AS (
    SELECT l.turn_id, sum(l.seconds) AS seconds FROM ai_response_logs l
    WHERE l.workspace_id = $1 GROUP BY l.turn_id
)
SELECT count(*), avg(extract(epoch FROM q.received_at)), avg(extract(epoch FROM a.started_at)),
    avg(called.seconds), avg(extract(epoch FROM e.created_at)), avg(extract(epoch FROM t.ended_at))
FROM asked q
JOIN turns t ON t.workspace_id = $1 AND t.turn_id = q.turn_id
JOIN turn_attempts a ON a.workspace_id = $1 AND a.turn_id = q.turn_id AND a.fence = t.fence
JOIN events e ON e.workspace_id = $1 AND e.conversation_id = q.conversation_id AND e.event_type = 'turn.committed'
JOIN called ON called.turn_id = q.turn_id
"""

CALLED = """
SELECT c.thread_key, sum(l.seconds) FROM conversations c
JOIN turns t ON t.workspace_id = $1 AND t.conversation_id = c.conversation_id
JOIN ai_response_logs l ON l.workspace_id = $1 AND l.turn_id = t.turn_id
WHERE c.workspace_id = $1 AND c.thread_key = ANY($2::text[])
GROUP BY c.thread_key
"""


@dataclass(frozen=True, slots=True)
class Counters:
    """What PostgreSQL has done so far, exactly: transactions that wrote, bytes of write-ahead log."""

    commits: int
    wal_bytes: int

    def since(self, earlier: Counters) -> Counters:
        """What was done after `earlier`."""
        return Counters(self.commits - earlier.commits, self.wal_bytes - earlier.wal_bytes)


async def make_yardstick(connection: Connection) -> None:
    """Make the scratch table."""
    await connection.execute(YARDSTICK_TABLE)


async def drop_yardstick(connection: Connection) -> None:
    """Drop it."""
    await connection.execute(YARDSTICK_DROP)


async def commit_one(connection: asyncpg.Connection[asyncpg.Record], body: str) -> None:
    """One row, one transaction."""
    await connection.execute(YARDSTICK_INSERT, body)


async def version(read: Read) -> str:
    """PostgreSQL's version, as it says it."""
    return str(await read.connection.fetchval(VERSION))


async def live_turns(read: Read) -> int:
    """Turns that are waiting or running."""
    return int(await read.connection.fetchval(LIVE_TURNS, read.workspace_id))


async def replies(read: Read, prefix: str) -> dict[str, int]:
    """Thread → number of replies, for the threads that begin with `prefix` and have one."""
    rows = await read.connection.fetch(REPLIES, read.workspace_id, prefix)
    return {row[0]: row[1] for row in rows}


async def running_turns(read: Read) -> int:
    """Turns that are running."""
    return int(await read.connection.fetchval(RUNNING_TURNS, read.workspace_id))


async def workers(read: Read) -> int:
    """Worker processes that take turns now."""
    return int(await read.connection.fetchval(WORKERS))


async def transactions(read: Read) -> int:
    """Transactions committed in this database so far, reads included; a busy backend reports its own once a second."""
    return int(await read.connection.fetchval(TRANSACTIONS))


async def counters(read: Read) -> Counters:
    """The counters now."""
    row = await read.connection.fetchrow(COUNTERS)
    assert row is not None, "it has no condition"
    return Counters(*row)


async def connections(read: Read, ours: str) -> dict[str, int]:
    """Client connections to this database by application, but those of the one named `ours`."""
    rows = await read.connection.fetch(CONNECTIONS, ours)
    return {row[0]: row[1] for row in rows}


async def moments(read: Read, threads: Sequence[str]) -> Moments | None:
    """The moments of the turns of those threads; None when none has ended."""
    row = await read.connection.fetchrow(MOMENTS, read.workspace_id, list(threads))
    return Moments(row[0], *map(float, row[1:])) if row and row[0] else None


async def called(read: Read, threads: Sequence[str]) -> dict[str, float]:
    """Thread → seconds its model calls took, of those that have any."""
    rows = await read.connection.fetch(CALLED, read.workspace_id, list(threads))
    return {thread: float(seconds) for thread, seconds in rows}


async def workspace(maintenance: Maintenance, slug: str) -> UUID:
    """The id of the workspace of that slug, which is there."""
    found: UUID = await maintenance.connection.fetchval(WORKSPACE, slug)
    return found
