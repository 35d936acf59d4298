"""SQL of searches: the chunks that hold the words, and those whose vectors are nearest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from rejoinder.db import Maintenance, Read
from rejoinder.knowledge.model import Candidate
from rejoinder.knowledge.searching.indexed.store import LEAST
from rejoinder.knowledge.searching.indexed.store import name as index_of
from rejoinder.knowledge.searching.lexeme import tag, tsquery
from rejoinder.knowledge.searching.query import FOREIGN, Query

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

# Languages share words: a base in five would fill the places of a question's own with others'.
_PROMISE = f"ts_rank({_WEIGHTS}, c.words, $2::tsquery) * CASE WHEN c.language = ANY ($9) THEN 1 ELSE {FOREIGN} END"

_COLUMNS = f"""found.document_id, found.position, r.title, found.heading, found.language, found.body,
    ARRAY(SELECT ts_rank({_WEIGHTS}, found.words, key) FROM unnest($3::tsquery[]) AS key)"""

_WHERE_FROM = "r.base_id, r.source, found.page, (SELECT sum(chunks) FROM readable)"

# The chunks with most of any of the words, each with its rank for every key: what `rank` decides by.
BY_WORDS = f"""
WITH {_READABLE}
SELECT {_COLUMNS}, NULL, {_WHERE_FROM}, false
FROM (
    SELECT c.document_id, c.position, c.heading, c.language, c.body, c.words, c.page
    FROM knowledge_chunks c
    JOIN readable r ON r.document_id = c.document_id
    WHERE c.workspace_id = $1 AND c.words @@ $2::tsquery AND {_LANGUAGE}
    ORDER BY {_PROMISE} DESC, c.document_id, c.position
    LIMIT $4
) AS found
JOIN readable r ON r.document_id = found.document_id
"""

_SPOKEN = f"""
    SELECT c.document_id, c.position
    FROM knowledge_chunks c
    JOIN readable r ON r.document_id = c.document_id
    WHERE c.workspace_id = $1 AND c.words @@ $2::tsquery AND {_LANGUAGE}
    ORDER BY {_PROMISE} DESC, c.document_id, c.position
    LIMIT $4
"""

_DISTANCE = "v.vector::vector <=> ($10::real[])::vector AS distance"

_IN_LANGUAGE = f"""($8::text[] = '{{}}' OR EXISTS (
        SELECT FROM knowledge_chunks c
        WHERE c.workspace_id = $1 AND c.document_id = v.document_id AND c.position = v.position AND {_LANGUAGE}))"""

# An exact scan of the readable documents' vectors. Measured with 768 numbers each on 2 cores: 4 ms among 1,000 chunks,
# 23 among 5,000, 92 among 20,000, nearly all of it reading real[] as vector; with 512 numbers two thirds of that.
_EXACT = f"""
    SELECT v.document_id, v.position, {_DISTANCE}
    FROM knowledge_vectors v
    JOIN readable r ON r.document_id = v.document_id
    WHERE v.workspace_id = $1 AND v.model = $11 AND cardinality(v.vector) = cardinality($10::real[])
        AND {_IN_LANGUAGE}
    ORDER BY distance, v.document_id, v.position
    LIMIT $4
"""

_BOTH = f"""
SELECT {_COLUMNS}, 1 - key.distance, {_WHERE_FROM},
    EXISTS (SELECT FROM pg_index i WHERE i.indexrelid = to_regclass($12) AND i.indisvalid)
FROM (
    SELECT document_id, position, min(distance) AS distance
    FROM (SELECT document_id, position, NULL::double precision AS distance FROM spoken
        UNION ALL SELECT document_id, position, distance FROM near) AS each
    GROUP BY document_id, position
) AS key
JOIN knowledge_chunks AS found
    ON found.workspace_id = $1 AND found.document_id = key.document_id AND found.position = key.position
JOIN readable r ON r.document_id = key.document_id
"""

BY_BOTH = f"WITH {_READABLE}, spoken AS ({_SPOKEN}), near AS ({_EXACT}) {_BOTH}"

# A workspace's index serves statements that name its workspace, model and size, so these stand in the text: `_indexed`
# puts them there. A scan of it brings the nearest 400 and goes on until enough of them are readable; a bot that reads
# few of the chunks has those compared one by one. `IS TRUE` keeps the planner from joining before it sorts; a chunk's
# language is looked up where it stands, not hashed for all.
BY_INDEX = f"""
WITH {_READABLE}, spoken AS ({_SPOKEN}), wide AS MATERIALIZED (
    SELECT sum(chunks) >= {LEAST} AS yes FROM readable
), near AS (
    (SELECT close.document_id, close.position, close.distance
    FROM (SELECT set_config('hnsw.ef_search', '400', true)
        || set_config('hnsw.iterative_scan', 'strict_order', true) AS done OFFSET 0) AS ready,
    LATERAL (
        SELECT v.document_id, v.position, {_DISTANCE}
        FROM knowledge_vectors v
        WHERE v.workspace_id = $1 AND v.workspace_id = 'WORKSPACE' AND v.model = 'MODEL'
            AND cardinality(v.vector) = 7777 AND ready.done IS NOT NULL AND (SELECT yes FROM wide)
            AND (v.document_id IN (SELECT document_id FROM readable)) IS TRUE
            AND ($8::text[] = '{{}}' OR (
                SELECT c.language FROM knowledge_chunks c
                WHERE c.workspace_id = $1 AND c.document_id = v.document_id AND c.position = v.position
            ) = ANY ($8 || 'und'::text))
        ORDER BY v.vector::halfvec(7777) <=> ($10::real[])::halfvec(7777)
        LIMIT $4
    ) AS close)
    UNION ALL
    (SELECT exact.document_id, exact.position, exact.distance
    FROM ({_EXACT.replace("v.workspace_id = $1", "v.workspace_id = $1 AND NOT (SELECT yes FROM wide)", 1)}) AS exact)
) {_BOTH}
"""

HAS_VECTOR = "SELECT to_regtype('vector') IS NOT NULL"

# Measured with 12, 24, 40 and 200 among 1,000 and 5,000 chunks: 12 to 40 answer alike (within two of the 60 questions),
# 200 a little worse, and each more costs a rank for every key.
_CANDIDATES = 16
_MORE_THAN_WANTED = 4

# The names of indexes that the last search of their workspace saw: the next uses them. Whoever is wrong is only slow.
_THERE: set[str] = set()

NO_VECTOR = (
    asyncpg.UndefinedObjectError,
    asyncpg.InvalidNameError,  # one before 0.8, which has no iterative scans
)
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
        list(query.languages),
    ]
    statement = BY_WORDS
    index = index_of(read.workspace_id, vector.model) if vector else ""
    if vector is not None:
        statement = _indexed(read.workspace_id, vector) if index in _THERE else BY_BOTH
        arguments += [list(vector.numbers), vector.model, index]
    rows = await read.connection.fetch(statement, *arguments)
    if index and rows:
        (_THERE.add if rows[0][-1] else _THERE.discard)(index)
    return [Candidate(*tuple(row)[:-2]) for row in rows], rows[0][-2] if rows else 0


def _indexed(workspace_id: UUID, vector: Vector) -> str:
    text = BY_INDEX.replace("7777", str(len(vector.numbers))).replace(
        "WORKSPACE", str(workspace_id)
    )
    return text.replace("MODEL", vector.model.replace("'", "''"))


async def has_vector(maintenance: Maintenance) -> bool:
    """Whether the extension is installed where this role finds it."""
    found: bool = await maintenance.connection.fetchval(HAS_VECTOR)
    return found
