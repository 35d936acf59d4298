"""PostgreSQL goes away and comes back: 503 meanwhile, nothing half stored, no restart needed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit
from uuid import uuid4

import aiohttp
import pytest

from rejoinder.app.build import build
from rejoinder.app.sample import sample
from rejoinder.db import connect
from rejoinder.live.bus import Bus
from rejoinder.net.guard import outward
from rejoinder.secrets.vault import Vault
from rejoinder.settings import Settings
from rejoinder.workspaces.tokens import issue
from tests.api.application import listening
from tests.api.problem import problem
from tests.api.say import MESSAGES, body, send

KEYS = (b"the installation's secret key...",)


class Wire:
    """A port of ours in front of the database's socket, which can be cut and mended."""

    def __init__(self, dsn: str) -> None:
        self._url = urlsplit(dsn)
        self._at = parse_qs(self._url.query)
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    @property
    def dsn(self) -> str:
        """The database through this wire."""
        user = f"{quote(self._url.username or '')}:{self._url.password or ''}"
        return f"postgresql://{user}@127.0.0.1:{self.port}{self._url.path}?sslmode=disable"

    async def mend(self) -> None:
        """Let connections through, always at the same port."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Drop every connection and refuse new ones."""
        assert self._server
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        far_reader, far_writer = await self._dial()
        self._open |= {writer, far_writer}
        await asyncio.gather(_pipe(reader, far_writer), _pipe(far_reader, writer))
        self._open -= {writer, far_writer}

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host = self._at.get("host", [self._url.hostname or "127.0.0.1"])[0]
        port = int(self._at.get("port", [self._url.port or 5432])[0])
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, port)


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with suppress(OSError):
        writer.close()
        await writer.wait_closed()


@pytest.fixture
async def wire(dsn: str) -> AsyncIterator[Wire]:
    wire = Wire(dsn)
    await wire.mend()
    yield wire
    await wire.cut()


@pytest.fixture
async def working() -> list[bool]:
    """Whether the worker takes turns, as the application is told."""
    return [True]


@pytest.fixture
async def client(wire: Wire, working: list[bool]) -> AsyncIterator[aiohttp.ClientSession]:
    """A caller of an application that reaches its database through the wire, and has no worker."""
    db = await connect(wire.dsn, size=3)
    shop = await sample(db)
    async with db.transaction(shop.workspace_id) as tx:
        token = await issue(tx, f"outage {uuid4()}", "ingest")
    bus = Bus(db)
    async with outward() as out:
        app = build(
            db=db,
            bus=bus,
            settings=Settings(data_dir=Path("unused")),
            keys=KEYS,
            vault=Vault(lambda: KEYS),
            out=out,
            sample=shop,
            model="local",
            working=lambda: working[0],
        )
        async with (
            bus.running(),
            listening(app) as url,
            aiohttp.ClientSession(url, headers={"Authorization": f"Bearer {token}"}) as client,
        ):
            yield client
            bus.close()
    await db.close()


async def _refused(client: aiohttp.ClientSession, path: str = MESSAGES) -> None:
    asked = client.post(path, json=body()) if path == MESSAGES else client.get(path)
    async with asked as response:
        await problem(response, 503, "unavailable")
        assert int(response.headers["Retry-After"]) > 0


async def test_nothing_is_acknowledged_while_the_database_is_away(
    client: aiohttp.ClientSession, wire: Wire
) -> None:
    given = body(message_id=uuid4().hex)
    stored = await send(client, given)
    await wire.cut()
    await _refused(client)
    await _refused(client, f"{MESSAGES}/{stored['message_id']}")
    await _refused(client, f"/api/v1/conversations/{stored['conversation_id']}/messages")
    await wire.mend()
    assert (await send(client, given))["message_id"] == stored["message_id"]


async def test_ready_follows_the_database_and_live_does_not(
    client: aiohttp.ClientSession, wire: Wire
) -> None:
    await wire.cut()
    async with client.get("/health/ready") as response:
        assert response.status == 503
        assert (await response.json())["status"] == "unavailable"
    async with client.get("/health/live") as response:
        assert response.status == 200
    await wire.mend()
    async with client.get("/health/ready") as response:
        assert response.status == 200


async def test_it_is_not_ready_while_no_turn_is_taken(
    client: aiohttp.ClientSession, working: list[bool]
) -> None:
    working[0] = False
    async with client.get("/health/ready") as response:
        assert response.status == 503
        assert (await response.json())["status"] == "starting"


async def test_a_reader_hears_again_after_the_database_was_away(
    client: aiohttp.ClientSession, wire: Wire
) -> None:
    stored = await send(client, body(sender_type="system"), 200)
    path = f"/api/v1/conversations/{stored['conversation_id']}/events"
    await wire.cut()
    await wire.mend()
    async with client.get(path, params={"after": "2"}) as response:
        thread = {"conversation_id": stored["thread_key"], "sender_type": "system"}
        again = await send(client, body(**thread, text="back"), 200)
        async with asyncio.timeout(20):
            async for line in response.content:
                if line.startswith(b"data:"):
                    assert again["message_id"].encode() in line
                    break
