"""SQL of the lanes' statistics: of one workspace, and of the installation.

A turn or a delivery knows better than its wake-up what becomes of it, so those two lanes count our own rows. The other
lanes' numbers are the queue's, which knows no workspaces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from rejoinder.db import Connection


@dataclass(frozen=True, slots=True)
class Counts:
    """What a lane holds and did. `oldest` is the age of the longest due, in seconds; the rest are numbers of items.

    `completed` and `failed` are what docs/queues.md says; `throughput` is what ended in the last 60 s.
    """

    waiting: int = 0
    delayed: int = 0
    active: int = 0
    completed: int = 0
    throughput: int = 0
    failed: int = 0
    oldest: float | None = None


TURNS = """
SELECT w.waiting, w.delayed, r.active, e.completed, e.throughput, f.failed, w.oldest FROM (
    SELECT count(*) FILTER (WHERE due_at <= statement_timestamp()) AS waiting,
        count(*) FILTER (WHERE due_at > statement_timestamp()) AS delayed,
        extract(epoch FROM statement_timestamp() - min(due_at))::float8 AS oldest
    FROM turns WHERE workspace_id = $1 AND state = 'waiting'
) w, (
    SELECT count(*) AS active FROM turns WHERE workspace_id = $1 AND state = 'running'
) r, (
    SELECT count(*) AS completed,
        count(*) FILTER (WHERE ended_at > statement_timestamp() - interval '1 minute') AS throughput
    FROM turns
    WHERE workspace_id = $1 AND ended_at > statement_timestamp() - interval '1 hour'
        AND state IN ('committed', 'handed_off') AND decision IS NOT NULL
) e, (
    SELECT count(*) AS failed FROM dead_letters
    WHERE workspace_id = $1 AND kind = 'turn' AND resolved_at IS NULL
) f
"""

DELIVERIES = """
SELECT platform, sum(waiting)::bigint, sum(delayed)::bigint, sum(active)::bigint, sum(completed)::bigint,
    sum(throughput)::bigint, sum(failed)::bigint, max(oldest) FROM (
    SELECT o.platform, count(*) FILTER (WHERE o.status = 'queued' AND o.due_at <= statement_timestamp()) AS waiting,
        count(*) FILTER (WHERE o.status = 'queued' AND o.due_at > statement_timestamp()) AS delayed,
        count(*) FILTER (WHERE o.status = 'sending') AS active, 0 AS completed, 0 AS throughput, 0 AS failed,
        extract(epoch FROM statement_timestamp()
            - min(o.due_at) FILTER (WHERE o.status = 'queued' AND o.due_at <= statement_timestamp()))::float8 AS oldest
    FROM (
        SELECT ch.platform, d.status, greatest(coalesce(d.next_try_at, d.created_at), ch.paused_until) AS due_at
        FROM deliveries d
        JOIN conversations c ON c.workspace_id = d.workspace_id AND c.conversation_id = d.conversation_id
        JOIN channels ch ON ch.workspace_id = c.workspace_id AND ch.channel_id = c.channel_id
        WHERE d.workspace_id = $1 AND d.status IN ('queued', 'sending')
    ) o GROUP BY o.platform
    UNION ALL
    SELECT ch.platform, 0, 0, 0, count(*),
        count(*) FILTER (WHERE d.sent_at > statement_timestamp() - interval '1 minute'), 0, NULL
    FROM deliveries d
    JOIN conversations c ON c.workspace_id = d.workspace_id AND c.conversation_id = d.conversation_id
    JOIN channels ch ON ch.workspace_id = c.workspace_id AND ch.channel_id = c.channel_id
    WHERE d.workspace_id = $1 AND d.sent_at > statement_timestamp() - interval '1 hour' GROUP BY ch.platform
    UNION ALL
    SELECT ch.platform, 0, 0, 0, 0, 0, count(*), NULL
    FROM dead_letters l
    JOIN conversations c ON c.workspace_id = l.workspace_id AND c.conversation_id = l.conversation_id
    JOIN channels ch ON ch.workspace_id = c.workspace_id AND ch.channel_id = c.channel_id
    WHERE l.workspace_id = $1 AND l.kind = 'delivery' AND l.resolved_at IS NULL GROUP BY ch.platform
) counted GROUP BY platform
"""


def _of_all(statement: str) -> str:
    return re.sub(r"(\w+\.)?workspace_id = \$1", "true", statement)


TURNS_OF_ALL = _of_all(TURNS)
DELIVERIES_OF_ALL = _of_all(DELIVERIES)

# `unreadable` are held jobs without the 32 bytes of a workspace and a conversation: they are nobody's.
JOBS = """
SELECT entrypoint, count(*) FILTER (WHERE status = 'queued' AND execute_after <= statement_timestamp()) AS waiting,
    count(*) FILTER (WHERE status = 'queued' AND execute_after > statement_timestamp()) AS delayed,
    count(*) FILTER (WHERE status = 'picked') AS active,
    count(*) FILTER (WHERE status = 'failed') AS failed,
    count(*) FILTER (WHERE status = 'failed' AND octet_length(coalesce(payload, '')) <> 32) AS unreadable,
    extract(epoch FROM statement_timestamp()
        - min(execute_after) FILTER (WHERE status = 'queued' AND execute_after <= statement_timestamp()))::float8
        AS oldest
FROM pgqueuer GROUP BY entrypoint
"""

LOGGED = """
SELECT entrypoint, count(*) AS completed,
    count(*) FILTER (WHERE created > statement_timestamp() - interval '1 minute') AS throughput
FROM pgqueuer_log
WHERE created > statement_timestamp() - interval '1 hour' AND status = 'successful' AND entrypoint = ANY ($1)
GROUP BY entrypoint
"""


@dataclass(frozen=True, slots=True)
class Held:
    """Jobs of a lane that are held as failed, and those of them that nobody could read."""

    counts: Counts
    unreadable: int


def _held(row: asyncpg.Record | None, completed: int, throughput: int) -> Held:
    if row is None:
        return Held(Counts(completed=completed, throughput=throughput), 0)
    _, waiting, delayed, active, failed, unreadable, oldest = row
    return Held(Counts(waiting, delayed, active, completed, throughput, failed, oldest), unreadable)


async def turns(connection: Connection, workspace_id: UUID | None) -> Counts:
    """The lane of turns; the installation's without a workspace."""
    row = (
        await connection.fetchrow(TURNS, workspace_id)
        if workspace_id
        else await connection.fetchrow(TURNS_OF_ALL)
    )
    assert row is not None, "counts are one row"
    waiting, delayed, active, completed, throughput, failed, oldest = row
    return Counts(
        waiting, delayed, active, completed, throughput, failed, oldest if waiting else None
    )


async def deliveries(connection: Connection, workspace_id: UUID | None) -> dict[str, Counts]:
    """Each platform's lane; the installation's without a workspace."""
    rows = (
        await connection.fetch(DELIVERIES, workspace_id)
        if workspace_id
        else await connection.fetch(DELIVERIES_OF_ALL)
    )
    return {row[0]: Counts(*row[1:]) for row in rows}


async def jobs(connection: Connection, logged: list[str]) -> dict[str, Held]:
    """The queue's own rows of every lane, and of the `logged` ones also what ended."""
    ended = {row[0]: (row[1], row[2]) for row in await connection.fetch(LOGGED, logged)}
    found = {row["entrypoint"]: row for row in await connection.fetch(JOBS)}
    return {lane: _held(found.get(lane), *ended.get(lane, (0, 0))) for lane in {*found, *ended}}
