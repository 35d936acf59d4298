"""Nothing outlives a test: no task that it started, no running turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID
from weakref import WeakSet

import pytest

from rejoinder.db import Database

# Tasks that were told to end get this long to do so.
_GRACE_S = 2.0

# Tasks inherit it from whoever starts them, so the session's servers and workers stay out of it.
_test: ContextVar[object] = ContextVar("test", default=None)


@pytest.fixture(autouse=True)
async def nothing_outlives_the_test(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """Set up before a test's own fixtures and torn down after them."""
    with _started_tasks() as started:
        yield
    left = {task for task in started if not task.done() and task is not asyncio.current_task()}
    if left:
        _, left = await asyncio.wait(left, timeout=_GRACE_S)
    assert not left, f"tasks still running: {sorted(task.get_name() for task in left)}"
    workspace_id, db = (request.node.funcargs.get(name) for name in ("workspace_id", "db"))
    if isinstance(workspace_id, UUID) and isinstance(db, Database):
        assert await _running(db, workspace_id) == 0, "a turn is still running, for no one"


@contextmanager
def _started_tasks() -> Iterator[WeakSet[asyncio.Task[Any]]]:
    """The tasks started from here on, in this context and those that come from it."""
    loop, this = asyncio.get_running_loop(), object()
    started: WeakSet[asyncio.Task[Any]] = WeakSet()
    _test.set(this)
    before = loop.get_task_factory()

    def start(
        loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, Any], **options: Any
    ) -> asyncio.Task[Any]:
        task = asyncio.Task(coroutine, loop=loop, **options)
        if _test.get() is this:
            started.add(task)
        return task

    loop.set_task_factory(start)  # type: ignore[arg-type]  # its protocol is of a later Python
    try:
        yield started
    finally:
        loop.set_task_factory(before)


async def _running(db: Database, workspace_id: UUID) -> int:
    async with db.read(workspace_id) as read:
        running: int = await read.connection.fetchval(
            "SELECT count(*) FROM turns WHERE workspace_id = $1 AND state = 'running'", workspace_id
        )
    return running
