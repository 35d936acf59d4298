"""SQL on PgQueuer's tables that PgQueuer has no call for."""

from __future__ import annotations

from rejoinder.db import Maintenance

# About three log rows a job; the turns tell the story, so an hour of them is enough.
PRUNE_LOG = "DELETE FROM pgqueuer_log WHERE created < clock_timestamp() - interval '1 hour'"

# A wake-up that failed carries no truth: its turn was woken again by the sweeper long ago.
PRUNE_FAILED = """
DELETE FROM pgqueuer WHERE status = 'failed' AND updated < clock_timestamp() - interval '1 day'
"""


async def prune(maintenance: Maintenance) -> None:
    """Delete the queue's log lines after an hour and its failed jobs after a day."""
    await maintenance.connection.execute(PRUNE_LOG)
    await maintenance.connection.execute(PRUNE_FAILED)
