"""A shop on Pancake: what its bot answers is posted to a backend on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from rejoinder.channels.senders import Senders
from rejoinder.db import Database
from rejoinder.net.guard import outward
from rejoinder.secrets.vault import Vault
from rejoinder.testing import ScriptedModel
from rejoinder.worker import Work
from tests.channels.backend import Backend, listening
from tests.outbound.conftest import quiet_outbox
from tests.scenarios.conftest import OpenShop, bus, model, opens, quiet_house
from tests.scenarios.shop import Shop, working

__all__ = ["bus", "model", "opens", "quiet_house", "quiet_outbox"]

MOVE = """
UPDATE channels SET platform = 'pancake', settings = jsonb_build_object('base_url', $2::text) WHERE workspace_id = $1
RETURNING channel_id
"""


@pytest.fixture
async def backend() -> AsyncIterator[Backend]:
    async with listening() as backend:
        yield backend


@pytest.fixture
async def shop(opens: OpenShop, backend: Backend) -> Shop:
    shop = await opens()
    assert await shop.sql(MOVE, backend.url)
    return shop


@pytest.fixture
async def work(
    db: Database, model: ScriptedModel, quiet_house: None, quiet_outbox: None, shop: Shop
) -> AsyncIterator[Work]:
    keys = (b"the installation's secret key...",)
    async with (
        outward() as out,
        working(db, model, Senders(out, Vault(lambda: keys)).send) as work,
    ):
        yield work
