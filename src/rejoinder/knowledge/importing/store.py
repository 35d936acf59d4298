"""SQL of documents and the bases they stand in."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from rejoinder.db import Read, Tx
from rejoinder.knowledge.importing.model import Base, Listed, Piece, Prepared
from rejoinder.knowledge.model import Document
from rejoinder.knowledge.store import replace_chunks

_DOCUMENT = "document_id, title, source, language, chunks, base_id"

# An unchanged document only learns what is remembered of its page, and whose import it is.
UNCHANGED = f"""
UPDATE knowledge_documents SET fetched = $5, source_id = coalesce($6, source_id)
WHERE workspace_id = $1 AND source = $2 AND base_id IS NOT DISTINCT FROM $3 AND digest = $4
RETURNING {_DOCUMENT}
"""

# What the embeddings' worker wrote down speaks of the former text.
SAVE = f"""
WITH before AS (
    SELECT title FROM knowledge_documents
    WHERE workspace_id = $1 AND source = $4 AND base_id IS NOT DISTINCT FROM $8
)
INSERT INTO knowledge_documents
    (workspace_id, document_id, title, source, language, body, chunks, base_id, source_id, format, digest, tags,
     fetched)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (source, base_id, workspace_id) DO UPDATE
SET title = excluded.title, language = excluded.language, body = excluded.body, chunks = excluded.chunks,
    source_id = excluded.source_id, format = excluded.format, digest = excluded.digest, tags = excluded.tags,
    fetched = excluded.fetched, updated_at = clock_timestamp(),
    embedded = NULL, embed_tries = 0, embed_error = NULL, embed_due_at = clock_timestamp()
RETURNING {_DOCUMENT}, document_id = $2, coalesce((SELECT title = $3 FROM before), false)
"""

DELETE_SOURCE = "DELETE FROM knowledge_documents WHERE workspace_id = $1 AND source = $2"

DELETE = "DELETE FROM knowledge_documents WHERE workspace_id = $1 AND document_id = $2"

ALL = f"SELECT {_DOCUMENT} FROM knowledge_documents WHERE workspace_id = $1 ORDER BY title, source"

_LISTED = """document_id, title, source, language, chunks, base_id, source_id, format, tags, embedded, embed_error,
    created_at, updated_at"""

LIST = f"""
SELECT {_LISTED} FROM knowledge_documents
WHERE workspace_id = $1 AND document_id > $2 AND ($3::uuid IS NULL OR base_id = $3)
    AND ($4::text IS NULL OR $4 = ANY (tags))
    AND ($5::text IS NULL OR position(lower($5) IN lower(title)) > 0 OR position(lower($5) IN lower(source)) > 0)
ORDER BY document_id LIMIT $6
"""

ONE = f"SELECT {_LISTED} FROM knowledge_documents WHERE workspace_id = $1 AND document_id = $2"

PIECES = """
SELECT position, heading, language, body, page FROM knowledge_chunks
WHERE workspace_id = $1 AND document_id = $2 ORDER BY position
"""

_BASE = """b.base_id, b.name, b.created_at,
    (SELECT count(*) FROM knowledge_documents d WHERE d.workspace_id = b.workspace_id AND d.base_id = b.base_id),
    (SELECT coalesce(sum(d.chunks), 0) FROM knowledge_documents d
     WHERE d.workspace_id = b.workspace_id AND d.base_id = b.base_id)"""

ADD_BASE = """
INSERT INTO knowledge_bases (workspace_id, base_id, name) VALUES ($1, $2, $3)
ON CONFLICT (workspace_id, name) DO NOTHING
"""

BASES = f"""
SELECT {_BASE} FROM knowledge_bases b WHERE b.workspace_id = $1 AND b.base_id > $2 ORDER BY b.base_id LIMIT $3
"""

BASE = f"SELECT {_BASE} FROM knowledge_bases b WHERE b.workspace_id = $1 AND b.base_id = $2"

BASE_NAMED = f"SELECT {_BASE} FROM knowledge_bases b WHERE b.workspace_id = $1 AND b.name = $2"

RENAME_BASE = "UPDATE knowledge_bases SET name = $3 WHERE workspace_id = $1 AND base_id = $2"

DELETE_BASE = "DELETE FROM knowledge_bases WHERE workspace_id = $1 AND base_id = $2"

BASES_OF_BOT = (
    "SELECT base_id FROM bot_knowledge WHERE workspace_id = $1 AND bot_id = $2 ORDER BY base_id"
)

FORGET_BASES_OF_BOT = "DELETE FROM bot_knowledge WHERE workspace_id = $1 AND bot_id = $2"

ADD_BASES_OF_BOT = """
INSERT INTO bot_knowledge (workspace_id, bot_id, base_id) SELECT $1, $2, unnest($3::uuid[])
ON CONFLICT DO NOTHING
"""


async def unchanged(tx: Tx, prepared: Prepared) -> Document | None:
    """The document of the same source, base and digest, if it is stored."""
    material = prepared.material
    row = await tx.connection.fetchrow(
        UNCHANGED,
        tx.workspace_id,
        material.source,
        material.base_id,
        material.digest,
        material.fetched,
        material.source_id,
    )
    return Document(*row) if row else None


async def save(tx: Tx, document_id: UUID, prepared: Prepared) -> tuple[Document, bool]:
    """Store the document, or replace the one of the same source; whether it is new. A replaced one keeps its id.

    Raises asyncpg's ForeignKeyViolationError when its base or import is not there.
    """
    material = prepared.material
    row = await tx.connection.fetchrow(
        SAVE,
        tx.workspace_id,
        document_id,
        material.title,
        material.source,
        prepared.language,
        material.body,
        len(prepared.chunks),
        material.base_id,
        material.source_id,
        material.format,
        material.digest,
        list(material.tags),
        material.fetched,
    )
    assert row is not None, "it was just stored"
    *columns, is_new, same_title = row
    document = Document(*columns)
    await replace_chunks(tx, document.document_id, prepared.chunks, keep_vectors=same_title)
    return document, is_new


async def delete(tx: Tx, source: str) -> bool:
    """Delete the documents of that source with their chunks, in whichever base; False if there is none."""
    status: str = await tx.connection.execute(DELETE_SOURCE, tx.workspace_id, source)
    return status != "DELETE 0"


async def delete_document(tx: Tx, document_id: UUID) -> bool:
    """Delete a document with its chunks; False if there is none."""
    status: str = await tx.connection.execute(DELETE, tx.workspace_id, document_id)
    return status == "DELETE 1"


async def documents(read: Read) -> list[Document]:
    """The workspace's documents by title."""
    rows = await read.connection.fetch(ALL, read.workspace_id)
    return [Document(*row) for row in rows]


async def page(
    read: Read,
    after: UUID,
    limit: int,
    *,
    base_id: UUID | None = None,
    tag: str | None = None,
    q: str | None = None,
) -> list[Listed]:
    """Documents after an id; `q` is a part of the title or the source, in any case."""
    rows = await read.connection.fetch(LIST, read.workspace_id, after, base_id, tag, q, limit)
    return [Listed(*row) for row in rows]


async def document(read: Read, document_id: UUID) -> Listed | None:
    """One document."""
    row = await read.connection.fetchrow(ONE, read.workspace_id, document_id)
    return Listed(*row) if row else None


async def pieces(read: Read, document_id: UUID) -> list[Piece]:
    """The document's chunks in order."""
    rows = await read.connection.fetch(PIECES, read.workspace_id, document_id)
    return [Piece(*row) for row in rows]


async def add_base(tx: Tx, base_id: UUID, name: str) -> bool:
    """Add a base; False if there is one of that name."""
    status: str = await tx.connection.execute(ADD_BASE, tx.workspace_id, base_id, name)
    return status == "INSERT 0 1"


async def bases(read: Read, after: UUID, limit: int) -> list[Base]:
    """Bases after an id, oldest first."""
    rows = await read.connection.fetch(BASES, read.workspace_id, after, limit)
    return [Base(*row) for row in rows]


async def base(read: Read, base_id: UUID) -> Base | None:
    """One base."""
    row = await read.connection.fetchrow(BASE, read.workspace_id, base_id)
    return Base(*row) if row else None


async def base_named(read: Read, name: str) -> Base | None:
    """The base of that name."""
    row = await read.connection.fetchrow(BASE_NAMED, read.workspace_id, name)
    return Base(*row) if row else None


async def rename_base(tx: Tx, base_id: UUID, name: str) -> bool:
    """Name it otherwise; False if there is no such base. Raises asyncpg's UniqueViolationError for a name in use."""
    status: str = await tx.connection.execute(RENAME_BASE, tx.workspace_id, base_id, name)
    return status == "UPDATE 1"


async def delete_base(tx: Tx, base_id: UUID) -> bool:
    """Delete a base with its imports and documents; False if there is none."""
    status: str = await tx.connection.execute(DELETE_BASE, tx.workspace_id, base_id)
    return status == "DELETE 1"


async def bases_of(read: Read, bot_id: UUID) -> list[UUID]:
    """The bases a bot reads; none stands for all of its workspace's documents."""
    rows = await read.connection.fetch(BASES_OF_BOT, read.workspace_id, bot_id)
    return [row["base_id"] for row in rows]


async def set_bases_of(tx: Tx, bot_id: UUID, base_ids: Collection[UUID]) -> None:
    """The bot reads these and no others. Raises asyncpg's ForeignKeyViolationError for one that is not there."""
    await tx.connection.execute(FORGET_BASES_OF_BOT, tx.workspace_id, bot_id)
    await tx.connection.execute(ADD_BASES_OF_BOT, tx.workspace_id, bot_id, list(base_ids))
