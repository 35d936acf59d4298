"""SQL of vectors: what lacks one, and what was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from rejoinder.db import Batch, Maintenance, Read, Tx

# Who claims it has it for $4; whoever is late finds it claimed. `updated_at` is the edition that is embedded.
CLAIM = """
UPDATE knowledge_documents SET embed_due_at = clock_timestamp() + $4::interval
WHERE workspace_id = $1 AND document_id = $2 AND embedded IS DISTINCT FROM $3 AND embed_due_at <= clock_timestamp()
RETURNING title, updated_at, embed_tries
"""

MISSING = """
SELECT c.position, c.heading, c.body FROM knowledge_chunks c
WHERE c.workspace_id = $1 AND c.document_id = $2 AND NOT EXISTS (
    SELECT FROM knowledge_vectors v
    WHERE v.workspace_id = $1 AND v.document_id = $2 AND v.position = c.position AND v.model = $3)
ORDER BY c.position LIMIT $4
"""

# An import holds this row while it puts new chunks in place.
SAME_EDITION = """
SELECT updated_at = $3 FROM knowledge_documents WHERE workspace_id = $1 AND document_id = $2 FOR NO KEY UPDATE
"""

# A vector is numbers in one text: asyncpg would write each number of an array of arrays by itself.
PUT = """
INSERT INTO knowledge_vectors (workspace_id, document_id, position, model, vector)
SELECT $1, $2, made.position, $3, made.vector::real[] FROM unnest($4::integer[], $5::text[]) AS made (position, vector)
ON CONFLICT (workspace_id, document_id, position, model) DO NOTHING
"""

HOLD = """
UPDATE knowledge_documents SET embed_due_at = clock_timestamp() + $4::interval
WHERE workspace_id = $1 AND document_id = $2 AND updated_at = $3
"""

DONE = """
UPDATE knowledge_documents SET embedded = $4, embed_tries = 0, embed_error = NULL
WHERE workspace_id = $1 AND document_id = $2 AND updated_at = $3
"""

FAILED = """
UPDATE knowledge_documents
SET embed_tries = embed_tries + 1, embed_error = $4, embed_due_at = clock_timestamp() + $5::interval
WHERE workspace_id = $1 AND document_id = $2 AND updated_at = $3
"""

# Two workers that are set to different models must not take turns: what one has just done is not yet due for the other.
OVERDUE = """
SELECT workspace_id, document_id FROM knowledge_documents
WHERE embedded IS DISTINCT FROM $1 AND embed_due_at <= statement_timestamp()
ORDER BY embed_due_at LIMIT $2
"""

WITHOUT = """
SELECT count(*), min(embed_error) FROM knowledge_documents
WHERE embedded IS DISTINCT FROM $1 AND embed_error IS NOT NULL
"""

MESSAGES = """
SELECT message_id, text FROM messages WHERE workspace_id = $1 AND message_id = ANY ($2) AND text <> ''
"""

# Not those whose text was changed since it was read.
PUT_MESSAGES = """
INSERT INTO message_vectors (workspace_id, message_id, model, vector)
SELECT $1, m.message_id, $2, made.vector::real[]
FROM unnest($3::uuid[], $4::text[], $5::text[]) AS made (message_id, text, vector)
JOIN messages m ON m.workspace_id = $1 AND m.message_id = made.message_id AND m.text = made.text
ON CONFLICT (workspace_id, message_id, model) DO NOTHING
"""

FORGOTTEN = """
SELECT m.workspace_id, m.message_id
FROM bots b
JOIN channels ch ON ch.workspace_id = b.workspace_id AND ch.bot_id = b.bot_id
JOIN conversations c ON c.workspace_id = ch.workspace_id AND c.channel_id = ch.channel_id
    AND c.last_message_timestamp > statement_timestamp() - $2::interval
JOIN messages m ON m.workspace_id = c.workspace_id AND m.conversation_id = c.conversation_id
    AND m.received_at > statement_timestamp() - $2::interval
    AND m.received_at <= statement_timestamp() - $3::interval AND m.text <> ''
WHERE b.settings -> 'know' ->> 'search_messages' = 'true' AND NOT EXISTS (
    SELECT FROM message_vectors v
    WHERE v.workspace_id = m.workspace_id AND v.message_id = m.message_id AND v.model = $1)
LIMIT $4
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A document in hand: the edition whose chunks are embedded, and how often that failed before."""

    document_id: UUID
    title: str
    updated_at: datetime
    tries: int


async def claim(tx: Tx, document_id: UUID, model: str, lease: timedelta) -> Claimed | None:
    """Take the document for so long; None where it is embedded, taken or not due."""
    row = await tx.connection.fetchrow(CLAIM, tx.workspace_id, document_id, model, lease)
    return Claimed(document_id, *row) if row else None


async def missing(
    read: Read, document_id: UUID, model: str, limit: int
) -> list[tuple[int, str, str]]:
    """(position, heading, body) of chunks without a vector of the model."""
    rows = await read.connection.fetch(MISSING, read.workspace_id, document_id, model, limit)
    return [tuple(row) for row in rows]


async def is_same_edition(tx: Tx, claimed: Claimed) -> bool:
    """Whether the document is what it was when it was claimed; nobody changes it before the transaction ends."""
    same = await tx.connection.fetchval(
        SAME_EDITION, tx.workspace_id, claimed.document_id, claimed.updated_at
    )
    return bool(same)


def put(
    batch: Batch,
    claimed: Claimed,
    model: str,
    positions: Sequence[int],
    vectors: Sequence[Sequence[float]],
) -> None:
    """Store the chunks' vectors."""
    batch.add(PUT, claimed.document_id, model, list(positions), [_array(each) for each in vectors])


def hold(batch: Batch, claimed: Claimed, lease: timedelta) -> None:
    """Keep it for so long."""
    batch.add(HOLD, claimed.document_id, claimed.updated_at, lease)


async def done(tx: Tx, claimed: Claimed, model: str) -> None:
    """All its chunks have vectors of the model."""
    await tx.connection.execute(
        DONE, tx.workspace_id, claimed.document_id, claimed.updated_at, model
    )


def failed(batch: Batch, claimed: Claimed, error: str, pause: timedelta) -> None:
    """Not now; again after the pause."""
    batch.add(FAILED, claimed.document_id, claimed.updated_at, error, pause)


async def overdue(maintenance: Maintenance, model: str, limit: int) -> list[tuple[UUID, UUID]]:
    """(workspace, document) of those that lack vectors of the model and that nobody works on."""
    rows = await maintenance.connection.fetch(OVERDUE, model, limit)
    return [tuple(row) for row in rows]


async def without(maintenance: Maintenance, model: str) -> tuple[int, str]:
    """How many documents could not be embedded, and why not, of one of them."""
    row = await maintenance.connection.fetchrow(WITHOUT, model)
    assert row is not None, "an aggregate always has a row"
    return row[0], row[1] or ""


async def messages(read: Read, message_ids: Sequence[UUID]) -> list[tuple[UUID, str]]:
    """(message, text) of those that say something."""
    rows = await read.connection.fetch(MESSAGES, read.workspace_id, list(message_ids))
    return [tuple(row) for row in rows]


def put_messages(
    batch: Batch,
    model: str,
    found: Sequence[tuple[UUID, str]],
    vectors: Sequence[Sequence[float]],
) -> None:
    """Store the messages' vectors."""
    batch.add(
        PUT_MESSAGES,
        model,
        [message_id for message_id, _ in found],
        [text for _, text in found],
        [_array(each) for each in vectors],
    )


async def forgotten(
    maintenance: Maintenance, model: str, back: timedelta, late: timedelta, limit: int
) -> list[tuple[UUID, UUID]]:
    """(workspace, message) of bots whose messages are embedded, that came since `back` and have no vector yet."""
    rows = await maintenance.connection.fetch(FORGOTTEN, model, back, late, limit)
    return [tuple(row) for row in rows]


def _array(vector: Sequence[float]) -> str:
    return "{" + ",".join(map(repr, vector)) + "}"
