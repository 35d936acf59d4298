"""SQL of media. A row whose `next_try_at` lies ahead is being fetched, or waits for its next try."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Literal
from uuid import UUID

import asyncpg

from rejoinder.db import Batch, Maintenance, Read, Tx
from rejoinder.media.model import Claimed, File, Kept, NewFile

ADD = """
INSERT INTO media (workspace_id, media_id, channel_id, message_id, kind, source, state, told_type, filename)
VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8)
"""

ADD_READY = """
INSERT INTO media (workspace_id, media_id, kind, state, told_type, filename, mime_type, size, sha256, key, stored_at)
VALUES ($1, $2, $3, 'ready', $4, $5, $6, $7, $8, $9, clock_timestamp())
RETURNING created_at
"""

FILE = """
SELECT media_id, channel_id, message_id, kind, state, told_type, mime_type, filename, size, key, transcript, error,
    created_at
FROM media WHERE workspace_id = $1 AND media_id = ANY ($2::uuid[])
"""

# The try counts from here, so that a file which kills whoever reads it is given up some time.
CLAIM = """
UPDATE media m SET attempts = m.attempts + 1, next_try_at = clock_timestamp() + $3::interval
WHERE m.workspace_id = $1 AND m.media_id = $2 AND m.state = 'waiting' AND m.next_try_at <= clock_timestamp()
RETURNING m.workspace_id, m.media_id, m.channel_id, m.message_id,
    (SELECT c.contact_id FROM messages x
     JOIN conversations c ON c.workspace_id = x.workspace_id AND c.conversation_id = x.conversation_id
     WHERE x.workspace_id = m.workspace_id AND x.message_id = m.message_id),
    coalesce((SELECT x.sender_type = 'customer' FROM messages x
     WHERE x.workspace_id = m.workspace_id AND x.message_id = m.message_id), false),
    m.kind, m.source, m.told_type, m.filename, m.attempts, m.created_at
"""

HOLD = """
UPDATE media SET next_try_at = clock_timestamp() + $4::interval
WHERE workspace_id = $1 AND media_id = $2 AND attempts = $3 AND state = 'waiting'
"""

READY = """
UPDATE media SET state = 'ready', key = $4, size = $5, sha256 = $6, mime_type = $7, transcript = $8, error = NULL,
    stored_at = clock_timestamp()
WHERE workspace_id = $1 AND media_id = $2 AND attempts = $3 AND state = 'waiting'
"""

AGAIN = """
UPDATE media SET next_try_at = clock_timestamp() + $4::interval, error = $5
WHERE workspace_id = $1 AND media_id = $2 AND attempts = $3 AND state = 'waiting'
"""

END = """
UPDATE media SET state = $4, error = $5
WHERE workspace_id = $1 AND media_id = $2 AND attempts = $3 AND state = 'waiting'
"""

# They count as due from now on, so that none is found twice in a row.
OVERDUE = """
WITH late AS MATERIALIZED (
    SELECT workspace_id, media_id FROM media
    WHERE state = 'waiting' AND next_try_at < statement_timestamp() - $1::interval
    ORDER BY next_try_at LIMIT 500 FOR UPDATE SKIP LOCKED
)
UPDATE media m SET next_try_at = clock_timestamp() FROM late
WHERE m.workspace_id = late.workspace_id AND m.media_id = late.media_id
RETURNING m.workspace_id, m.media_id
"""

FORGET = """
WITH old AS MATERIALIZED (
    SELECT workspace_id, media_id FROM media
    WHERE created_at < statement_timestamp() - $1::interval AND state <> 'waiting'
    LIMIT $2 FOR UPDATE SKIP LOCKED
)
DELETE FROM media m USING old WHERE m.workspace_id = old.workspace_id AND m.media_id = old.media_id
RETURNING m.key
"""

# Of the workspaces of this database alone: the store may be another installation's as well.
UNKNOWN = """
SELECT k.workspace_id, k.media_id FROM unnest($1::uuid[], $2::uuid[]) AS k (workspace_id, media_id)
JOIN workspaces w ON w.workspace_id = k.workspace_id
LEFT JOIN media m ON m.workspace_id = k.workspace_id AND m.media_id = k.media_id
WHERE m.media_id IS NULL
"""

TRY_LOCK = "SELECT pg_try_advisory_lock($1)"

LOCK_CLASS = 20556
"""Key of the session lock of whoever goes through the store."""


def add(batch: Batch, files: Sequence[NewFile]) -> None:
    """Store files that are still to be fetched, with their message."""
    for file in files:
        batch.add(
            ADD,
            file.media_id,
            file.channel_id,
            file.message_id,
            file.kind,
            file.source,
            file.told_type,
            file.filename,
        )


async def add_ready(
    tx: Tx, media_id: UUID, kind: str, told_type: str | None, filename: str | None, kept: Kept
) -> None:
    """Store a file that was handed in here; its bytes are in the store."""
    await tx.connection.execute(
        ADD_READY,
        tx.workspace_id,
        media_id,
        kind,
        told_type,
        filename,
        kept.mime_type,
        kept.size,
        kept.sha256,
        kept.key,
    )


async def files(read: Read, media_ids: Collection[UUID]) -> dict[UUID, File]:
    """Those of the ids that are there."""
    rows = await read.connection.fetch(FILE, read.workspace_id, list(media_ids))
    return {row["media_id"]: File(*row) for row in rows}


async def file(read: Read, media_id: UUID) -> File | None:
    """One file."""
    return (await files(read, [media_id])).get(media_id)


async def claim(tx: Tx, media_id: UUID, lease: timedelta) -> Claimed | None:
    """Take the file for this worker for the time of `lease`; None when it is taken, not due or done."""
    row: asyncpg.Record | None = await tx.connection.fetchrow(
        CLAIM, tx.workspace_id, media_id, lease
    )
    return Claimed(*row) if row else None


async def hold(tx: Tx, claimed: Claimed, lease: timedelta) -> bool:
    """Keep it for longer; False when it is another's by now."""
    done: str = await tx.connection.execute(
        HOLD, tx.workspace_id, claimed.media_id, claimed.attempt, lease
    )
    return done == "UPDATE 1"


def ready(batch: Batch, claimed: Claimed, kept: Kept, transcript: str | None) -> None:
    """waiting → ready."""
    batch.add(
        READY,
        claimed.media_id,
        claimed.attempt,
        kept.key,
        kept.size,
        kept.sha256,
        kept.mime_type,
        transcript,
    )


def again(batch: Batch, claimed: Claimed, pause: timedelta, why: str) -> None:
    """Another try after `pause`."""
    batch.add(AGAIN, claimed.media_id, claimed.attempt, pause, why)


def end(batch: Batch, claimed: Claimed, state: Literal["refused", "failed"], why: str) -> None:
    """No further try."""
    batch.add(END, claimed.media_id, claimed.attempt, state, why)


async def overdue(maintenance: Maintenance, late: timedelta) -> list[tuple[UUID, UUID]]:
    """(workspace, media) of what nobody has fetched `late` after it was due."""
    return [tuple(row) for row in await maintenance.connection.fetch(OVERDUE, late)]


async def forget(maintenance: Maintenance, older: timedelta, most: int) -> list[str | None]:
    """Delete the rows of files older than that, `most` at a time; returns their keys."""
    rows = await maintenance.connection.fetch(FORGET, older, most)
    return [row["key"] for row in rows]


async def unknown(
    maintenance: Maintenance, ids: Sequence[tuple[UUID, UUID]]
) -> set[tuple[UUID, UUID]]:
    """Those of the (workspace, media) ids that are of a workspace here, and have no row."""
    rows = await maintenance.connection.fetch(
        UNKNOWN, [workspace for workspace, _ in ids], [media for _, media in ids]
    )
    return {(row[0], row[1]) for row in rows}


async def try_lock(connection: asyncpg.Connection[asyncpg.Record]) -> bool:
    """Keep others from going through the store until the session ends; False when one does."""
    locked: bool = await connection.fetchval(TRY_LOCK, LOCK_CLASS)
    return locked
