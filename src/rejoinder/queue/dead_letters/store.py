"""SQL of dead letters."""

from __future__ import annotations

from uuid import UUID

from rejoinder.db import Batch, Maintenance, Read, Tx, new_id
from rejoinder.queue.dead_letters.model import DeadLetter, Kind, Resolution

ADD = """
INSERT INTO dead_letters (workspace_id, dead_letter_id, kind, subject_id, conversation_id, error, attempts)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (subject_id, workspace_id) WHERE resolved_at IS NULL DO NOTHING
"""

_LETTER = """dead_letter_id, kind, subject_id, conversation_id, error, attempts, created_at, resolution, resolved_at,
    resolved_by, replayed_as"""

LETTER = f"SELECT {_LETTER} FROM dead_letters WHERE workspace_id = $1 AND dead_letter_id = $2"

PAGE = f"""
SELECT {_LETTER} FROM dead_letters
WHERE workspace_id = $1 AND dead_letter_id > $2 AND ($3::text IS NULL OR kind = $3)
    AND ($4::uuid IS NULL OR conversation_id = $4) AND (resolved_at IS NULL) = $5
ORDER BY dead_letter_id LIMIT $6
"""

OPEN_OF_ALL = f"""
SELECT w.slug, {_LETTER.replace("created_at", "l.created_at")} FROM dead_letters l
JOIN workspaces w ON w.workspace_id = l.workspace_id
WHERE l.resolved_at IS NULL AND ($1::text IS NULL OR l.kind = $1) AND l.dead_letter_id > $2
ORDER BY l.dead_letter_id LIMIT $3
"""

WORKSPACE_OF = "SELECT workspace_id FROM dead_letters WHERE dead_letter_id = $1"

RESOLVE = """
UPDATE dead_letters SET resolution = $3, resolved_at = clock_timestamp(), resolved_by = $4, replayed_as = $5
WHERE workspace_id = $1 AND dead_letter_id = $2 AND resolved_at IS NULL
RETURNING true
"""

RESOLVE_SUBJECT = """
UPDATE dead_letters SET resolution = $3, resolved_at = clock_timestamp(), resolved_by = $4
WHERE workspace_id = $1 AND subject_id = $2 AND resolved_at IS NULL
"""


def add(
    batch: Batch, kind: Kind, subject_id: UUID, conversation_id: UUID, error: str, attempts: int
) -> None:
    """Put it with the dead letters, once while it is open; the caller holds the conversation's lock."""
    batch.add(ADD, new_id(), kind, subject_id, conversation_id, error, attempts)


async def letter(read: Read, dead_letter_id: UUID) -> DeadLetter | None:
    """One dead letter, open or resolved."""
    row = await read.connection.fetchrow(LETTER, read.workspace_id, dead_letter_id)
    return DeadLetter(*row) if row else None


async def page(
    read: Read,
    after: UUID,
    limit: int,
    *,
    kind: Kind | None = None,
    conversation_id: UUID | None = None,
    is_open: bool = True,
) -> list[DeadLetter]:
    """Dead letters after an id, oldest first."""
    rows = await read.connection.fetch(
        PAGE, read.workspace_id, after, kind, conversation_id, is_open, limit
    )
    return [DeadLetter(*row) for row in rows]


async def open_of_all(
    maintenance: Maintenance, after: UUID, limit: int, kind: Kind | None = None
) -> list[tuple[str, DeadLetter]]:
    """(workspace's slug, open dead letter) of the whole installation after an id, oldest first."""
    rows = await maintenance.connection.fetch(OPEN_OF_ALL, kind, after, limit)
    return [(row[0], DeadLetter(*row[1:])) for row in rows]


async def workspace_of(maintenance: Maintenance, dead_letter_id: UUID) -> UUID | None:
    """Whose dead letter that is."""
    found: UUID | None = await maintenance.connection.fetchval(WORKSPACE_OF, dead_letter_id)
    return found


async def resolve(
    tx: Tx,
    dead_letter_id: UUID,
    resolution: Resolution,
    by: str,
    replayed_as: UUID | None = None,
) -> bool:
    """Close it; False when it was closed before."""
    closed = await tx.connection.fetchval(
        RESOLVE, tx.workspace_id, dead_letter_id, resolution, by, replayed_as
    )
    return closed is not None


def resolve_subject(batch: Batch, subject_id: UUID, resolution: Resolution, by: str) -> None:
    """Close the open one of a turn or a delivery, if there is one."""
    batch.add(RESOLVE_SUBJECT, subject_id, resolution, by)
