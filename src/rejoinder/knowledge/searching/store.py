"""SQL of searches: the chunks that hold the words, and those whose vectors are nearest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from rejoinder.db import Maintenance, Read
from rejoinder.knowledge.model import Candidate
from rejoinder.knowledge.searching.lexeme import tag, tsquery
from rejoinder.knowledge.searching.query import Query

# The weights are those of D (body), C (title), B (none) and A (heading), in ts_rank's order.
_WEIGHTS = "'{0.5, 0.2, 0.5, 1.0}'"

# What a bot may read: its bases', all of the workspace where it has none.
_READABLE = """readable AS MATERIALIZED (
    SELECT d.document_id, d.title, d.source, d.base_id, d.chunks
    FROM knowledge_documents d
    WHERE d.workspace_id = $1
        AND ($5::uuid IS NULL
            OR NOT EXISTS (SELECT FROM bot_knowledge b WHERE b.workspace_id = $1 AND b.bot_id = $5)
            OR d.base_id IN (SELECT b.base_id FROM bot_knowledge b WHERE b.workspace_id = $1 AND b.bot_id = $5))
        AND ($6::uuid[] = '{}' OR d.base_id = ANY ($6))
        AND ($7::text[] = '{}' OR d.tags && $7)
)"""

_LANGUAGE = "($8::text[] = '{}' OR c.language = ANY ($8) OR c.language = 'und')"

_COLUMNS = f"""found.document_id, found.position, r.title, found.heading, found.language, found.body,
    ARRAY(SELECT ts_rank({_WEIGHTS}, found.words, key) FROM unnest($3::tsquery[]) AS key)"""

_WHERE_FROM = "r.base_id, r.source, found.page, (SELECT sum(chunks) FROM readable)"

# The chunks with most of any of the words, each with its rank for every key: what `rank` decides by.
BY_WORDS = f"""
WITH {_READABLE}
SELECT {_COLUMNS}, NULL, {_WHERE_FROM}
FROM (
    SELECT c.document_id, c.position, c.heading, c.language, c.body, c.words, c.page
    FROM knowledge_chunks c
    JOIN readable r ON r.document_id = c.document_id
    WHERE c.workspace_id = $1 AND c.words @@ $2::tsquery AND {_LANGUAGE}
    ORDER BY ts_rank({_WEIGHTS}, c.words, $2::tsquery) DESC, c.document_id, c.position
    LIMIT $4
) AS found
JOIN readable r ON r.document_id = found.document_id
"""

# An exact scan of the readable documents' vectors. Measured with 768 numbers each on 2 cores: 4 ms among 1,000 chunks,
# 23 among 5,000, 92 among 20,000, nearly all of it reading real[] as vector; with 512 numbers two thirds of that. An
# HNSW index holds all workspaces' vectors of a model and would be filtered after it was asked.
BY_BOTH = f"""
WITH {_READABLE}, spoken AS (
    SELECT c.document_id, c.position
    FROM knowledge_chunks c
    JOIN readable r ON r.document_id = c.document_id
    WHERE c.workspace_id = $1 AND c.words @@ $2::tsquery AND {_LANGUAGE}
    ORDER BY ts_rank({_WEIGHTS}, c.words, $2::tsquery) DESC, c.document_id, c.position
    LIMIT $4
), near AS (
    SELECT v.document_id, v.position, v.vector::vector <=> ($9::real[])::vector AS distance
    FROM knowledge_vectors v
    JOIN readable r ON r.document_id = v.document_id
    WHERE v.workspace_id = $1 AND v.model = $10 AND cardinality(v.vector) = cardinality($9::real[])
        AND ($8::text[] = '{{}}' OR EXISTS (
            SELECT FROM knowledge_chunks c
            WHERE c.workspace_id = $1 AND c.document_id = v.document_id AND c.position = v.position AND {_LANGUAGE}))
    ORDER BY distance, v.document_id, v.position
    LIMIT $4
), key AS (
    SELECT document_id, position, min(distance) AS distance
    FROM (SELECT document_id, position, NULL::double precision AS distance FROM spoken
        UNION ALL SELECT document_id, position, distance FROM near) AS each
    GROUP BY document_id, position
)
SELECT {_COLUMNS}, 1 - key.distance, {_WHERE_FROM}
FROM key
JOIN knowledge_chunks AS found
    ON found.workspace_id = $1 AND found.document_id = key.document_id AND found.position = key.position
JOIN readable r ON r.document_id = key.document_id
"""

HAS_VECTOR = "SELECT to_regtype('vector') IS NOT NULL"

# Measured with 12, 24, 40 and 200 among 1,000 and 5,000 chunks: 12 to 40 answer alike (within two of the 60 questions),
# 200 a little worse, and each more costs a rank for every key.
_CANDIDATES = 16
_MORE_THAN_WANTED = 4

NO_VECTOR = asyncpg.UndefinedObjectError
"""What PostgreSQL raises where the extension `vector` is not there."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look. Empty is everywhere; a chunk whose language nobody can tell is of every language."""

    bot_id: UUID | None = None
    bases: Sequence[UUID] = ()
    tags: Sequence[str] = ()
    languages: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Vector:
    """What `model` makes of a question."""

    model: str
    numbers: Sequence[float]


async def find(
    read: Read, query: Query, scope: Scope, limit: int, vector: Vector | None = None
) -> tuple[list[Candidate], int]:
    """The chunks that hold most of what is sought and those nearest to the vector, in no order, more than `limit`.

    With the number of chunks there are to read. Raises NO_VECTOR for a vector where pgvector is not installed.
    """
    tagged = tag(read.workspace_id)
    arguments: list[object] = [
        read.workspace_id,
        tsquery(tagged, query.sought),
        [tsquery(tagged, key) for key in query.keys],
        max(_CANDIDATES, limit + _MORE_THAN_WANTED),
        scope.bot_id,
        list(scope.bases),
        list(scope.tags),
        list(scope.languages),
    ]
    statement = BY_WORDS
    if vector is not None:
        statement = BY_BOTH
        arguments += [list(vector.numbers), vector.model]
    rows = await read.connection.fetch(statement, *arguments)
    return [Candidate(*tuple(row)[:-1]) for row in rows], rows[0][-1] if rows else 0


async def has_vector(maintenance: Maintenance) -> bool:
    """Whether the extension is installed where this role finds it."""
    found: bool = await maintenance.connection.fetchval(HAS_VECTOR)
    return found
