"""SQL of sources.

`due_at` is when a source is to be read; while it is being read, until when its worker's claim holds; `infinity` where
nobody asked for another time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from uuid import UUID

import asyncpg
from pydantic import JsonValue

from rejoinder.db import Maintenance, Read, Tx
from rejoinder.knowledge.importing.websites.model import Claimed, Kind, Known, Options, Source

ADD = """
INSERT INTO knowledge_sources (workspace_id, source_id, base_id, kind, url, options, every)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (workspace_id, base_id, url) DO NOTHING
"""

_SOURCE = """source_id, base_id, kind, url, options, every, state, error, pages,
    CASE WHEN state <> 'running' AND due_at < 'infinity' THEN due_at END, begun_at, done_at, created_at"""

LIST = f"""
SELECT {_SOURCE} FROM knowledge_sources
WHERE workspace_id = $1 AND source_id > $2 AND ($3::uuid IS NULL OR base_id = $3) ORDER BY source_id LIMIT $4
"""

ONE = f"SELECT {_SOURCE} FROM knowledge_sources WHERE workspace_id = $1 AND source_id = $2"

AT = (
    f"SELECT {_SOURCE} FROM knowledge_sources WHERE workspace_id = $1 AND base_id = $2 AND url = $3"
)

REFRESH = """
UPDATE knowledge_sources SET state = 'waiting', due_at = clock_timestamp()
WHERE workspace_id = $1 AND source_id = $2 AND (state <> 'running' OR due_at <= clock_timestamp())
"""

DELETE = "DELETE FROM knowledge_sources WHERE workspace_id = $1 AND source_id = $2"

# One that is being read is due again when its worker's claim has run out.
CLAIM = """
UPDATE knowledge_sources s
SET state = 'running', begun_at = clock_timestamp(), due_at = clock_timestamp() + $3::interval
WHERE s.workspace_id = $1 AND s.source_id = $2 AND s.due_at <= clock_timestamp()
    AND s.state IN ('waiting', 'running', 'done', 'failed')
RETURNING s.workspace_id, s.source_id, s.base_id, s.kind, s.url, s.options, s.begun_at,
    (SELECT w.allow_private_networks FROM workspaces w WHERE w.workspace_id = s.workspace_id)
"""

HOLD = """
UPDATE knowledge_sources SET due_at = clock_timestamp() + $4::interval
WHERE workspace_id = $1 AND source_id = $2 AND begun_at = $3 AND state = 'running'
"""

RELEASE = """
UPDATE knowledge_sources SET state = 'waiting', due_at = clock_timestamp()
WHERE workspace_id = $1 AND source_id = $2 AND begun_at = $3 AND state = 'running'
"""

END = """
UPDATE knowledge_sources SET state = $4, error = $5, pages = $6, done_at = clock_timestamp(),
    due_at = coalesce(clock_timestamp() + every, 'infinity')
WHERE workspace_id = $1 AND source_id = $2 AND begun_at = $3 AND state = 'running'
"""

# No pages of it are claimed to be there that are not.
COUNT = "SELECT count(*) FROM knowledge_documents WHERE workspace_id = $1 AND source_id = $2"

VANISHED = """
DELETE FROM knowledge_documents WHERE workspace_id = $1 AND source_id = $2 AND NOT (source = ANY ($3::text[]))
"""

KNOWN = """
SELECT source, digest, fetched FROM knowledge_documents WHERE workspace_id = $1 AND source_id = $2
"""

# They count as due from now on, so that none is found twice in a row.
OVERDUE = """
WITH late AS MATERIALIZED (
    SELECT workspace_id, source_id FROM knowledge_sources
    WHERE due_at < statement_timestamp() - $1::interval
    ORDER BY due_at LIMIT 500 FOR UPDATE SKIP LOCKED
)
UPDATE knowledge_sources s SET due_at = clock_timestamp() FROM late
WHERE s.workspace_id = late.workspace_id AND s.source_id = late.source_id
RETURNING s.workspace_id, s.source_id
"""


async def add(
    tx: Tx,
    source_id: UUID,
    base_id: UUID,
    kind: Kind,
    url: str,
    options: Options,
    every: timedelta | None,
) -> bool:
    """Add a source, due now; False when its base has that address. Raises asyncpg's ForeignKeyViolationError."""
    status: str = await tx.connection.execute(
        ADD, tx.workspace_id, source_id, base_id, kind, url, options.stored(), every
    )
    return status == "INSERT 0 1"


async def sources(read: Read, after: UUID, limit: int, base_id: UUID | None = None) -> list[Source]:
    """Sources after an id, oldest first."""
    rows = await read.connection.fetch(LIST, read.workspace_id, after, base_id, limit)
    return [_source(row) for row in rows]


async def source(read: Read, source_id: UUID) -> Source | None:
    """One source."""
    row = await read.connection.fetchrow(ONE, read.workspace_id, source_id)
    return _source(row) if row else None


async def source_at(read: Read, base_id: UUID, url: str) -> Source | None:
    """The source of that address in a base."""
    row = await read.connection.fetchrow(AT, read.workspace_id, base_id, url)
    return _source(row) if row else None


async def refresh(tx: Tx, source_id: UUID) -> bool:
    """Make it due now; False when it is being read, or not there."""
    status: str = await tx.connection.execute(REFRESH, tx.workspace_id, source_id)
    return status == "UPDATE 1"


async def delete(tx: Tx, source_id: UUID) -> bool:
    """Delete a source with its documents; False if there is none."""
    status: str = await tx.connection.execute(DELETE, tx.workspace_id, source_id)
    return status == "DELETE 1"


async def claim(tx: Tx, source_id: UUID, lease: timedelta) -> Claimed | None:
    """Take it for this worker for the time of `lease`; None when it is taken, not due or gone."""
    row: asyncpg.Record | None = await tx.connection.fetchrow(
        CLAIM, tx.workspace_id, source_id, lease
    )
    if row is None:
        return None
    workspace_id, source_id, base_id, kind, url, options, begun_at, allow_private = row
    read = Options.read(options)
    return Claimed(workspace_id, source_id, base_id, kind, url, read, begun_at, bool(allow_private))


async def hold(tx: Tx, claimed: Claimed, lease: timedelta) -> bool:
    """Keep it for longer; False when it is another's by now, or gone."""
    status: str = await tx.connection.execute(
        HOLD, tx.workspace_id, claimed.source_id, claimed.begun_at, lease
    )
    return status == "UPDATE 1"


async def release(tx: Tx, claimed: Claimed) -> None:
    """Leave it to whoever takes it next."""
    await tx.connection.execute(RELEASE, tx.workspace_id, claimed.source_id, claimed.begun_at)


async def end(tx: Tx, claimed: Claimed, state: str, error: str | None) -> bool:
    """It was read, as well as it could be; False when it is another's by now, or gone."""
    pages = await tx.connection.fetchval(COUNT, tx.workspace_id, claimed.source_id)
    status: str = await tx.connection.execute(
        END, tx.workspace_id, claimed.source_id, claimed.begun_at, state, error, pages
    )
    return status == "UPDATE 1"


async def forget_others(tx: Tx, source_id: UUID, seen: Collection[str]) -> int:
    """Delete the source's documents whose pages are not among those seen; how many."""
    status: str = await tx.connection.execute(VANISHED, tx.workspace_id, source_id, list(seen))
    return int(status.rpartition(" ")[2])


async def known(read: Read, source_id: UUID) -> dict[str, Known]:
    """The pages of the last import, by address."""
    rows = await read.connection.fetch(KNOWN, read.workspace_id, source_id)
    return {row["source"]: _known(row["digest"], row["fetched"]) for row in rows}


async def overdue(maintenance: Maintenance, late: timedelta) -> list[tuple[UUID, UUID]]:
    """(workspace, source) of what nobody has begun to read `late` after it was due."""
    return [tuple(row) for row in await maintenance.connection.fetch(OVERDUE, late)]


def _source(row: asyncpg.Record) -> Source:
    source_id, base_id, kind, url, options, *rest = row
    return Source(source_id, base_id, kind, url, Options.read(options), *rest)


def _known(digest: bytes | None, fetched: Mapping[str, JsonValue] | None) -> Known:
    told = fetched or {}
    etag, modified, links = (told.get(name) for name in ("etag", "modified", "links"))
    return Known(
        digest,
        etag if isinstance(etag, str) else None,
        modified if isinstance(modified, str) else None,
        tuple(str(link) for link in links) if isinstance(links, list) else (),
    )
