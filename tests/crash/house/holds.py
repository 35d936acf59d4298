"""Locks of the test's own sessions, which keep a worker where it is inside the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg

from tests.eventually import eventually

ROW = "SELECT FROM conversations WHERE conversation_id = $1 FOR NO KEY UPDATE"

_BLOCKED = """
SELECT count(*) FROM pg_stat_activity a WHERE $1::integer = ANY (pg_blocking_pids(a.pid)) AND (
    $2::text IS NULL OR EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.granted
        AND l.relation = $2::text::regclass AND l.mode = 'RowExclusiveLock'))
"""

_WAITS = "SELECT EXISTS (SELECT FROM pg_locks WHERE pid = $1 AND NOT granted)"


class Hold:
    """One lock, held until `release`."""

    def __init__(
        self,
        connection: asyncpg.Connection[asyncpg.Record],
        watcher: asyncpg.Connection[asyncpg.Record],
    ) -> None:
        self._connection = connection
        self._watcher = watcher
        self._taking: asyncio.Task[object] | None = None

    async def row(self, conversation_id: UUID) -> None:
        """The row that guards a conversation."""
        await self._connection.execute("BEGIN")
        await self._connection.execute(ROW, conversation_id)

    async def table(self, name: str, mode: str) -> None:
        """A whole table."""
        await self._connection.execute("BEGIN")
        await self._connection.execute(f"LOCK TABLE {name} IN {mode} MODE")

    async def table_next(self, name: str, mode: str) -> None:
        """Stand in line for a whole table: granted, by `granted`, the moment its present user ends."""
        self._taking = asyncio.create_task(self.table(name, mode))
        await eventually(lambda: self._watcher.fetchval(_WAITS, self._connection.get_server_pid()))

    async def granted(self) -> None:
        """Wait for the lock that `table_next` asked for."""
        assert self._taking is not None
        await self._taking

    async def blocks(self, sessions: int = 1, *, that_write: str | None = None) -> None:
        """Until so many sessions wait for it; only those count that have written to the table `that_write`."""
        pid = self._connection.get_server_pid()

        async def enough() -> bool:
            found: int = await self._watcher.fetchval(_BLOCKED, pid, that_write)
            return found >= sessions

        await eventually(enough)

    async def release(self) -> None:
        """Let go; a lock not held any more does no harm."""
        if self._connection.is_in_transaction():
            await self._connection.execute("ROLLBACK")


@asynccontextmanager
async def holds(dsn: str, number: int) -> AsyncIterator[list[Hold]]:
    """So many locks at once, let go at the end."""
    sessions = [await asyncpg.connect(dsn) for _ in range(number + 1)]
    watcher, *holders = sessions
    found = [Hold(each, watcher) for each in holders]
    try:
        yield found
    finally:
        for each in sessions:
            each.terminate()


async def freeze(dsn: str, conversation_id: UUID) -> float:
    """How many seconds a conversation's row can't be locked by anybody else."""
    connection = await asyncpg.connect(dsn)
    try:
        begun = asyncio.get_running_loop().time()
        await connection.execute(ROW, conversation_id)
        return asyncio.get_running_loop().time() - begun
    finally:
        await connection.close()
