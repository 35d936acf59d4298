"""SQL of canned replies."""

from __future__ import annotations

from uuid import UUID

from rejoinder.bots.voice.canned.model import Canned
from rejoinder.db import Read, Tx

_CANNED = "canned_id, shortcut, text, title, created_at, updated_at"

FIND = f"""
SELECT {_CANNED} FROM canned_replies
WHERE workspace_id = $1 AND shortcut > $2
    AND ($3 = '' OR strpos(lower(shortcut), lower($3)) > 0 OR strpos(lower(title), lower($3)) > 0
        OR strpos(lower(text), lower($3)) > 0)
ORDER BY shortcut LIMIT $4
"""

CANNED = f"SELECT {_CANNED} FROM canned_replies WHERE workspace_id = $1 AND canned_id = $2"

TO_CHANGE = f"{CANNED} FOR UPDATE"

ADD = f"""
INSERT INTO canned_replies (workspace_id, canned_id, shortcut, text, title) VALUES ($1, $2, $3, $4, $5)
RETURNING {_CANNED}
"""

CHANGE = f"""
UPDATE canned_replies SET shortcut = $3, text = $4, title = $5, updated_at = clock_timestamp()
WHERE workspace_id = $1 AND canned_id = $2
RETURNING {_CANNED}
"""

REMOVE = "DELETE FROM canned_replies WHERE workspace_id = $1 AND canned_id = $2"


async def find(read: Read, words: str, after: str, limit: int) -> list[Canned]:
    """The replies whose shortcut, title or text has `words` in it, all where there are none, after a shortcut."""
    rows = await read.connection.fetch(FIND, read.workspace_id, after, words, limit)
    return [Canned(*row) for row in rows]


async def canned(read: Read, canned_id: UUID) -> Canned | None:
    """One reply."""
    row = await read.connection.fetchrow(CANNED, read.workspace_id, canned_id)
    return Canned(*row) if row else None


async def to_change(tx: Tx, canned_id: UUID) -> Canned | None:
    """One reply, locked until the transaction ends."""
    row = await tx.connection.fetchrow(TO_CHANGE, tx.workspace_id, canned_id)
    return Canned(*row) if row else None


async def put(tx: Tx, reply: Canned, *, new: bool) -> Canned:
    """Store a reply; it comes back with its times. Raises asyncpg's UniqueViolationError for a taken shortcut."""
    statement = ADD if new else CHANGE
    row = await tx.connection.fetchrow(
        statement, tx.workspace_id, reply.canned_id, reply.shortcut, reply.text, reply.title
    )
    return Canned(*row) if row else reply


async def remove(tx: Tx, canned_id: UUID) -> bool:
    """Take a reply away; False where there is none."""
    done = await tx.connection.execute(REMOVE, tx.workspace_id, canned_id)
    return bool(done == "DELETE 1")
