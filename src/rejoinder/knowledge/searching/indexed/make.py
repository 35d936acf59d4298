"""Make the index of a workspace's vectors, or take it away."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import asyncpg

from rejoinder.db import Connection, Database, Read
from rejoinder.db.pool import connect_once
from rejoinder.errors import Conflict, Setup
from rejoinder.knowledge.searching.indexed import store

MOST = 4_000
"""Numbers of a vector that an index takes (pgvector, "HNSW": halfvec)."""

_ITERATIVE = (0, 8)  # the first version whose scans go on until enough is found
_MEGABYTE = 1024 * 1024
_MOST_MEMORY = (
    1024  # MB; 100,000 vectors of 768 numbers need 200, and without them five times as long
)


@dataclass(frozen=True, slots=True)
class Made:
    """What there is now: `bytes` of an index over `vectors`, None where they are too few for one."""

    vectors: int
    bytes: int | None
    dropped: int


async def make(db: Database, workspace_id: UUID, model: str) -> Made:
    """Have an index over the workspace's vectors of the model, anew if it was left half made; drop other models'.

    Too few vectors have none. Seconds for 20,000 vectors, minutes for 100,000; others read and write meanwhile. Raises
    Setup where pgvector is missing, too old or can't index vectors of that size, or the role may not; Conflict where
    somebody else is at it.
    """
    async with db.read(workspace_id) as read:
        found = await store.version(read)
        if model and found < _ITERATIVE:
            raise _too_old(found)
        sizes = await store.sizes(read, model)
    size, vectors = sizes[0] if sizes else (0, 0)
    if size > MOST:
        raise Setup(
            f"Vectors of {size:,} numbers can't be indexed; {MOST:,} are the most.",
            mend="Ask for smaller ones: REJOINDER_EMBEDDER=provider:name@SIZE.",
        )
    wanted = store.name(workspace_id, model) if vectors >= store.LEAST else None
    memory = min(_MOST_MEMORY, max(64, vectors * (size * 2 + 800) // _MEGABYTE))
    connection = await connect_once(
        db.dsn,
        "rejoinder knowledge index",
        limits=False,
        settings={"maintenance_work_mem": f"{memory}MB"},
    )
    try:
        return await _make(connection, workspace_id, model, size, vectors, wanted)
    except asyncpg.InsufficientPrivilegeError:
        raise Setup(
            "This role does not own the table knowledge_vectors.",
            mend="Run the command with the role that ran `rejoinder migrate`.",
        ) from None
    finally:
        await connection.close()


async def _make(
    connection: Connection,
    workspace_id: UUID,
    model: str,
    size: int,
    vectors: int,
    wanted: str | None,
) -> Made:
    if not await store.lock(connection):
        raise Conflict(
            "Somebody makes an index of vectors already, of this workspace or another.",
            mend="Wait until they are done.",
        )
    read = Read(connection, workspace_id)
    there = await store.of_workspace(read)
    kept = [each for each in there if each.valid and each.name == wanted]
    gone = [each for each in there if each not in kept]
    for each in gone:
        await store.drop(connection, each.name)
    if wanted and not kept:
        await store.make(connection, workspace_id, model, size)
        kept = await store.of_workspace(read)
    return Made(vectors, kept[0].bytes if kept else None, len(gone))


async def drop(db: Database, workspace_id: UUID) -> int:
    """Drop all of the workspace's; how many there were. Raises Conflict, Setup."""
    made = await make(db, workspace_id, "")
    return made.dropped


def _too_old(found: tuple[int, ...]) -> Setup:
    if not found:
        return Setup(
            "An index needs pgvector 0.8 or newer; the extension is missing.",
            mend="Install pgvector for this PostgreSQL; as a superuser run: CREATE EXTENSION vector;",
        )
    return Setup(
        f"An index needs pgvector 0.8 or newer; there is {'.'.join(map(str, found))}.",
        mend="Install a newer pgvector; as a superuser run: ALTER EXTENSION vector UPDATE;",
    )
