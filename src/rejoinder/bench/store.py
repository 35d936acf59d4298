"""SQL of the bench: the raw yardstick's table, and what is counted beside the load."""

from __future__ import annotations

import asyncpg

from rejoinder.db import Connection, Read

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

TRANSACTIONS = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"

CONNECTIONS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND application_name <> $1
"""


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


async def transactions(read: Read) -> int:
    """Transactions committed in this database so far, single reads included; backends report within a second."""
    return int(await read.connection.fetchval(TRANSACTIONS))


async def connections(read: Read, ours: str) -> int:
    """Client connections to this database but those of the application named `ours`."""
    return int(await read.connection.fetchval(CONNECTIONS, ours))
