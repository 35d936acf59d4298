"""Workers are killed while chat platforms that have taken a message are silent: nobody gets it twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import asyncpg
import pytest

from rejoinder.conversations.content import Text
from rejoinder.testing.platforms.faults import Plan
from rejoinder.testing.platforms.find import simulated_of
from rejoinder.testing.platforms.server import PlayedPlatform, playing
from tests.eventually import eventually
from tests.fleet.conftest import Fleet

SILENT = Plan({"receipt-lost": 1.0}, hang_seconds=120)
"""No receipt tells what the request's own answer did not."""

STATUSES = """
SELECT d.status FROM deliveries d
JOIN conversations c ON c.workspace_id = d.workspace_id AND c.conversation_id = d.conversation_id
JOIN channels ch ON ch.workspace_id = c.workspace_id AND ch.channel_id = c.channel_id
WHERE ch.platform = $1 ORDER BY d.created_at, d.seq
"""

CONVERSATION = """
SELECT c.conversation_id FROM conversations c
JOIN channels ch ON ch.workspace_id = c.workspace_id AND ch.channel_id = c.channel_id WHERE ch.platform = $1
"""

AFTERWARDS = {
    "whatsapp_cloud": ["sent", "unknown", "unknown"],
    "telegram": ["sent", "unknown", "unknown"],
    "line": ["sent", "sent", "unknown"],
}
"""What was answered; what a person wrote, which LINE is pushed and knows again; what was answered by reply token."""


@pytest.fixture
async def database(fleet: Fleet) -> AsyncIterator[asyncpg.Pool[asyncpg.Record]]:
    pool = await asyncpg.create_pool(fleet.dsn, min_size=1, max_size=3)
    yield pool
    await pool.close()


@pytest.mark.timeout(180)
@pytest.mark.long
async def test_what_killed_workers_were_sending_is_shown_once(
    fleet: Fleet, database: asyncpg.Pool[asyncpg.Record]
) -> None:
    async with AsyncExitStack() as stack:
        played = [
            await stack.enter_async_context(playing(name, plan=SILENT)) for name in AFTERWARDS
        ]
        await asyncio.gather(*(_three_messages(fleet, database, each) for each in played))
        await asyncio.gather(*(worker.kill() for worker in fleet.workers))
        await asyncio.gather(*(worker.start() for worker in fleet.workers))

        async def settled() -> bool:
            found.update({name: await _statuses(database, name) for name in AFTERWARDS})
            return found == AFTERWARDS

        found = dict[str, list[str]]()
        try:
            await eventually(settled, 60)
        except AssertionError:
            raise AssertionError(found) from None
        for platform in played:
            assert platform.book.doubled() == []
            assert len(platform.book.shown) == 3


async def _three_messages(
    fleet: Fleet, database: asyncpg.Pool[asyncpg.Record], platform: PlayedPlatform
) -> None:
    """One customer is answered, then written to by a person; another is answered. The last two requests hang."""
    server, name = fleet.servers[0], platform.played.name
    async with server.client() as client:
        wanted = {
            "platform": name,
            "name": name,
            "credentials": dict(simulated_of(name).credentials),
            "settings": {"base_url": platform.url},
        }
        async with client.post("/api/v1/channels", json=wanted) as answer:
            made = await answer.json()
            assert answer.status == 201, made
        platform.posts_to(f"{server.url}/webhooks/{name}/{made['channel_id']}")
        ann, ben = platform.played.customers(1), platform.played.customers(2)
        assert await platform.say(ann, Text(text="Hello"))
        await platform.book.until(lambda: len(platform.book.shown) == 1, 30)

        async def sent() -> bool:
            return await _statuses(database, name) == ["sent"]

        await eventually(sent)
        platform.faults.script.append("hang-after-accept")
        path = f"/api/v1/conversations/{await database.fetchval(CONVERSATION, name)}/messages"
        async with client.post(path, json={"agent": "anna", "text": "I am Anna."}) as answer:
            assert answer.status == 201, await answer.text()
        await platform.book.until(lambda: len(platform.book.shown) == 2, 30)
        platform.faults.script.append("hang-after-accept")
        assert await platform.say(ben, Text(text="Hi"))
        await platform.book.until(lambda: len(platform.book.shown) == 3, 30)


async def _statuses(database: asyncpg.Pool[asyncpg.Record], platform: str) -> list[str]:
    return [row[0] for row in await database.fetch(STATUSES, platform)]
