"""The chunks of a document, and what keeps their vectors with them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from rejoinder.db import Tx
from rejoinder.knowledge.model import Indexed

TEXTS = """
SELECT position, heading, body FROM knowledge_chunks WHERE workspace_id = $1 AND document_id = $2
"""

PUT_CHUNKS = """
INSERT INTO knowledge_chunks (workspace_id, document_id, position, heading, language, body, words, page)
SELECT $1, $2, fresh.position, fresh.heading, fresh.language, fresh.body, fresh.words::tsvector, fresh.page
FROM unnest($3::integer[], $4::text[], $5::text[], $6::text[], $7::text[], $8::integer[])
    AS fresh (position, heading, language, body, words, page)
ON CONFLICT (workspace_id, document_id, position) DO UPDATE
SET heading = excluded.heading, language = excluded.language, body = excluded.body, words = excluded.words,
    page = excluded.page
"""

DELETE_CHUNKS = """
DELETE FROM knowledge_chunks WHERE workspace_id = $1 AND document_id = $2 AND position >= $3
"""

# $3 are positions whose text is another now, $4 and $5 from and to where texts went. A row is deleted or written over,
# never both: it is one statement, in which neither would see the other.
MOVE_VECTORS = """
WITH moved AS MATERIALIZED (
    SELECT place.new AS position, v.model, v.vector
    FROM unnest($4::integer[], $5::integer[]) AS place (old, new)
    JOIN knowledge_vectors v ON v.workspace_id = $1 AND v.document_id = $2 AND v.position = place.old
), gone AS (
    DELETE FROM knowledge_vectors v
    WHERE v.workspace_id = $1 AND v.document_id = $2 AND v.position = ANY ($3::integer[])
        AND NOT EXISTS (SELECT FROM moved m WHERE m.position = v.position AND m.model = v.model)
)
INSERT INTO knowledge_vectors (workspace_id, document_id, position, model, vector)
SELECT $1, $2, m.position, m.model, m.vector FROM moved m
ON CONFLICT (workspace_id, document_id, position, model) DO UPDATE SET vector = excluded.vector
"""

_Text = tuple[str, str]


async def replace_chunks(
    tx: Tx, document_id: UUID, chunks: Sequence[Indexed], *, keep_vectors: bool = True
) -> None:
    """Put `chunks`, whose positions count from 0, in place of the document's chunks.

    Vectors go with their texts, wherever these stand now. Without `keep_vectors` none is kept: what is embedded of a
    chunk begins with the document's title, so that is for a new title. The caller holds the document's row.
    """
    rows = await tx.connection.fetch(TEXTS, tx.workspace_id, document_id)
    before = {position: (heading, body) for position, heading, body in rows}
    await tx.connection.execute(
        PUT_CHUNKS,
        tx.workspace_id,
        document_id,
        [chunk.position for chunk in chunks],
        [chunk.heading for chunk in chunks],
        [chunk.language for chunk in chunks],
        [chunk.body for chunk in chunks],
        [chunk.words for chunk in chunks],
        [chunk.page for chunk in chunks],
    )
    if not before:
        return
    changed, moved = _moves(before, [(each.heading, each.body) for each in chunks])
    if not keep_vectors:
        changed, moved = list(before), []
    if changed:
        old, new = [pair[0] for pair in moved], [pair[1] for pair in moved]
        await tx.connection.execute(MOVE_VECTORS, tx.workspace_id, document_id, changed, old, new)
    await tx.connection.execute(DELETE_CHUNKS, tx.workspace_id, document_id, len(chunks))


def _moves(
    before: dict[int, _Text], after: Sequence[_Text]
) -> tuple[list[int], list[tuple[int, int]]]:
    """(positions whose text is another now, (old, new) position of texts that stood elsewhere)."""
    stood = {text: position for position, text in before.items()}
    changed = [at for at, text in enumerate(after) if before.get(at) != text]
    moved = [(stood[after[at]], at) for at in changed if after[at] in stood]
    return changed, moved
