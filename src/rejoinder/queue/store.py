"""SQL on PgQueuer's tables that PgQueuer has no call for."""

from __future__ import annotations

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

# About three log rows a job; the turns tell the story, so an hour of them is enough.
PRUNE_LOG = """
DELETE FROM pgqueuer_log WHERE id IN (
    SELECT id FROM pgqueuer_log WHERE created < statement_timestamp() - interval '1 hour' LIMIT $1)
"""

# A wake-up that failed carries no truth: its turn was woken again by the sweeper long ago.
PRUNE_FAILED = """
DELETE FROM pgqueuer WHERE id IN (
    SELECT id FROM pgqueuer WHERE status = 'failed' AND updated < statement_timestamp() - interval '1 day' LIMIT $1)
"""


async def prune(maintenance: Maintenance) -> None:
    """Delete the queue's log lines after an hour and its failed jobs after a day."""
    for statement in (PRUNE_LOG, PRUNE_FAILED):
        while await maintenance.connection.execute(statement, _BATCH) == f"DELETE {_BATCH}":
            pass
