"""A chat platform of the tests' own, and its way in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import pytest

from rejoinder.channels import registry
from rejoinder.channels.log import ChannelLog
from rejoinder.db import Database
from tests.inbound.webhook.edge import Edge, furnished, way_in


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The registry knows the toy platform."""
    monkeypatch.setitem(registry._PLATFORMS, "toy", "tests.inbound.webhook.toy:Toy")
    registry.platform.cache_clear()
    registry.platforms.cache_clear()
    yield
    registry.platform.cache_clear()
    registry.platforms.cache_clear()


@pytest.fixture
async def edge(toy: None, db: Database, workspace_id: UUID) -> AsyncIterator[Edge]:
    """The way in over HTTP, with one channel of the toy platform: the account `home`."""
    channel_log = ChannelLog(db)
    async with way_in(db, channel_log) as http:
        yield await furnished(http, db, workspace_id, "home", channel_log)
