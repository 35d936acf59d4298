"""The whole program on loopback for a test: its application, a worker with the local model, a database of its own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import aiohttp
import asyncpg
import uvicorn
from fastapi import FastAPI
from pydantic_ai.models import Model

from rejoinder.app.build import build
from rejoinder.app.database import bring_forward
from rejoinder.app.sample import Pancake, Sample, sample
from rejoinder.bots import store as bots
from rejoinder.bots.model import Bot, Channel
from rejoinder.channels.senders import Senders
from rejoinder.db import Database, connect, new_id
from rejoinder.live.bus import Bus
from rejoinder.llm.calling.chain import Chain
from rejoinder.llm.chains import Chains
from rejoinder.llm.local.model import LocalModel
from rejoinder.net.guard import outward
from rejoinder.secrets.vault import Vault
from rejoinder.settings import Settings
from rejoinder.worker import Equipment, Work
from rejoinder.workspaces.model import Scope
from rejoinder.workspaces.tokens import issue
from tests.clusters import migrated


@dataclass(frozen=True, slots=True)
class Application:
    """Where it listens, and a way past its edges to see what it stored."""

    url: str
    db: Database
    shop: Sample
    settings: Settings

    async def token(self, scope: Scope = "admin", workspace_id: UUID | None = None) -> str:
        """A fresh token, of the sample workspace unless another is named."""
        async with self.db.transaction(workspace_id or self.shop.workspace_id) as tx:
            return await issue(tx, f"test {new_id()}", scope)

    def client(self, token: str | None) -> aiohttp.ClientSession:
        """An HTTP client that carries the token."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return aiohttp.ClientSession(self.url, headers=headers)

    async def neighbour(self) -> UUID:
        """Another workspace with a bot and a REST channel."""
        workspace_id = new_id()
        async with self.db.maintenance() as maintenance:
            await maintenance.connection.execute(
                "INSERT INTO workspaces (workspace_id, slug, name) VALUES ($1, $2, 'Next door')",
                workspace_id,
                f"t-{workspace_id}",
            )
        async with self.db.transaction(workspace_id) as tx:
            bot = Bot(bot_id=new_id(), name="Nok", persona="", fallback_text="Later, please.")
            await bots.add_bot(tx, bot)
            await bots.add_channel(tx, Channel(new_id(), bot.bot_id, "rest", "REST"))
        return workspace_id

    async def stored(self) -> dict[str, int]:
        """Rows of everything a message leaves behind when it is taken in; answers of earlier ones don't count."""
        tables = {
            "contacts": "true",
            "contact_identities": "true",
            "conversations": "true",
            "messages": "sender_type <> 'ai'",
            "turns": "true",
            "events": "event_type IN ('conversation.opened', 'message.received')",
        }
        async with self.db.maintenance() as maintenance:
            return {
                table: await maintenance.connection.fetchval(
                    f"SELECT count(*) FROM {table} WHERE {which}"
                )
                for table, which in tables.items()
            }


@asynccontextmanager
async def fresh_database(given: str | None) -> AsyncIterator[str]:
    """The DSN of a migrated database that nothing is in: on the server `given`, else on a private one."""
    if given is None:
        async with migrated() as dsn:
            yield dsn
        return
    name = f"rejoinder_test_{new_id().hex[-12:]}"
    admin = await asyncpg.connect(given)
    try:
        await admin.execute(f"CREATE DATABASE {name}")
        head, _, tail = given.partition("?")
        dsn = head.rsplit("/", 1)[0] + f"/{name}" + (f"?{tail}" if tail else "")
        await bring_forward(dsn)
        yield dsn
    finally:
        await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await admin.close()


@asynccontextmanager
async def running(dsn: str, model: Model | None = None, **given: str) -> AsyncIterator[Application]:
    """The program on an empty or migrated database, as `serve` puts it together, until left.

    It answers with `model`, the local one if none is named; `given` are settings.
    """
    await bring_forward(dsn)
    settings = Settings(
        port=0,
        data_dir=Path("unused"),
        visitor_messages_per_minute=1000,
        **given,  # type: ignore[arg-type]
    )
    async with AsyncExitStack() as stack:
        db = await connect(dsn, size=10, name="rejoinder api tests")
        stack.push_async_callback(db.close)
        models = Chain([model or LocalModel()])
        keys = (b"the installation's secret key...",)
        vault = Vault(lambda: keys)
        shop = await sample(db, Pancake.of(settings, vault))

        async def asked() -> Chain:
            return models

        out = await stack.enter_async_context(outward())
        senders = Senders(out, vault)
        bus = Bus(db)
        work = Work(
            db, Chains.only(models), settings, senders.send, equipment=Equipment(vault=vault)
        )
        await stack.enter_async_context(bus.running())
        await stack.enter_async_context(work.running())
        app = build(
            db=db,
            bus=bus,
            settings=settings,
            keys=keys,
            vault=vault,
            out=out,
            sample=shop,
            model="local",
            working=lambda: work.ready,
            models=asked,
        )
        url = await stack.enter_async_context(listening(app))
        stack.callback(bus.close)  # streams end before the server waits for them
        yield Application(url, db, shop, settings)


@asynccontextmanager
async def listening(app: FastAPI) -> AsyncIterator[str]:
    """Serve on a free loopback port with the settings of `serve`; gives the URL."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            http="httptools",
            timeout_graceful_shutdown=2,
            server_header=False,
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[taken]))
        try:
            yield f"http://127.0.0.1:{taken.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving
