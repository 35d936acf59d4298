"""SQL that looks at turns across workspaces: leases, the dead, the forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from rejoinder.db import Connection, Maintenance
from rejoinder.turns.model import Claimed

LOCK_CLASS = 20554
"""First key of the advisory lock that a living worker holds; the second is its number."""

REGISTER = "INSERT INTO workers (name) VALUES ($1) RETURNING worker_no"

HOLD_LOCK = "SELECT pg_advisory_lock($1, $2)"

SEEN = "UPDATE workers SET seen_at = clock_timestamp() WHERE worker_no = $1"

# A lease is written anew when less than two thirds of it are left, so a turn costs one small update each 5 s.
# After its session was lost a worker comes back under a new number; what nobody took meanwhile stays its own.
# A turn that ended under our own fence is not lost: its task has just committed it. A row that another transaction
# holds is passed over, so that one frozen conversation can't keep the leases of all others; its turn comes in a second.
RENEW = """
WITH held AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS h (workspace_id, turn_id, fence)
), ours AS (
    SELECT t.workspace_id, t.turn_id FROM turns t
    JOIN held h ON h.workspace_id = t.workspace_id AND h.turn_id = t.turn_id AND h.fence = t.fence
    WHERE t.state = 'running'
        AND (t.lease_until < clock_timestamp() + $4::interval * (2.0 / 3) OR t.worker_no <> $5)
    FOR NO KEY UPDATE OF t SKIP LOCKED
), renewed AS (
    UPDATE turns t SET lease_until = clock_timestamp() + $4::interval, worker_no = $5
    FROM ours o WHERE t.workspace_id = o.workspace_id AND t.turn_id = o.turn_id
)
SELECT h.turn_id, h.fence FROM held h
LEFT JOIN turns t ON t.workspace_id = h.workspace_id AND t.turn_id = h.turn_id
WHERE t.turn_id IS NULL OR t.fence <> h.fence OR t.state IN ('waiting', 'superseded', 'cancelled')
"""

LOST_BATCH = 200

GRACE = timedelta(seconds=3)
"""A worker whose session was cut has this long to come back before its turns are taken: its model calls cost money."""

LOST = """
WITH alive AS (
    SELECT objid::bigint AS worker_no FROM pg_locks
    WHERE locktype = 'advisory' AND classid = $1 AND objsubid = 2 AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    UNION ALL
    SELECT worker_no FROM workers WHERE seen_at > clock_timestamp() - $3::interval
)
SELECT t.workspace_id, t.conversation_id, t.turn_id, t.fence, t.worker_no IN (SELECT worker_no FROM alive)
FROM turns t
WHERE t.state = 'running'
    AND (t.lease_until < clock_timestamp() OR t.worker_no NOT IN (SELECT worker_no FROM alive))
ORDER BY t.first_unanswered_at LIMIT $2
"""

# statement_timestamp is stable, so the index on due_at can be searched by it; clock_timestamp is not.
# MATERIALIZED, else a plan may run the limited SELECT again and again, and lock more than its limit.
OVERDUE = """
WITH late AS MATERIALIZED (
    SELECT w.workspace_id, w.turn_id FROM turns w
    JOIN conversations c ON c.workspace_id = w.workspace_id AND c.conversation_id = w.conversation_id
    WHERE w.state = 'waiting' AND w.due_at < statement_timestamp() - $1::interval
        AND w.woken_at < statement_timestamp() - $1::interval AND c.state = 'bot' AND c.ai_enabled
        AND NOT EXISTS (
            SELECT FROM turns r WHERE r.workspace_id = w.workspace_id AND r.conversation_id = w.conversation_id
                AND r.state = 'running')
    ORDER BY w.due_at LIMIT 500 FOR UPDATE OF w SKIP LOCKED
)
UPDATE turns t SET woken_at = clock_timestamp() FROM late
WHERE t.workspace_id = late.workspace_id AND t.turn_id = late.turn_id
RETURNING t.workspace_id, t.conversation_id, t.priority
"""

FORGET_WORKERS = """
DELETE FROM workers w WHERE w.seen_at < clock_timestamp() - interval '1 day'
    AND NOT EXISTS (SELECT FROM turns t WHERE t.state = 'running' AND t.worker_no = w.worker_no)
"""


@dataclass(frozen=True, slots=True)
class Lost:
    """A running turn whose worker is dead or late."""

    workspace_id: UUID
    conversation_id: UUID
    turn_id: UUID
    fence: int
    worker_alive: bool


async def register(connection: Connection, name: str) -> int:
    """A number for this worker, and the advisory lock that says it lives, held by `connection`."""
    number: int = await connection.fetchval(REGISTER, name)
    await connection.execute(HOLD_LOCK, LOCK_CLASS, number)
    return number


async def seen(connection: Connection, number: int) -> None:
    """Note that the worker was there."""
    await connection.execute(SEEN, number)


async def renew(
    connection: Connection, held: Sequence[Claimed], number: int, lease: timedelta
) -> list[tuple[UUID, int]]:
    """Renew the leases and return (turn, fence) of the attempts that are no longer ours.

    `number` is the worker's: after its session was lost it comes back under a new one, and keeps what nobody took.
    """
    rows = await connection.fetch(
        RENEW,
        [claimed.workspace_id for claimed in held],
        [claimed.turn_id for claimed in held],
        [claimed.fence for claimed in held],
        lease,
        number,
    )
    return [tuple(row) for row in rows]


async def lost(maintenance: Maintenance) -> list[Lost]:
    """Running turns whose worker's lock is free or whose lease ran out, oldest first."""
    return [
        Lost(*row)
        for row in await maintenance.connection.fetch(LOST, LOCK_CLASS, LOST_BATCH, GRACE)
    ]


async def overdue(maintenance: Maintenance, late: timedelta) -> list[tuple[UUID, UUID, int]]:
    """(workspace, conversation, priority) of waiting turns that nobody took `late` after they were due.

    They are marked as woken.
    """
    return [tuple(row) for row in await maintenance.connection.fetch(OVERDUE, late)]


async def forget_workers(maintenance: Maintenance) -> None:
    """Delete the rows of workers not seen for a day."""
    await maintenance.connection.execute(FORGET_WORKERS)
