"""SQL that looks at the whole installation: the server, the workers, what is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from rejoinder.db import Connection, Maintenance
from rejoinder.outbound.store import held
from rejoinder.turns.upkeep.store import LOCK_CLASS

SERVER = """
SELECT current_setting('server_version_num')::int, current_setting('server_version'),
    current_setting('server_encoding'), pg_is_in_recovery(), current_user::text,
    coalesce(current_schema(), ''),
    current_schema() IS NOT NULL AND has_schema_privilege(current_user, current_schema(), 'CREATE'),
    (SELECT installed_version FROM pg_available_extensions WHERE name = 'vector'),
    EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector')
"""

# Reserved ones are the superuser's; -1 is no limit of the role's or the database's own. What kind of session another
# role has can't be seen; those of a user on a database are clients'.
CONNECTIONS = """
SELECT
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true)::int, 0),
    (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user),
    (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database()),
    count(*) FILTER (WHERE coalesce(backend_type = 'client backend', datid IS NOT NULL AND usesysid IS NOT NULL)),
    count(*) FILTER (WHERE application_name LIKE 'rejoinder%' AND datname = current_database()),
    count(*) FILTER (WHERE application_name = 'rejoinder live' AND datname = current_database()),
    count(*) FILTER (WHERE application_name = 'rejoinder worker' AND datname = current_database())
FROM pg_stat_activity
"""

CLOCK = "SELECT clock_timestamp()"

WORKERS = """
SELECT w.name, clock_timestamp() - w.seen_at, EXISTS (
    SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.classid = $1 AND l.objid = w.worker_no::oid
        AND l.objsubid = 2 AND l.granted
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
FROM workers w ORDER BY w.seen_at DESC LIMIT 1000
"""

# A waiting turn can only be late where the bot is in charge and no other turn of its conversation is running.
TURNS = """
SELECT count(*), count(*) FILTER (WHERE t.due_at < statement_timestamp() - $1::interval),
    statement_timestamp() - min(t.due_at)
FROM turns t
JOIN conversations c ON c.workspace_id = t.workspace_id AND c.conversation_id = t.conversation_id
WHERE t.state = 'waiting' AND c.state = 'bot' AND c.ai_enabled AND NOT EXISTS (
    SELECT FROM turns r WHERE r.workspace_id = t.workspace_id AND r.conversation_id = t.conversation_id
        AND r.state = 'running')
"""

# What waits for another of its conversation can't be late, nor what a paused channel keeps.
DELIVERIES = f"""
SELECT count(*), count(*) FILTER (WHERE free.due < statement_timestamp() - $1::interval),
    statement_timestamp() - min(free.due)
FROM (
    SELECT coalesce(o.sending_until, o.next_try_at, o.created_at) AS due FROM deliveries o
    JOIN conversations c ON c.workspace_id = o.workspace_id AND c.conversation_id = o.conversation_id
    JOIN channels ch ON ch.workspace_id = c.workspace_id AND ch.channel_id = c.channel_id AND ch.paused_until IS NULL
    WHERE o.status IN ('queued', 'sending') AND NOT ({held("statement_timestamp() - $1::interval")})
) free
"""

# What waits for a person.
STUCK = """
SELECT (SELECT count(*) FROM dead_letters WHERE resolved_at IS NULL),
    (SELECT count(*) FROM channels WHERE paused_reason IS NOT NULL AND paused_until > statement_timestamp())
"""

CHAT_CHANNELS = """
SELECT w.slug, c.name, c.platform, c.account, c.paused_until > statement_timestamp(),
    c.paused_until = 'infinity', coalesce(c.paused_reason, ''),
    (SELECT count(*) FROM intake i
     WHERE i.workspace_id = c.workspace_id AND i.channel_id = c.channel_id AND i.state = 'quarantined')
FROM channels c JOIN workspaces w ON w.workspace_id = c.workspace_id
WHERE c.platform NOT IN ('rest', 'widget', 'pancake') ORDER BY w.slug, c.name LIMIT 1000
"""

JOBS = """
SELECT count(*) FILTER (WHERE status = 'queued'),
    count(*) FILTER (WHERE status = 'queued' AND execute_after < statement_timestamp() - $1::interval),
    statement_timestamp() - min(execute_after) FILTER (WHERE status = 'queued')
FROM pgqueuer
"""

FAILED_JOBS = "SELECT count(*) FROM pgqueuer WHERE status = 'failed'"


@dataclass(frozen=True, slots=True)
class Server:
    """The PostgreSQL server as this role sees it; `number` is 150004 for 15.4."""

    number: int
    version: str
    encoding: str
    standby: bool
    role: str
    schema: str
    may_create: bool
    vector: str | None
    vector_at_hand: bool


@dataclass(frozen=True, slots=True)
class Connections:
    """How many connections there may be and are; servers and workers are those connected now."""

    limit: int
    role_limit: int | None
    database_limit: int | None
    used: int
    ours: int
    servers: int
    workers: int


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker of the table: how long ago it was seen, and whether it holds its lock."""

    name: str
    silent: timedelta
    holds_lock: bool


@dataclass(frozen=True, slots=True)
class ChatChannel:
    """A chat platform's channel: `stopped` is a pause that lasts until someone mends it, and `reason` why."""

    workspace: str
    name: str
    platform: str
    account: str | None
    paused: bool
    stopped: bool
    reason: str
    quarantined: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits, how much of it is late, and how long the first has been due (negative: it is not yet)."""

    count: int
    late: int
    oldest: timedelta | None


async def server(connection: Connection) -> Server:
    """What can be asked of the server."""
    row = await connection.fetchrow(SERVER)
    assert row is not None, "it has no FROM"
    return Server(*row)


async def connections(connection: Connection) -> Connections:
    """The limits on connections, and those there are."""
    row = await connection.fetchrow(CONNECTIONS)
    assert row is not None, "an aggregate always has a row"
    return Connections(*row)


async def clock(connection: Connection) -> datetime:
    """The server's clock."""
    now: datetime = await connection.fetchval(CLOCK)
    return now


async def workers(maintenance: Maintenance) -> list[Worker]:
    """The workers known, the last seen first."""
    return [Worker(*row) for row in await maintenance.connection.fetch(WORKERS, LOCK_CLASS)]


async def waiting_turns(maintenance: Maintenance, late: timedelta) -> Waiting:
    """Turns that wait for a worker, whosever they are."""
    return await _waiting(maintenance, TURNS, late)


async def waiting_deliveries(maintenance: Maintenance, late: timedelta) -> Waiting:
    """Deliveries that wait for their time or for a worker, whosever they are."""
    return await _waiting(maintenance, DELIVERIES, late)


async def waiting_jobs(maintenance: Maintenance, late: timedelta) -> Waiting:
    """Jobs of the queue."""
    return await _waiting(maintenance, JOBS, late)


async def stuck(maintenance: Maintenance) -> tuple[int, int]:
    """Open dead letters, and channels that are paused until someone puts them right, whosever they are."""
    row = await maintenance.connection.fetchrow(STUCK)
    assert row is not None, "it has no FROM"
    return row[0], row[1]


async def chat_channels(maintenance: Maintenance) -> list[ChatChannel]:
    """The channels of chat platforms, whosever they are."""
    rows = await maintenance.connection.fetch(CHAT_CHANNELS)
    return [
        ChatChannel(
            slug, name, platform, account, bool(paused), bool(paused and endless), reason, odd
        )
        for slug, name, platform, account, paused, endless, reason, odd in rows
    ]


async def failed_jobs(maintenance: Maintenance) -> int:
    """Jobs that failed; they are kept for a day."""
    count: int = await maintenance.connection.fetchval(FAILED_JOBS)
    return count


async def _waiting(maintenance: Maintenance, statement: str, late: timedelta) -> Waiting:
    row = await maintenance.connection.fetchrow(statement, late)
    assert row is not None, "an aggregate always has a row"
    return Waiting(*row)
