"""SQL of the index over a workspace's vectors: its name, how it is made and dropped.

Each holds one workspace's vectors of one model. One for all workspaces would be asked first and filtered afterwards:
measured, a workspace of 200 chunks beside 20,000 found 73 to 89 % of its nearest ten, in 30 times the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from rejoinder.db import Connection, Read

LEAST = 5_000
"""Chunks; fewer are read one by one in 25 ms or less, also where a large workspace's bot reads few of them."""

_BEGINS = "knowledge_near_"

SIZES = """
SELECT cardinality(v.vector), count(*) FROM knowledge_vectors v
WHERE v.workspace_id = $1 AND v.model = $2
GROUP BY 1 ORDER BY 2 DESC
"""

# Of the one this role finds: an extension may lie in a schema that is not looked in.
VERSION = """
SELECT extversion FROM pg_extension WHERE extname = 'vector' AND to_regtype('vector') IS NOT NULL
"""

# PostgreSQL quotes what a statement that takes no parameters is to hold. Half the bits of each number: half the disk,
# and sizes to 4,000 instead of 2,000; the distance that counts is reckoned from the vector itself.
MAKE = """
SELECT format('CREATE INDEX CONCURRENTLY %I ON knowledge_vectors USING hnsw ((vector::halfvec(%s)) halfvec_cosine_ops)'
    || ' WHERE workspace_id = %L AND model = %L AND cardinality(vector) = %s',
    $1::text, $2::int, $3::uuid, $4::text, $2::int)
"""

DROP = "SELECT format('DROP INDEX CONCURRENTLY IF EXISTS %I', $1::text)"

OF_WORKSPACE = """
SELECT c.relname, i.indisvalid, pg_relation_size(c.oid)
FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
WHERE c.relnamespace = current_schema()::regnamespace AND starts_with(c.relname, $1)
"""

LOCK = "SELECT pg_try_advisory_lock(hashtextextended($1, 0))"


@dataclass(frozen=True, slots=True)
class There:
    """An index of a workspace. One that is not `valid` was left behind when its making was cut off."""

    name: str
    valid: bool
    bytes: int


def name(workspace_id: UUID, model: str) -> str:
    """The index's name, unique in the database; 56 characters of 63."""
    return f"{_of(workspace_id)}{sha256(model.encode()).hexdigest()[:8]}"


async def sizes(read: Read, model: str) -> list[tuple[int, int]]:
    """(numbers in a vector, how many such vectors), the commonest first."""
    rows = await read.connection.fetch(SIZES, read.workspace_id, model)
    return [tuple(row) for row in rows]


async def version(read: Read) -> tuple[int, ...]:
    """pgvector's, empty where it is not there."""
    found = await read.connection.fetchval(VERSION)
    return tuple(map(int, found.split("."))) if found else ()


async def of_workspace(read: Read) -> list[There]:
    """The workspace's indexes, whichever the model."""
    rows = await read.connection.fetch(OF_WORKSPACE, _of(read.workspace_id))
    return [There(*row) for row in rows]


async def lock(connection: Connection) -> bool:
    """Whether nobody else makes or drops one now; held until the connection is closed.

    One lock for all workspaces: two indexes made at once over one table wait for each other (deadlock).
    """
    taken: bool = await connection.fetchval(LOCK, _BEGINS)
    return taken


async def make(connection: Connection, workspace_id: UUID, model: str, size: int) -> None:
    """Make the index while others read and write; minutes. Not in a transaction."""
    told = name(workspace_id, model)
    await connection.execute(await connection.fetchval(MAKE, told, size, workspace_id, model))


async def drop(connection: Connection, which: str) -> None:
    """Drop an index while others read and write."""
    await connection.execute(await connection.fetchval(DROP, which))


def _of(workspace_id: UUID) -> str:
    return f"{_BEGINS}{workspace_id.hex}_"
