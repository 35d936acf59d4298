"""A program whose model the tests script, with a Pancake backend on loopback that takes what it posts."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest

from rejoinder.bots import store as bots
from rejoinder.bots.model import Bot, Channel, ChannelSettings
from rejoinder.db import new_id
from rejoinder.testing import ScriptedModel
from rejoinder.workspaces.tokens import issue
from tests.api.application import Application, fresh_database, running
from tests.channels.backend import Backend, listening

PANCAKE_TOKEN = "the-pancake-token-of-the-tests"
ADMIN_TOKEN = "the-admin-token-of-the-tests"


@dataclass(frozen=True, slots=True)
class House:
    """The program, and what it answers with and posts to."""

    program: Application
    model: ScriptedModel
    backend: Backend


@dataclass(frozen=True, slots=True)
class Shop:
    """A workspace of one test: a bot with a REST and a Pancake channel, and a caller who may do all."""

    house: House
    workspace_id: UUID
    bot: Bot
    client: aiohttp.ClientSession

    async def post(self, path: str, body: object = None, status: int = 200) -> dict[str, Any]:
        """POST a body that must be answered with that status."""
        async with self.client.post(path, json=body) as response:
            answer: dict[str, Any] = await response.json(content_type=None)
            assert response.status == status, answer
            return answer

    async def get(self, path: str, status: int = 200) -> dict[str, Any]:
        """GET what must be answered with that status."""
        async with self.client.get(path) as response:
            answer: dict[str, Any] = await response.json(content_type=None)
            assert response.status == status, answer
            return answer

    async def handle(self, text: str, **given: object) -> dict[str, Any]:
        """The answer of `enhanced-handle-message` to a message of a thread of its own, unless one is given."""
        body = {
            "conversation_id": f"conv_{uuid4().hex[:8]}",
            "message_id": f"msg_{uuid4().hex[:8]}",
            "message_content": text,
            "sender_id": "user_123",
            "sender_type": "user",
            "timestamp": 1699123456.789,
            "metadata": {"platform": "web"},
            **given,
        }
        return await self.post("/api/v1/enhanced-handle-message", body)

    async def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of a statement; $1 is the workspace."""
        async with self.house.program.db.read(self.workspace_id) as read:
            rows = await read.connection.fetch(statement, self.workspace_id, *values)
        return [tuple(row) for row in rows]

    async def set_bot(self, **policy: object) -> None:
        """Change the bot, by its API."""
        async with self.client.patch(f"/api/v1/bots/{self.bot.bot_id}", json=policy) as response:
            assert response.status == 200, await response.text()


@pytest.fixture(scope="session")
async def house() -> AsyncIterator[House]:
    """One running program for all tests of the documents' surface."""
    model = ScriptedModel()
    async with (
        listening() as backend,
        fresh_database(os.environ.get("REJOINDER_TEST_DATABASE_URL")) as dsn,
        running(
            dsn,
            model,
            pancake_base_url=backend.url,
            pancake_access_token=PANCAKE_TOKEN,
            admin_access_token=ADMIN_TOKEN,
        ) as program,
    ):
        yield House(program, model, backend)


@pytest.fixture
async def shop(house: House) -> AsyncIterator[Shop]:
    """A workspace of the test's own, whose bot keeps no quiet window; nothing is left held or scripted after it."""
    workspace_id = new_id()
    bot = Bot(
        bot_id=new_id(), name="Default Bot", persona="", fallback_text="Later.", quiet_seconds=0.0
    )
    async with house.program.db.maintenance() as maintenance:
        await maintenance.connection.execute(
            "INSERT INTO workspaces (workspace_id, slug, name, allow_private_networks) VALUES ($1, $2, 'T', true)",
            workspace_id,
            f"t-{workspace_id}",
        )
    settings = ChannelSettings(base_url=house.backend.url)
    async with house.program.db.transaction(workspace_id) as tx:
        await bots.add_bot(tx, bot)
        await bots.add_channel(tx, Channel(new_id(), bot.bot_id, "rest", "REST"))
        await bots.add_channel(tx, Channel(new_id(), bot.bot_id, "pancake", "Pancake", settings))
        token = await issue(tx, "test", "admin")
    async with house.program.client(token) as client:
        yield Shop(house, workspace_id, bot, client)
    house.model.script.clear()
    house.model.release()
    house.backend.script.clear()
