"""A platform's file server on loopback, a store in a folder, and messages that came with files."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

import pytest
from aiohttp import web
from pydantic import JsonValue

from rejoinder.channels.port.event import MediaRef
from rejoinder.db import Database
from rejoinder.inbound.model import Incoming, Received
from rejoinder.inbound.receive import receive
from rejoinder.live.bus import Bus
from rejoinder.media import store
from rejoinder.media.limits import USUAL
from rejoinder.media.model import File, Located
from rejoinder.media.objects import Objects, Place
from rejoinder.media.taking.download import Means
from rejoinder.net.guard import Outward, outward
from tests.scenarios.shop import Shop, open_shop

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(64)
OGG = b"OggS\x00\x02" + bytes(22) + b"\x01\x1eOpusHead" + bytes(64)
TOKEN = "Bearer the-vendor's-token"

Serve = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Vendor:
    """A server of files: each path is answered by a function; `asked` are the requests that came."""

    url: str = ""
    routes: dict[str, Serve] = field(default_factory=dict)
    asked: list[web.Request] = field(default_factory=list)

    @property
    def host(self) -> str:
        """As `hosts` of a download name it."""
        return self.url.removeprefix("http://")

    def gives(self, path: str, body: bytes, **headers: str) -> str:
        """Answer a path with a body; its address."""

        async def answer(request: web.Request) -> web.StreamResponse:
            return web.Response(body=body, headers=headers)

        self.routes[path] = answer
        return f"{self.url}{path}"

    def leads(self, path: str, to: str, status: int = 302) -> str:
        """Redirect a path; its address."""

        async def answer(request: web.Request) -> web.StreamResponse:
            return web.Response(status=status, headers={"Location": to})

        self.routes[path] = answer
        return f"{self.url}{path}"

    def says(self, path: str, status: int, **headers: str) -> str:
        """Answer a path with a status; its address."""

        async def answer(request: web.Request) -> web.StreamResponse:
            return web.Response(status=status, headers=headers)

        self.routes[path] = answer
        return f"{self.url}{path}"

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """The server's one function."""
        self.asked.append(request)  # type: ignore[arg-type]
        found = self.routes.get(request.path)
        return await found(request) if found else web.Response(status=404)  # type: ignore[arg-type]


async def _serving(vendor: Vendor) -> web.ServerRunner:
    runner = web.ServerRunner(
        web.Server(vendor.answer, access_log=None, handler_cancellation=True),
        shutdown_timeout=0.1,
    )
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    vendor.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    return runner


@pytest.fixture
async def vendor() -> AsyncIterator[Vendor]:
    vendor = Vendor()
    runner = await _serving(vendor)
    yield vendor
    await runner.cleanup()


@pytest.fixture
async def stranger() -> AsyncIterator[Vendor]:
    """Another server than the vendor's."""
    stranger = Vendor()
    runner = await _serving(stranger)
    yield stranger
    await runner.cleanup()


@pytest.fixture
async def out() -> AsyncIterator[Outward]:
    async with outward() as out:
        yield out


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    return Objects(Place(f"file://{tmp_path}/media"))


@dataclass
class Where:
    """What the platform says of where its files are."""

    found: Located | Exception = field(default_factory=lambda: Located(""))
    asked: list[dict[str, JsonValue]] = field(default_factory=list)

    async def __call__(
        self, workspace_id: UUID, channel_id: UUID, source: dict[str, JsonValue]
    ) -> Located:
        self.asked.append(source)
        if isinstance(self.found, Exception):
            raise self.found
        return replace(self.found, allow_private=True)


@pytest.fixture
def where() -> Where:
    return Where()


@pytest.fixture
def means(db: Database, out: Outward, objects: Objects, where: Where) -> Means:
    return Means(db, out, objects, where, {**USUAL, "image": 1000})


@pytest.fixture
async def shop(db: Database, workspace_id: UUID) -> AsyncIterator[Shop]:
    bus = Bus(db)
    async with bus.running():
        yield await open_shop(db, bus, workspace_id)


@dataclass
class Came:
    """A message with a file, and that file's id."""

    message: Received
    media_id: UUID


async def comes(shop: Shop, kind: str = "image", text: str = "", **ref: object) -> Came:
    """The customer sends a file."""
    incoming = Incoming(
        channel_id=shop.channel_id,
        platform="rest",
        thread_key="thread",
        external_id=None,
        sender_type="customer",
        sender_id="customer",
        sender_name=None,
        text=text,
        content=[{"kind": kind}],
        platform_time=None,
        metadata={},
        waits=False,
        media=(MediaRef(**({"part": 0, "id": "at-the-platform"} | ref)),),  # type: ignore[arg-type]
    )
    message = await receive(shop.db, shop.workspace_id, incoming)
    rows = await shop.sql(
        "SELECT media_id FROM media WHERE workspace_id = $1 AND message_id = $2", message.message_id
    )
    return Came(message, rows[0]["media_id"])


async def stored(shop: Shop, came: Came) -> File:
    """What is known of the file now."""
    async with shop.db.read(shop.workspace_id) as read:
        found = await store.file(read, came.media_id)
    assert found is not None
    return found


def sha(data: bytes) -> str:
    """In hexadecimal."""
    return hashlib.sha256(data).hexdigest()


async def forever(request: web.Request) -> web.StreamResponse:
    """Never answer."""
    await asyncio.Event().wait()
    raise AssertionError
