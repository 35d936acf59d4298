"""SQL of the bench: the raw yardstick's table, what is counted beside the load, and stored messages by the thousand.

What is read here stands in every schema since 0001: `--compare` reads older ones too.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import asyncpg

from rejoinder.bench.measure import Moments
from rejoinder.db import Connection, Maintenance, Read, Tx

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
    WHERE c.workspace_id = $1 AND starts_with(c.thread_key, $2)
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

# Conversations of several answered messages each, with all the rows that their turns would have left but the queue's.
FILL = """
WITH thread AS MATERIALIZED (
    SELECT n, uuidv7() AS conversation_id, uuidv7() AS contact_id, ch.channel_id
    FROM channels ch CROSS JOIN generate_series($3::bigint, $3::bigint + $4::bigint - 1) AS n
    WHERE ch.workspace_id = $1 AND ch.channel_id = $2
), turn AS MATERIALIZED (
    SELECT thread.n, thread.conversation_id, thread.contact_id, thread.channel_id, k, uuidv7() AS turn_id,
        uuidv7() AS asked_id, uuidv7() AS reply_id, clock_timestamp() - interval '1 day' AS at
    FROM thread CROSS JOIN generate_series(1, $5::bigint) AS k
), contact AS (
    INSERT INTO contacts (workspace_id, contact_id) SELECT $1, contact_id FROM thread
), identity AS (
    INSERT INTO contact_identities (workspace_id, channel_id, identity, contact_id)
    SELECT $1, channel_id, 'stored-' || n, contact_id FROM thread
), conversation AS (
    INSERT INTO conversations (workspace_id, conversation_id, channel_id, thread_key, contact_id, seq, fence,
        total_messages, last_message_timestamp)
    SELECT $1, conversation_id, channel_id, 'stored-' || n, contact_id, $5 * 6, $5, $5 * 2,
        clock_timestamp() - interval '1 day'
    FROM thread
), done AS (
    INSERT INTO turns (workspace_id, turn_id, conversation_id, state, opened_at, due_at, first_unanswered_at, attempt,
        fence, woken_at, ended_at, decision, provider, model)
    SELECT $1, turn_id, conversation_id, 'committed', at, at, at, 1, k, at, at, 'answer', 'stub', 'stub' FROM turn
), attempt AS (
    INSERT INTO turn_attempts (workspace_id, turn_id, fence, attempt, worker, outcome, tokens, started_at, ended_at)
    SELECT $1, turn_id, k, 1, 'stored', 'committed', 200, at, at FROM turn
), asked AS (
    INSERT INTO messages (workspace_id, message_id, conversation_id, channel_id, seq, turn_id, direction, sender_type,
        text, external_id, fingerprint, platform_time, received_at, processing_status, processed_at)
    SELECT $1, asked_id, conversation_id, channel_id, k * 6 - 5, turn_id, 'inbound', 'customer',
        'How much is shipping to place ' || n || ', and how long does it take?', 'stored-' || n || '-' || k,
        sha256('stored'), at, at, 'completed', at
    FROM turn
), reply AS (
    INSERT INTO messages (workspace_id, message_id, conversation_id, channel_id, seq, turn_id, direction, sender_type,
        text, platform_time, received_at, processing_status)
    SELECT $1, reply_id, conversation_id, channel_id, k * 6 - 2, turn_id, 'outbound', 'ai', 'Here is the answer.', at,
        at, 'none'
    FROM turn
), delivery AS (
    INSERT INTO deliveries (workspace_id, delivery_id, conversation_id, message_id, turn_id, seq, status, created_at,
        sent_at)
    SELECT $1, uuidv7(), conversation_id, reply_id, turn_id, k * 6 - 2, 'sent', at, at FROM turn
), event AS (
    INSERT INTO events (workspace_id, conversation_id, seq, event_type, data, created_at)
    SELECT $1, conversation_id, k * 6 - s, 'message.stored', jsonb_build_object('turn_id', turn_id), at
    FROM turn CROSS JOIN generate_series(1, 5) AS s
)
INSERT INTO ai_response_logs (workspace_id, log_id, contact_id, message_id, turn_id, provider, model, prompt, response,
    outcome)
SELECT $1, uuidv7(), contact_id, asked_id, turn_id, 'stub', 'stub', repeat('prompt ', 100), 'Here is the answer.', 'ok'
FROM turn
"""

CHANNEL = "SELECT channel_id FROM channels WHERE workspace_id = $1 AND platform = 'rest' ORDER BY created_at LIMIT 1"

STORED = "SELECT count(*) FROM messages WHERE workspace_id = $1"

# What autovacuum would have done by the time a real installation holds so much.
SETTLE = "VACUUM (ANALYZE)"


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


async def moments(read: Read, prefix: str) -> Moments | None:
    """The moments of the turns of threads that begin with `prefix`; None when none has ended."""
    row = await read.connection.fetchrow(MOMENTS, read.workspace_id, prefix)
    return Moments(row[0], *map(float, row[1:])) if row and row[0] else None


async def workspace(maintenance: Maintenance, slug: str) -> UUID:
    """The id of the workspace of that slug, which is there."""
    found: UUID = await maintenance.connection.fetchval(WORKSPACE, slug)
    return found


async def rest_channel(read: Read) -> UUID:
    """The channel that the load's messages come through."""
    found: UUID = await read.connection.fetchval(CHANNEL, read.workspace_id)
    return found


async def fill(tx: Tx, channel_id: UUID, first: int, conversations: int, turns: int) -> None:
    """Store conversations numbered from `first`, of `turns` answered messages each."""
    await tx.connection.execute(FILL, tx.workspace_id, channel_id, first, conversations, turns)


async def stored(read: Read) -> int:
    """Messages of the workspace."""
    return int(await read.connection.fetchval(STORED, read.workspace_id))


async def settle(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Leave the tables as a day's autovacuum would; takes seconds a million rows."""
    await connection.execute(SETTLE)
