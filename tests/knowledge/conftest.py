"""A workspace that holds the demo shop."""

from collections.abc import AsyncIterator
from uuid import UUID

import aiohttp
import pytest

from rejoinder.db import Database
from rejoinder.knowledge import demo
from rejoinder.net.http import session


@pytest.fixture
async def shop(db: Database, workspace_id: UUID) -> UUID:
    """A workspace of the test's own with the demo documents."""
    async with db.transaction(workspace_id) as tx:
        await demo.load(tx)
    return workspace_id


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """A session as the program has one."""
    async with session() as http:
        yield http
