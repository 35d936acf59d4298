"""SQL of the intake.

`threads` are those whose messages wait in a body: what comes later for one of them queues behind it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from rejoinder.db import Batch, Maintenance, Read, Tx
from rejoinder.inbound.intake.model import Entry, InHand, State

_ENTRY = """intake_id, channel_id, state, reason, attempts, length(body) AS size, received_at, next_try_at, resolved_at,
    resolved_by"""

ADD = """
INSERT INTO intake (workspace_id, intake_id, channel_id, body, state, reason, threads)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""

# Which of these threads have a message that waits. The partial index holds what waits alone, which is next to nothing.
HELD = """
SELECT DISTINCT t.thread FROM intake i CROSS JOIN LATERAL unnest(i.threads) AS t (thread)
WHERE i.workspace_id = $1 AND i.channel_id = $2 AND i.state = 'waiting' AND t.thread = ANY ($3::text[])
"""

# The one whose time has come takes a lease: who dies with it in hand is followed by another when it has run out. An
# earlier body of a thread goes first. A job may be a little early: its clock is its transaction's.
CLAIM = """
UPDATE intake i SET attempts = i.attempts + 1, next_try_at = clock_timestamp() + $3::interval
FROM channels c
WHERE i.workspace_id = $1 AND i.intake_id = $2 AND i.state = 'waiting'
    AND i.next_try_at <= clock_timestamp() + interval '100 ms'
    AND c.workspace_id = $1 AND c.channel_id = i.channel_id
    AND NOT EXISTS (
        SELECT FROM intake e
        WHERE e.workspace_id = $1 AND e.channel_id = i.channel_id AND e.state = 'waiting' AND e.threads && i.threads
            AND (e.received_at, e.intake_id) < (i.received_at, i.intake_id))
RETURNING i.intake_id, i.channel_id, c.platform, i.body, i.attempts, i.threads
"""

POSTPONE = """
UPDATE intake SET next_try_at = clock_timestamp() + $3::interval, reason = $4, threads = $5
WHERE workspace_id = $1 AND intake_id = $2 AND state = 'waiting'
"""

APPLIED = """
UPDATE intake SET state = 'applied', threads = '{}', resolved_at = clock_timestamp(), resolved_by = $3
WHERE workspace_id = $1 AND intake_id = $2 AND state = 'waiting'
"""

QUARANTINE = """
UPDATE intake SET state = 'quarantined', threads = '{}', reason = $3
WHERE workspace_id = $1 AND intake_id = $2 AND state = 'waiting'
"""

# For each of these threads the body that is first now.
NEXT = """
SELECT DISTINCT ON (t.thread) i.intake_id FROM intake i CROSS JOIN LATERAL unnest(i.threads) AS t (thread)
WHERE i.workspace_id = $1 AND i.channel_id = $2 AND i.state = 'waiting' AND t.thread = ANY ($3::text[])
ORDER BY t.thread, i.received_at, i.intake_id
"""

REPLAY = """
UPDATE intake SET state = 'waiting', attempts = 0, next_try_at = clock_timestamp()
WHERE workspace_id = $1 AND intake_id = $2 AND state = 'quarantined' RETURNING true
"""

DISCARD = """
WITH old AS MATERIALIZED (
    SELECT intake_id, channel_id, threads FROM intake
    WHERE workspace_id = $1 AND intake_id = $2 AND state IN ('waiting', 'quarantined') FOR NO KEY UPDATE
)
UPDATE intake i SET state = 'discarded', threads = '{}', resolved_at = clock_timestamp(), resolved_by = $3
FROM old WHERE i.workspace_id = $1 AND i.intake_id = old.intake_id RETURNING old.channel_id, old.threads
"""

ENTRY = f"SELECT {_ENTRY} FROM intake WHERE workspace_id = $1 AND intake_id = $2"

BODY = "SELECT body FROM intake WHERE workspace_id = $1 AND intake_id = $2"

PAGE = f"""
SELECT {_ENTRY} FROM intake
WHERE workspace_id = $1 AND intake_id > $2 AND ($3::text IS NULL OR state = $3)
    AND ($4::uuid IS NULL OR channel_id = $4)
ORDER BY intake_id LIMIT $5
"""

OF_ALL = f"""
SELECT w.slug, i.* FROM (
    SELECT workspace_id, {_ENTRY} FROM intake WHERE state = $1 AND intake_id > $2 ORDER BY intake_id LIMIT $3
) i JOIN workspaces w ON w.workspace_id = i.workspace_id ORDER BY i.intake_id
"""

WORKSPACE_OF = "SELECT workspace_id FROM intake WHERE intake_id = $1"

# Each is found once a round: it counts as due from now on.
OVERDUE = """
WITH late AS MATERIALIZED (
    SELECT workspace_id, intake_id FROM intake
    WHERE state = 'waiting' AND next_try_at < statement_timestamp() - $1::interval
    ORDER BY next_try_at LIMIT 500 FOR UPDATE SKIP LOCKED
)
UPDATE intake i SET next_try_at = clock_timestamp() FROM late
WHERE i.workspace_id = late.workspace_id AND i.intake_id = late.intake_id
RETURNING i.workspace_id, i.intake_id
"""

FORGET = """
WITH old AS MATERIALIZED (
    SELECT workspace_id, intake_id FROM intake
    WHERE resolved_at < statement_timestamp() - $1::interval LIMIT 1000 FOR UPDATE SKIP LOCKED
)
DELETE FROM intake i USING old WHERE i.workspace_id = old.workspace_id AND i.intake_id = old.intake_id
"""

COUNTS = (
    "SELECT state, count(*) FROM intake WHERE state IN ('waiting', 'quarantined') GROUP BY state"
)


def add(
    batch: Batch,
    intake_id: UUID,
    channel_id: UUID,
    body: bytes,
    state: State,
    reason: str,
    threads: Iterable[str],
) -> None:
    """Keep a body."""
    batch.add(ADD, intake_id, channel_id, body, state, reason, sorted(set(threads)))


async def held(read: Read, channel_id: UUID, threads: Iterable[str]) -> frozenset[str]:
    """Those of the threads of which a message waits."""
    rows = await read.connection.fetch(HELD, read.workspace_id, channel_id, list(threads))
    return frozenset(row[0] for row in rows)


async def claim(tx: Tx, intake_id: UUID, lease: timedelta) -> InHand | None:
    """Take a waiting body in hand; None when it is resolved, not due, in other hands, or not the first of a thread."""
    row = await tx.connection.fetchrow(CLAIM, tx.workspace_id, intake_id, lease)
    if row is None:
        return None
    taken, channel_id, platform, body, attempts, threads = row
    return InHand(taken, channel_id, platform, body, attempts, tuple(threads))


def postpone(
    batch: Batch, intake_id: UUID, delay: timedelta, reason: str, threads: Iterable[str]
) -> None:
    """It waits on, for messages of these threads among others."""
    batch.add(POSTPONE, intake_id, delay, reason, sorted(set(threads)))


def applied(batch: Batch, intake_id: UUID, by: str) -> None:
    """waiting → applied."""
    batch.add(APPLIED, intake_id, by)


def quarantine(batch: Batch, intake_id: UUID, reason: str) -> None:
    """waiting → quarantined."""
    batch.add(QUARANTINE, intake_id, reason)


async def following(tx: Tx, channel_id: UUID, threads: Iterable[str]) -> set[UUID]:
    """The bodies that are the first of one of these threads now."""
    rows = await tx.connection.fetch(NEXT, tx.workspace_id, channel_id, list(threads))
    return {row[0] for row in rows}


async def replay(tx: Tx, intake_id: UUID) -> bool:
    """quarantined → waiting; False when it was not."""
    return bool(await tx.connection.fetchval(REPLAY, tx.workspace_id, intake_id))


async def discard(tx: Tx, intake_id: UUID, by: str) -> tuple[UUID, list[str]] | None:
    """waiting or quarantined → discarded: its channel and the threads that waited for it; None when it was neither."""
    row = await tx.connection.fetchrow(DISCARD, tx.workspace_id, intake_id, by)
    return (row[0], row[1]) if row else None


async def entry(read: Read, intake_id: UUID) -> Entry | None:
    """One entry."""
    row = await read.connection.fetchrow(ENTRY, read.workspace_id, intake_id)
    return Entry(*row) if row else None


async def body(read: Read, intake_id: UUID) -> bytes:
    """The bytes as they came; none for an entry that is gone."""
    found: bytes | None = await read.connection.fetchval(BODY, read.workspace_id, intake_id)
    return found or b""


async def page(
    read: Read,
    after: UUID,
    limit: int,
    *,
    state: State | None = None,
    channel_id: UUID | None = None,
) -> list[Entry]:
    """Entries after an id, oldest first."""
    rows = await read.connection.fetch(PAGE, read.workspace_id, after, state, channel_id, limit)
    return [Entry(*row) for row in rows]


async def of_all(
    maintenance: Maintenance, state: State, after: UUID, limit: int
) -> list[tuple[str, Entry]]:
    """(workspace's slug, entry) of the whole installation after an id, oldest first."""
    rows = await maintenance.connection.fetch(OF_ALL, state, after, limit)
    return [(row[0], Entry(*row[2:])) for row in rows]


async def workspace_of(maintenance: Maintenance, intake_id: UUID) -> UUID | None:
    """Whose entry that is."""
    found: UUID | None = await maintenance.connection.fetchval(WORKSPACE_OF, intake_id)
    return found


async def overdue(maintenance: Maintenance, late: timedelta) -> list[tuple[UUID, UUID]]:
    """(workspace, entry) of what nobody tried `late` after it was due."""
    return [tuple(row) for row in await maintenance.connection.fetch(OVERDUE, late)]


async def forget(maintenance: Maintenance, older: timedelta) -> int:
    """Delete what was resolved before that, a batch of it; returns how many."""
    done = await maintenance.connection.execute(FORGET, older)
    return int(done.rsplit(" ", 1)[1])


async def counts(maintenance: Maintenance) -> dict[str, int]:
    """How many wait and how many are quarantined, whosever they are."""
    return {row[0]: row[1] for row in await maintenance.connection.fetch(COUNTS)}
