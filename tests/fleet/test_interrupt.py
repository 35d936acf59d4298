"""A new message closes the request to the provider, whichever process runs it."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from tests.fleet.conftest import Fleet
from tests.fleet.test_fleet import _channel, _say

SOON_S = 5.0
"""It takes some 10 ms, a second where notifications are swallowed; this is for a machine with other work."""


async def test_the_request_is_closed_in_another_process(fleet: Fleet) -> None:
    """The message comes to a server; a worker, another process, has the request open. The socket is the judge."""
    channel, thread, stub = await _channel(fleet), f"interrupt-{uuid4()}", fleet.stub
    stub.delay = 60.0
    closed, begun = stub.closed_by_client, stub.open
    async with fleet.servers[0].client() as client:
        await _say(client, channel, thread, "A green tea")
        await stub.until(lambda stub: stub.open > begun)
        await _say(client, channel, thread, "no, a black one")
        async with asyncio.timeout(SOON_S):
            await stub.until(lambda stub: stub.closed_by_client > closed)
