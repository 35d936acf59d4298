"""SQL on PgQueuer's tables that PgQueuer has no call for."""

from __future__ import annotations

from datetime import timedelta

from rejoinder.db import Maintenance


def _enqueue(first: int) -> str:
    # What PgQueuer's own enqueue does, as one INSERT that can be part of a step; a test holds the two alike. It leaves
    # out the log's line `queued`, which nobody reads and which has five indexes.
    lane, payload, priority, delay = (f"${number}" for number in range(first, first + 4))
    return f"""
INSERT INTO pgqueuer (entrypoint, payload, priority, execute_after, headers, status)
SELECT j.lane, j.payload, j.priority, now() + j.delay, 'null', 'queued'
FROM unnest({lane}::text[], {payload}::bytea[], {priority}::int[], {delay}::interval[])
    AS j (lane, payload, priority, delay)
"""


# In a step $1 is the workspace.
ENQUEUE = _enqueue(2)

ENQUEUE_ALONE = _enqueue(1)

_BATCH = 20_000  # rows a statement: it must end well within the session's statement_timeout

PRUNE_LOG = """
DELETE FROM pgqueuer_log WHERE id IN (
    SELECT id FROM pgqueuer_log WHERE created < statement_timestamp() - $2::interval LIMIT $1)
"""

PRUNE_FAILED = """
DELETE FROM pgqueuer WHERE id IN (
    SELECT id FROM pgqueuer WHERE status = 'failed' AND updated < statement_timestamp() - $2::interval LIMIT $1)
"""

# PgQueuer writes `updated` of a queued job only when it is enqueued, taken or put back: it can tell when the job was
# last raised. Those that have waited longest come first, so that whoever gets higher here is also taken soon.
# With 50,000 queued: 50 to 190 ms for a full batch, 2 to 5 ms when nothing is old enough.
# Materialized: a plan that ran the inner part again would find other rows each time, past the limit.
WAITING_LANES = """
SELECT DISTINCT entrypoint FROM pgqueuer WHERE status = 'queued' AND execute_after <= statement_timestamp()
"""

AGE = """
WITH old AS MATERIALIZED (
    SELECT id FROM pgqueuer
    WHERE status = 'queued' AND execute_after < statement_timestamp() - interval '30 s'
        AND updated < statement_timestamp() - interval '30 s' AND priority < 200
    ORDER BY execute_after LIMIT $1 FOR UPDATE SKIP LOCKED
)
UPDATE pgqueuer q SET priority = least(q.priority + 10, 200), updated = clock_timestamp() FROM old WHERE q.id = old.id
"""
_AGED = 5_000

# What PgQueuer asks in three statements each time it has found nothing more to take. Zero for a job that is due.
NEXT_DUE = """
SELECT CASE WHEN EXISTS (
    SELECT FROM pgqueuer WHERE entrypoint = ANY ($1) AND status = 'queued' AND execute_after <= now()
) THEN interval '0' ELSE (
    SELECT min(execute_after) - now() FROM pgqueuer WHERE entrypoint = ANY ($1) AND status = 'queued'
) END AS due
"""

FAIL_UNKNOWN = """
WITH unknown AS MATERIALIZED (
    SELECT id FROM pgqueuer
    WHERE status = 'queued' AND entrypoint <> ALL ($1) AND execute_after < statement_timestamp() - $2::interval
    LIMIT $3 FOR UPDATE SKIP LOCKED
), failed AS (
    UPDATE pgqueuer q SET status = 'failed', updated = clock_timestamp() FROM unknown WHERE q.id = unknown.id
    RETURNING q.entrypoint
)
SELECT entrypoint, count(*) FROM failed GROUP BY entrypoint
"""


async def prune(
    maintenance: Maintenance, finished: timedelta, failed: timedelta
) -> tuple[int, int]:
    """Delete the queue's log lines and its failed jobs that are older; returns how many of each."""
    return (
        await _delete(maintenance, PRUNE_LOG, finished),
        await _delete(maintenance, PRUNE_FAILED, failed),
    )


async def _delete(maintenance: Maintenance, statement: str, older: timedelta) -> int:
    deleted = 0
    while batch := _rows(await maintenance.connection.execute(statement, _BATCH, older)):
        deleted += batch
        if batch < _BATCH:
            break
    return deleted


async def waiting_lanes(maintenance: Maintenance) -> list[str]:
    """The lanes in which a job is due that nobody has taken yet."""
    return [row[0] for row in await maintenance.connection.fetch(WAITING_LANES)]


async def age(maintenance: Maintenance) -> int:
    """Raise jobs that wait, at most a batch; returns how many."""
    return _rows(await maintenance.connection.execute(AGE, _AGED))


async def fail_unknown(
    maintenance: Maintenance, known: list[str], waited: timedelta
) -> list[tuple[str, int]]:
    """queued → failed for jobs of lanes not `known` that have waited so long; (lane, how many)."""
    rows = await maintenance.connection.fetch(FAIL_UNKNOWN, known, waited, _BATCH)
    return [tuple(row) for row in rows]


def _rows(status: str) -> int:
    return int(status.rsplit(" ", 1)[1])
