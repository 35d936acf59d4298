"""The way in of platforms on loopback, without a worker: what waits in the intake is applied when a test says so."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import aiohttp
import asyncpg
from fastapi import FastAPI

from rejoinder.app import problems
from rejoinder.app.body_limit import BodyLimit
from rejoinder.bots import store as bots
from rejoinder.bots.model import Bot, Channel, ChannelSettings
from rejoinder.channels.log import ChannelLog
from rejoinder.channels.port.account import sealed
from rejoinder.db import Database, new_id
from rejoinder.inbound.intake import store
from rejoinder.inbound.intake.retry import again
from rejoinder.inbound.webhook.known import KnownChannels
from rejoinder.inbound.webhook.outcome import Whole
from rejoinder.inbound.webhook.routes import routes
from rejoinder.secrets.vault import Vault
from tests.api.application import listening
from tests.inbound.webhook.toy import SECRET, signed

VAULT = Vault(lambda: (b"the installation's secret key...",))


def said(thread: str, external_id: str, text: str = "Hello", **more: object) -> dict[str, Any]:
    """A customer's message, as the toy platform puts it."""
    return {"is": "said", "thread": thread, "id": external_id, "text": text, **more}


@dataclass(frozen=True, slots=True)
class Edge:
    """One channel, of the toy platform unless another is named, and what it left in the database."""

    http: aiohttp.ClientSession
    db: Database
    workspace_id: UUID
    bot_id: UUID
    channel_id: UUID
    channel_log: ChannelLog
    platform: str = "toy"
    sign: Callable[[bytes], dict[str, str]] = signed

    @property
    def path(self) -> str:
        return f"/webhooks/{self.platform}/{self.channel_id}"

    async def post(self, *events: dict[str, Any], account: str | None = None) -> int:
        """Post events as the platform would; the answer's status."""
        return await self.raw(json.dumps({"account": account, "events": events}).encode())

    async def raw(self, body: bytes) -> int:
        """Post a body, rightly signed."""
        async with self.http.post(
            self.path, data=io.BytesIO(body), headers=self.sign(body)
        ) as response:
            await response.read()
            return response.status

    async def texts(self, thread: str) -> list[str]:
        """What the thread's messages say, in the order of their seq."""
        rows = await self.sql(
            "SELECT m.text FROM messages m JOIN conversations c USING (workspace_id, conversation_id)"
            " WHERE m.workspace_id = $1 AND c.thread_key = $2 ORDER BY m.seq",
            thread,
        )
        return [row[0] for row in rows]

    async def intake(self) -> list[tuple[str, str]]:
        """(state, reason) of what the intake holds, in the order it came."""
        rows = await self.sql(
            "SELECT state, reason FROM intake WHERE workspace_id = $1 ORDER BY received_at, intake_id"
        )
        return [tuple(row) for row in rows]

    async def sql(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        """Rows of a query whose $1 is the workspace."""
        async with self.db.read(self.workspace_id) as read:
            return await read.connection.fetch(query, self.workspace_id, *arguments)

    async def apply_waiting(self) -> list[Whole | None]:
        """What a worker would do with each body that waits, whenever its time is; what came of each."""
        await self.sql(
            "UPDATE intake SET next_try_at = clock_timestamp() WHERE workspace_id = $1 AND state = 'waiting'"
        )
        rows = await self.sql(
            "SELECT intake_id FROM intake WHERE workspace_id = $1 AND state = 'waiting' ORDER BY received_at, intake_id"
        )
        channels = KnownChannels(self.db, VAULT)
        return [await again(self.db, channels, self.workspace_id, row[0]) for row in rows]

    async def retried(self, intake_id: UUID) -> Whole | None:
        """What a worker does with one body."""
        return await again(self.db, KnownChannels(self.db, VAULT), self.workspace_id, intake_id)

    async def die_with_it_in_hand(self) -> None:
        """A worker takes a waiting body and is never heard of again."""
        (row,) = await self.sql("SELECT intake_id FROM intake WHERE workspace_id = $1")
        async with self.db.transaction(self.workspace_id) as tx:
            assert await store.claim(tx, row[0], timedelta(seconds=30))

    async def channel(
        self,
        name: str,
        *,
        account: str | None = None,
        settings: ChannelSettings | None = None,
        platform: str = "toy",
        **credentials: str,
    ) -> UUID:
        """Another channel of the workspace."""
        channel = Channel(
            new_id(),
            self.bot_id,
            platform,
            name,
            settings or ChannelSettings(),
            sealed(credentials or {"secret": SECRET}, VAULT),
            account=account,
        )
        async with self.db.transaction(self.workspace_id) as tx:
            await bots.add_channel(tx, channel)
        return channel.channel_id

    def at(self, channel_id: UUID) -> Edge:
        """The same way in, of another channel."""
        return replace(self, channel_id=channel_id)

    @asynccontextmanager
    async def locked(self, thread: str) -> AsyncIterator[None]:
        """Another transaction holds the conversation, until left."""
        connection = await self.db.session("rejoinder tests lock")
        await connection.execute("SET idle_in_transaction_session_timeout = '60s'")
        try:
            async with connection.transaction():
                found = await connection.fetchval(
                    "SELECT true FROM conversations WHERE workspace_id = $1 AND thread_key = $2"
                    " FOR NO KEY UPDATE",
                    self.workspace_id,
                    thread,
                )
                assert found, "there is such a conversation"
                yield
        finally:
            await connection.close()


@asynccontextmanager
async def way_in(
    db: Database, channel_log: ChannelLog | None = None
) -> AsyncIterator[aiohttp.ClientSession]:
    """The routes alone, as the application puts them together."""
    app = FastAPI()
    app.add_middleware(BodyLimit)
    problems.install(app)
    app.include_router(routes(db, VAULT, channel_log))
    async with listening(app) as url, aiohttp.ClientSession(url) as http:
        yield http


async def furnished(
    http: aiohttp.ClientSession,
    db: Database,
    workspace_id: UUID,
    account: str | None = None,
    channel_log: ChannelLog | None = None,
) -> Edge:
    """A bot and a channel of the toy platform."""
    bot = Bot(bot_id=new_id(), name="Nok", persona="", fallback_text="Later, please.")
    async with db.transaction(workspace_id) as tx:
        await bots.add_bot(tx, bot)
    edge = Edge(http, db, workspace_id, bot.bot_id, new_id(), channel_log or ChannelLog(db))
    return edge.at(await edge.channel(f"Toy {edge.channel_id}", account=account))


async def together(*posts: object) -> list[Any]:
    """All at once."""
    return list(await asyncio.gather(*posts))  # type: ignore[call-overload]


__all__ = ["VAULT", "Edge", "furnished", "said", "store", "together", "way_in"]
