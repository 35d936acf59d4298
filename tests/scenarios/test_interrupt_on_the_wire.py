"""A new message closes the request to the provider: shown on a real socket."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from rejoinder.db import Database
from rejoinder.llm.formats.openai import OpenAIModel
from rejoinder.testing import OpenAIStub
from rejoinder.turns.upkeep.lease import Lease
from tests.scenarios.conftest import OpenShop
from tests.scenarios.shop import working

SOON_S = 5.0
"""It takes some 10 ms, a second by the lease alone; this is for a machine with other work."""


@pytest.mark.parametrize("notified", [True, False], ids=["notified", "by-the-lease-alone"])
async def test_the_request_is_closed(
    db: Database, opens: OpenShop, monkeypatch: pytest.MonkeyPatch, notified: bool
) -> None:
    """Where a pooler swallows notifications, the renewal of the lease tells the worker."""
    if not notified:
        monkeypatch.setattr(Lease, "_told", lambda *_: None)
    shop = await opens()
    async with (
        OpenAIStub(reply=lambda _: "Sure.") as stub,
        aiohttp.ClientSession() as session,
        working(db, OpenAIModel("stub", api_key=None, base_url=stub.base_url, session=session)),
    ):
        stub.delay = 60.0
        await shop.says("A green tea")
        await stub.until(lambda stub: stub.open == 1)
        await shop.says("no, a black one")
        async with asyncio.timeout(SOON_S):
            await stub.until(lambda stub: stub.closed_by_client == 1)
        await stub.until(lambda stub: stub.open == 1)
        assert "A green tea" in str(stub.requests[-1].body)
        assert "no, a black one" in str(stub.requests[-1].body)
        assert (await shop.turns()) == ["superseded", "running"]
