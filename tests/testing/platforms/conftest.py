"""Pebble, a plugged-in platform, played on loopback; and somebody who takes its webhooks."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from rejoinder.channels.port.event import InboundEvent, Reported
from rejoinder.testing.platforms.server import PlayedPlatform, playing
from tests.channels.conformance.pebble.adapter import Pebble
from tests.channels.conformance.plugged import plugged_in


@dataclass
class Taker:
    """Answers each webhook with the next of `script`, else 200; what was acknowledged is in `events`, in order."""

    url: str = ""
    script: deque[int] = field(default_factory=deque)
    events: list[InboundEvent] = field(default_factory=list)
    posts: int = 0

    def told(self, platform_id: str) -> list[str]:
        """The statuses reported of a message."""
        return [
            each.status
            for each in self.events
            if isinstance(each, Reported) and each.platform_id == platform_id
        ]


@asynccontextmanager
async def taking(platform: PlayedPlatform) -> AsyncIterator[Taker]:
    """Takes the webhooks of a platform from here on."""
    taker, adapter = Taker(), Pebble()

    async def take(request: web.Request) -> web.Response:
        taker.posts += 1
        status = taker.script.popleft() if taker.script else 200
        if status == 200:
            taker.events += adapter.parse(platform.account, await request.read())
        return web.Response(status=status)

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    taker.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield taker
    finally:
        await runner.cleanup()


@pytest.fixture
def plugged(tmp_path: Path) -> Iterator[None]:
    with plugged_in(tmp_path / "site"):
        yield


@pytest.fixture
async def platform(plugged: None) -> AsyncIterator[PlayedPlatform]:
    async with playing("pebble") as platform:
        yield platform


@pytest.fixture
async def taker(platform: PlayedPlatform) -> AsyncIterator[Taker]:
    async with taking(platform) as taker:
        platform.posts_to(taker.url)
        yield taker
