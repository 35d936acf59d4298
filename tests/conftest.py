"""A real PostgreSQL for the whole run: the program's own private one, or REJOINDER_TEST_DATABASE_URL."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, settings

from rejoinder.app.database import bring_forward
from rejoinder.db import Database, connect, new_id
from rejoinder.telemetry.logs import configure
from tests.clusters import CLUSTERS, migrated
from tests.forks import FORKS
from tests.leaks import nothing_outlives_the_test

__all__ = ["nothing_outlives_the_test"]

# A slow machine is no failure.
settings.register_profile("rejoinder", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("rejoinder")

configure("warning", "json")  # one line a failure, where structlog would print pages


@pytest.fixture(scope="session")
async def dsn() -> AsyncIterator[str]:
    """A migrated database that nobody else uses."""
    async with AsyncExitStack() as stack:
        given = os.environ.get("REJOINDER_TEST_DATABASE_URL")
        if given:
            database = await _scratch(given, stack)
        else:
            database = await stack.enter_async_context(migrated())
        await bring_forward(database)
        yield database


@pytest.fixture(scope="session")
async def db(dsn: str) -> AsyncIterator[Database]:
    """The pool on that database."""
    database = await connect(dsn, size=10, name="rejoinder tests")
    yield database
    await database.close()


@pytest.fixture
async def workspace_id(db: Database) -> UUID:
    """A workspace of the test's own."""
    workspace = new_id()
    async with db.maintenance() as maintenance:
        await maintenance.connection.execute(
            "INSERT INTO workspaces (workspace_id, slug, name) VALUES ($1, $2, 'Test')",
            workspace,
            f"t-{workspace}",
        )
    return workspace


@pytest.fixture(scope="session", autouse=True)
def shared_things_end() -> Iterator[None]:
    """The process that forks commands and the folder that is copied end with the tests."""
    yield
    FORKS.end()
    CLUSTERS.end()


async def _scratch(given: str, stack: AsyncExitStack) -> str:
    name = f"rejoinder_test_{new_id().hex[-12:]}"
    admin = await asyncpg.connect(given)
    await admin.execute(f"CREATE DATABASE {name}")

    async def drop() -> None:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()

    stack.push_async_callback(drop)
    head, _, tail = given.partition("?")
    return head.rsplit("/", 1)[0] + f"/{name}" + (f"?{tail}" if tail else "")
