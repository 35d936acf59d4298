"""A private PostgreSQL that a test may restart."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import asyncpg

from rejoinder.db.private import own
from tests.clusters import CLUSTERS
from tests.eventually import eventually

Mode = Literal["fast", "immediate"]

# What `pg_ctl restart -m` sends (PostgreSQL, "pg_ctl"): fast ends every session, immediate ends without a checkpoint.
_SIGNALS: dict[Mode, signal.Signals] = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}


class Postgres:
    """The server of a data folder; its owner, this process, starts it again when it has ended."""

    def __init__(self, dsn: str, data: Path, said: list[str]) -> None:
        self.dsn = dsn
        self.said = said
        self._pid_file = data / "postgres" / "18" / "postmaster.pid"

    async def restart(self, mode: Mode) -> float:
        """End it so, and wait until it answers again; how many seconds it was away."""
        loop = asyncio.get_running_loop()
        before, begun = self._pid(), loop.time()
        assert before is not None, "it runs"
        os.kill(before, _SIGNALS[mode])

        async def another() -> bool:
            return self._pid() not in {before, None} and await self._answers()

        await eventually(another, 60)
        return loop.time() - begun

    def _pid(self) -> int | None:
        try:
            return int(self._pid_file.read_text().partition("\n")[0])
        except (FileNotFoundError, ValueError):
            return None

    async def _answers(self) -> bool:
        try:
            connection = await asyncpg.connect(self.dsn, timeout=5)
        except (OSError, asyncpg.PostgresError, TimeoutError):
            return False
        await connection.close()
        return True


@asynccontextmanager
async def private_postgres(folder: Path) -> AsyncIterator[Postgres]:
    """A migrated one in an empty folder that every user may enter."""
    said: list[str] = []
    await CLUSTERS.settle(folder / "data")
    async with own(folder / "data", said.append) as dsn:
        yield Postgres(dsn, folder / "data", said)
