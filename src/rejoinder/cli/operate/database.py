"""The database for a command of the operator: ours or theirs, running or not, and of this version."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rejoinder.app.database import any_database, check
from rejoinder.cli.run import say
from rejoinder.db import Database, connect
from rejoinder.settings import Settings


@asynccontextmanager
async def database(settings: Settings, name: str) -> AsyncIterator[Database]:
    """A small pool until left. Raises Setup when there is no database, or one of another version."""
    async with any_database(settings, say) as dsn:
        await check(dsn)
        db = await connect(dsn, size=2, name=name)
        try:
            yield db
        finally:
            await db.close()
