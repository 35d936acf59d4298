"""The knowledge base's tables: documents, chunks, and the vocabulary kept right beside them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from rejoinder.db import Read, Tx
from rejoinder.knowledge.model import Document, Found, Indexed
from rejoinder.knowledge.query import Query
from rejoinder.text import spellings

# Document frequencies of a workspace change together: two writers would deadlock on shared words.
LOCK = """
SELECT pg_advisory_xact_lock(hashtextextended('knowledge ' || $1::uuid::text, 0))
"""

SAVE_DOCUMENT = """
INSERT INTO knowledge_documents (workspace_id, document_id, title, source, language, body)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (workspace_id, source) DO UPDATE
SET title = excluded.title, language = excluded.language, body = excluded.body,
    updated_at = clock_timestamp()
RETURNING document_id
"""

# The chunks' words leave the vocabulary first; a word no chunk holds goes, and its spellings with it.
FORGET_WORDS = """
UPDATE knowledge_words AS known SET chunks = known.chunks - gone.chunks
FROM (
    SELECT held.lexeme, count(*)::integer AS chunks
    FROM knowledge_chunks AS chunk, unnest(chunk.words) AS held
    WHERE chunk.workspace_id = $1 AND chunk.document_id = $2
    GROUP BY held.lexeme
) AS gone
WHERE known.workspace_id = $1 AND known.word = gone.lexeme
"""

DELETE_UNUSED_WORDS = """
DELETE FROM knowledge_words WHERE workspace_id = $1 AND chunks = 0
"""

DELETE_CHUNKS = """
DELETE FROM knowledge_chunks WHERE workspace_id = $1 AND document_id = $2
"""

DELETE_DOCUMENT = """
DELETE FROM knowledge_documents WHERE workspace_id = $1 AND document_id = $2
"""

ADD_CHUNKS = """
INSERT INTO knowledge_chunks (workspace_id, document_id, position, heading, language, body, words)
SELECT $1, $2, fresh.position, fresh.heading, fresh.language, fresh.body, fresh.words::tsvector
FROM unnest($3::integer[], $4::text[], $5::text[], $6::text[], $7::text[])
    AS fresh (position, heading, language, body, words)
"""

# The weights of D (body), C (title), B (none) and A (heading), in ts_rank's order.
ADD_POSTINGS = """
INSERT INTO knowledge_postings (workspace_id, word, document_id, position, rank)
SELECT $1, held.lexeme, $2, chunk.position,
    ts_rank('{0.5, 0.2, 0.5, 1.0}', chunk.words, quote_literal(held.lexeme)::tsquery)
FROM knowledge_chunks AS chunk, unnest(chunk.words) AS held
WHERE chunk.workspace_id = $1 AND chunk.document_id = $2
"""

ADD_WORDS = """
INSERT INTO knowledge_words AS known (workspace_id, word, chunks)
SELECT $1, held.lexeme, count(*)::integer
FROM knowledge_chunks AS chunk, unnest(chunk.words) AS held
WHERE chunk.workspace_id = $1 AND chunk.document_id = $2
GROUP BY held.lexeme
ON CONFLICT (workspace_id, word) DO UPDATE SET chunks = known.chunks + excluded.chunks
"""

FIND_UNSPELLED = """
SELECT known.word FROM knowledge_words AS known
WHERE known.workspace_id = $1 AND NOT EXISTS (
    SELECT FROM knowledge_spellings AS spelled
    WHERE spelled.workspace_id = $1 AND spelled.word = known.word
)
"""

ADD_SPELLINGS = """
INSERT INTO knowledge_spellings (workspace_id, spelling, word)
SELECT $1, fresh.spelling, fresh.word FROM unnest($2::text[], $3::text[]) AS fresh (spelling, word)
"""

FIND_DOCUMENT = """
SELECT document_id FROM knowledge_documents WHERE workspace_id = $1 AND source = $2
"""

LIST_DOCUMENTS = """
SELECT document.document_id, document.title, document.source, document.language,
    (
        SELECT count(*) FROM knowledge_chunks AS chunk
        WHERE chunk.workspace_id = $1 AND chunk.document_id = document.document_id
    ) AS chunks
FROM knowledge_documents AS document
WHERE document.workspace_id = $1
ORDER BY document.title, document.source
"""

# An unknown word may be the point of the question or mere chat: it weighs like a rather rare one.
_UNKNOWN = 2

# One round trip. `asked` is the question: a row for each key under which a term may be found. A relative
# by typing error counts only for a term that has no better match. A term weighs as much as it is rare
# (idf); one that no chunk knows weighs as if _UNKNOWN did, so a question about it scores low everywhere.
# Each part of a burst ranks for itself, and the parts' best chunks come first.
SEARCH = """
WITH asked AS (
    SELECT part, term, key, likeness, weight
    FROM unnest($2::integer[], $3::integer[], $4::text[], $5::real[], $6::real[])
        AS line (part, term, key, likeness, weight)
), held AS (
    SELECT count(*)::real AS chunks FROM knowledge_chunks WHERE workspace_id = $1
), kin AS (
    SELECT asked.part, asked.term, spelled.word, max(asked.likeness) AS likeness,
        max(max(asked.likeness)) OVER (PARTITION BY asked.part, asked.term) AS best
    FROM asked JOIN knowledge_spellings AS spelled
        ON spelled.workspace_id = $1 AND spelled.spelling = asked.key
    GROUP BY asked.part, asked.term, spelled.word
), meant AS (
    SELECT kin.part, kin.term, kin.word, kin.likeness, kin.best, known.chunks
    FROM kin JOIN knowledge_words AS known ON known.workspace_id = $1 AND known.word = kin.word
    WHERE kin.likeness > $7 OR kin.best <= $7
), known AS (
    SELECT part, term, max(chunks) AS chunks FROM meant WHERE likeness = best GROUP BY part, term
), weighed AS (
    SELECT asked.part, asked.term, asked.weight * ln(1 + (held.chunks + 0.5)
        / (coalesce(known.chunks, $10) + 0.5)) AS weight
    FROM (SELECT DISTINCT part, term, weight FROM asked) AS asked CROSS JOIN held
    LEFT JOIN known ON known.part = asked.part AND known.term = asked.term
), whole AS (
    SELECT part, sum(weight) AS weight FROM weighed GROUP BY part
), hit AS (
    SELECT meant.part, meant.term, posting.document_id, posting.position,
        max(meant.likeness) AS likeness, max(meant.likeness * (0.6 + 0.4 * posting.rank)) AS closeness
    FROM meant JOIN knowledge_postings AS posting
        ON posting.workspace_id = $1 AND posting.word = meant.word
    GROUP BY meant.part, meant.term, posting.document_id, posting.position
), scored AS (
    SELECT hit.part, hit.document_id, hit.position,
        sum(weighed.weight * hit.likeness) / max(whole.weight) AS score,
        sum(weighed.weight * hit.closeness) / max(whole.weight) AS closeness
    FROM hit
    JOIN weighed ON weighed.part = hit.part AND weighed.term = hit.term
    JOIN whole ON whole.part = hit.part
    GROUP BY hit.part, hit.document_id, hit.position
), placed AS (
    SELECT scored.part, scored.document_id, scored.position, scored.score,
        scored.closeness * CASE WHEN chunk.language = ANY($8::text[]) THEN 1 ELSE 0.8 END AS closeness
    FROM scored JOIN knowledge_chunks AS chunk
        ON chunk.workspace_id = $1 AND chunk.document_id = scored.document_id
        AND chunk.position = scored.position
), ranked AS (
    SELECT document_id, position, score, closeness, row_number() OVER (
        PARTITION BY part ORDER BY closeness DESC, document_id, position
    ) AS place
    FROM placed
), best AS (
    SELECT document_id, position, max(score) AS score, max(closeness) AS closeness, min(place) AS place
    FROM ranked
    WHERE place <= $9
    GROUP BY document_id, position
)
SELECT best.document_id, best.position, document.title, chunk.heading, chunk.body AS text, best.score
FROM best
JOIN knowledge_chunks AS chunk
    ON chunk.workspace_id = $1 AND chunk.document_id = best.document_id
    AND chunk.position = best.position
JOIN knowledge_documents AS document
    ON document.workspace_id = $1 AND document.document_id = best.document_id
ORDER BY best.place, best.closeness DESC, document.source, best.position
LIMIT $9
"""


async def save(
    tx: Tx, *, document_id: UUID, title: str, source: str, language: str, body: str
) -> UUID:
    """Store the document, or replace the one of the same source; its id, which stays the same then."""
    await tx.connection.execute(LOCK, tx.workspace_id)
    saved: UUID = await tx.connection.fetchval(
        SAVE_DOCUMENT, tx.workspace_id, document_id, title, source, language, body
    )
    return saved


async def replace_chunks(tx: Tx, document_id: UUID, chunks: Sequence[Indexed]) -> None:
    """Put `chunks` in place of the document's chunks; the vocabulary follows."""
    await _remove_chunks(tx, document_id)
    await tx.connection.execute(
        ADD_CHUNKS,
        tx.workspace_id,
        document_id,
        [chunk.position for chunk in chunks],
        [chunk.heading for chunk in chunks],
        [chunk.language for chunk in chunks],
        [chunk.body for chunk in chunks],
        [chunk.words for chunk in chunks],
    )
    await tx.connection.execute(ADD_POSTINGS, tx.workspace_id, document_id)
    await tx.connection.execute(ADD_WORDS, tx.workspace_id, document_id)
    await tx.connection.execute(DELETE_UNUSED_WORDS, tx.workspace_id)
    fresh = await tx.connection.fetch(FIND_UNSPELLED, tx.workspace_id)
    spelled = [(key, word) for (word,) in fresh for key in spellings(word)]
    await tx.connection.execute(
        ADD_SPELLINGS, tx.workspace_id, [key for key, _ in spelled], [word for _, word in spelled]
    )


async def delete(tx: Tx, source: str) -> bool:
    """Delete the document of that source with its chunks and words; False if there is none."""
    await tx.connection.execute(LOCK, tx.workspace_id)
    document_id = await tx.connection.fetchval(FIND_DOCUMENT, tx.workspace_id, source)
    if document_id is None:
        return False
    await _remove_chunks(tx, document_id)
    await tx.connection.execute(DELETE_UNUSED_WORDS, tx.workspace_id)
    await tx.connection.execute(DELETE_DOCUMENT, tx.workspace_id, document_id)
    return True


async def documents(read: Read) -> list[Document]:
    """The workspace's documents by title."""
    rows = await read.connection.fetch(LIST_DOCUMENTS, read.workspace_id)
    return [Document(**row) for row in rows]


async def find(read: Read, query: Query, limit: int) -> list[Found]:
    """The chunks that answer the query best, at most `limit`."""
    rows = await read.connection.fetch(
        SEARCH,
        read.workspace_id,
        query.parts,
        query.terms,
        query.keys,
        query.likenesses,
        query.weights,
        query.mistyped,
        query.languages,
        limit,
        _UNKNOWN,
    )
    return [Found(**row) for row in rows]


async def _remove_chunks(tx: Tx, document_id: UUID) -> None:
    await tx.connection.execute(FORGET_WORDS, tx.workspace_id, document_id)
    await tx.connection.execute(DELETE_CHUNKS, tx.workspace_id, document_id)
