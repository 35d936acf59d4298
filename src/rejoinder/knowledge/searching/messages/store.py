"""SQL of the search in messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from rejoinder.db import Read
from rejoinder.knowledge.searching.store import NO_VECTOR, Vector

AT_ONCE = 20_000
"""Messages a request looks at. Measured on 2 shared cores: one to four words in 20,000 of 100,000 took 18 to 52 ms."""

_COLUMNS = """m.message_id, m.conversation_id, c.contact_id, m.channel_id, m.seq, m.direction, m.sender_type, m.text,
    m.received_at"""

# $2 is the cursor, $3 to $7 the filters; a time bounds ids too, whose first six bytes tell when each was made.
_WHICH = """m.workspace_id = $1 AND m.message_id < $2 AND m.message_id >= $7
    AND ($3::uuid IS NULL OR m.channel_id = $3) AND ($5::timestamptz IS NULL OR m.received_at >= $5)
    AND ($6::timestamptz IS NULL OR m.received_at < $6) AND m.text <> ''"""

_ALL = f"""FROM messages m
JOIN conversations c ON c.workspace_id = $1 AND c.conversation_id = m.conversation_id
WHERE {_WHICH} AND ($4::uuid IS NULL OR c.contact_id = $4)"""

# A contact's messages are few, and found through its conversations.
_OF_CONTACT = f"""FROM conversations c
JOIN messages m ON m.workspace_id = $1 AND m.conversation_id = c.conversation_id
WHERE c.workspace_id = $1 AND c.contact_id = $4 AND {_WHICH}"""

# The newest first, as ids stand: at most AT_ONCE are looked at, and the last of these is where the next page begins.
BY_WORDS = f"""
WITH floor AS MATERIALIZED (
    SELECT m.message_id FROM messages m WHERE {_WHICH}
    ORDER BY m.message_id DESC OFFSET $10 - 1 LIMIT 1
)
SELECT (SELECT message_id FROM floor), found.*
FROM (SELECT) AS one_row
LEFT JOIN LATERAL (
    SELECT {_COLUMNS} {_ALL} AND m.text ~ ALL ($8)
        AND m.message_id >= coalesce((SELECT message_id FROM floor), '00000000-0000-0000-0000-000000000000')
    ORDER BY m.message_id DESC LIMIT $9
) AS found ON true
"""

BY_WORDS_OF_CONTACT = f"""
SELECT NULL::uuid, {_COLUMNS} {_OF_CONTACT} AND m.text ~ ALL ($8) ORDER BY m.message_id DESC LIMIT $9
"""

_NEAREST = """AND v.model = $8 AND cardinality(v.vector) = cardinality($9::real[])"""

# Of the newest that have a vector: an exact scan, as for documents.
BY_MEANING = f"""
SELECT {_COLUMNS}, 1 - near.distance
FROM (
    SELECT recent.message_id, recent.vector::vector <=> ($9::real[])::vector AS distance
    FROM (
        SELECT v.message_id, v.vector FROM message_vectors v
        JOIN messages m ON m.workspace_id = $1 AND m.message_id = v.message_id
        JOIN conversations c ON c.workspace_id = $1 AND c.conversation_id = m.conversation_id
        WHERE v.workspace_id = $1 {_NEAREST} AND {_WHICH} AND ($4::uuid IS NULL OR c.contact_id = $4)
        ORDER BY v.message_id DESC LIMIT $11
    ) AS recent
    ORDER BY distance, recent.message_id DESC LIMIT $10
) AS near
JOIN messages m ON m.workspace_id = $1 AND m.message_id = near.message_id
JOIN conversations c ON c.workspace_id = $1 AND c.conversation_id = m.conversation_id
ORDER BY near.distance, m.message_id DESC
"""


@dataclass(frozen=True, slots=True)
class Which:
    """The messages to look at; `since` and `until` are when they came, `before` is a cursor: the oldest id seen."""

    contact_id: UUID | None = None
    channel_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: UUID | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that was found; `cosine` is None for one found by its words."""

    message_id: UUID
    conversation_id: UUID
    contact_id: UUID
    channel_id: UUID
    seq: int
    direction: str
    sender_type: str
    text: str
    received_at: datetime
    cosine: float | None = None


async def by_words(
    read: Read, which: Which, patterns: Sequence[str], limit: int, at_once: int = AT_ONCE
) -> tuple[list[Hit], UUID | None]:
    """(the newest messages that hold them all, the id before which the next page begins or None at the end)."""
    arguments = (*_filters(which), list(patterns), limit)
    if which.contact_id is not None:
        rows = await read.connection.fetch(BY_WORDS_OF_CONTACT, read.workspace_id, *arguments)
    else:
        rows = await read.connection.fetch(BY_WORDS, read.workspace_id, *arguments, at_once)
    hits = [Hit(*tuple(row)[1:]) for row in rows if row[1] is not None]
    if len(hits) == limit:
        return hits, hits[-1].message_id
    return hits, rows[0][0] if rows else None


async def by_meaning(
    read: Read, which: Which, vector: Vector, limit: int, at_once: int = AT_ONCE
) -> list[Hit]:
    """The messages nearest to the vector; none where pgvector is missing."""
    try:
        rows: list[asyncpg.Record] = await read.connection.fetch(
            BY_MEANING,
            read.workspace_id,
            *_filters(which),
            vector.model,
            list(vector.numbers),
            limit,
            at_once,
        )
    except NO_VECTOR:
        return []
    return [Hit(*row) for row in rows]


def _filters(which: Which) -> tuple[object, ...]:
    """$2 to $7."""
    return (
        which.before or UUID(int=2**128 - 1),
        which.channel_id,
        which.contact_id,
        which.since,
        which.until,
        _made_at(which.since) if which.since else UUID(int=0),
    )


def _made_at(since: datetime) -> UUID:
    """The least UUIDv7 of a minute before: hosts' clocks differ, and an id is made before its row's time is set."""
    milliseconds = max(0, int(since.timestamp() * 1000) - 60_000)
    return UUID(int=min(milliseconds, 2**48 - 1) << 80)
