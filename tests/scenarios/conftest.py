"""A shop, a model whose answers the test knows, and a worker that answers with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import pytest

from rejoinder.db import Database
from rejoinder.live.bus import Bus
from rejoinder.testing import ScriptedModel
from rejoinder.worker import Work
from tests.scenarios.shop import Shop, open_shop, working

OpenShop = Callable[..., Awaitable[Shop]]


@pytest.fixture
async def quiet_house(db: Database) -> None:
    """No work is left over from other tests of this database: this test's worker would do it."""
    async with db.maintenance() as maintenance:
        await maintenance.connection.execute("DELETE FROM pgqueuer")
        await maintenance.connection.execute(
            """UPDATE turns SET state = 'cancelled', worker_no = NULL, lease_until = NULL, ended_at = now()
               WHERE state IN ('waiting', 'running')"""
        )


@pytest.fixture
async def bus(db: Database) -> AsyncIterator[Bus]:
    bus = Bus(db)
    async with bus.running():
        yield bus


@pytest.fixture
def opens(db: Database, bus: Bus, workspace_id: UUID, quiet_house: None) -> OpenShop:
    """Opens a shop whose bot has the policy the test names."""

    async def opens(**policy: object) -> Shop:
        return await open_shop(db, bus, workspace_id, **policy)  # type: ignore[arg-type]

    return opens


@pytest.fixture
async def shop(opens: OpenShop) -> Shop:
    """A shop whose bot answers each message at once, without a quiet window."""
    return await opens()


@pytest.fixture
def model() -> ScriptedModel:
    return ScriptedModel()


@pytest.fixture
async def work(db: Database, model: ScriptedModel, quiet_house: None) -> AsyncIterator[Work]:
    """A worker that answers with `model`."""
    async with working(db, model) as work:
        yield work
