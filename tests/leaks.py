"""Nothing outlives a test: no task, no running turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from rejoinder.db import Database

# Tasks that were told to end get this long to do so; a leak only shows later by it.
_GRACE_S = 2.0


@pytest.fixture(autouse=True)
async def nothing_outlives_the_test(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """Set up before a test's own fixtures and after the session's, so it sees what the test alone left behind."""
    before = asyncio.all_tasks()
    yield
    mine = asyncio.current_task()
    left = {task for task in asyncio.all_tasks() - before if task is not mine}
    if left:
        _, left = await asyncio.wait(left, timeout=_GRACE_S)
    assert not left, f"tasks still running: {sorted(task.get_name() for task in left)}"
    workspace_id, db = (request.node.funcargs.get(name) for name in ("workspace_id", "db"))
    if isinstance(workspace_id, UUID) and isinstance(db, Database):
        assert await _running(db, workspace_id) == 0, "a turn is still running, for no one"


async def _running(db: Database, workspace_id: UUID) -> int:
    async with db.read(workspace_id) as read:
        running: int = await read.connection.fetchval(
            "SELECT count(*) FROM turns WHERE workspace_id = $1 AND state = 'running'", workspace_id
        )
    return running
