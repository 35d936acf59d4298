"""The Cloud API on loopback: a server that asks our own played platform what to answer."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from aiohttp import web

from rejoinder.channels.port.adapter import Account
from rejoinder.channels.port.simulated import Call, Fault, Outcome, Shown
from rejoinder.channels.port.wire import Wire
from rejoinder.channels.whatsapp_cloud.simulated import SimulatedWhatsAppCloud
from rejoinder.net.guard import outward


@dataclass
class Cloud:
    """What was asked, what was answered, and what the next requests shall be answered instead."""

    account: Account
    played: SimulatedWhatsAppCloud
    calls: list[Call] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    script: deque[Fault | web.Response | None] = field(default_factory=deque)

    @property
    def shown(self) -> list[Shown]:
        """What customers saw."""
        return [shown for outcome in self.outcomes for shown in outcome.shown]

    async def take(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Call(
            request.method, request.path, dict(request.query), headers, await request.read()
        )
        self.calls.append(call)
        instead: Fault | web.Response | str | None = "nothing"
        if self.script:
            instead = self.script.popleft()
        if instead is None:  # it took the request, and is gone before it answers
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if isinstance(instead, web.Response):
            return instead
        if instead != "nothing":
            reply = self.played.refuse(call, instead)  # type: ignore[arg-type]
        else:
            self.outcomes.append(self.played.take(call, datetime.now(UTC)))
            reply = self.outcomes[-1].reply
        if reply.body is not None:
            return web.Response(body=reply.body, content_type=reply.content_type.partition(";")[0])
        return web.json_response(reply.json, status=reply.status)


def account(settings: Mapping[str, str], **credentials: str) -> Account:
    """A number at that address."""
    return Account(
        channel_id=uuid4(),
        settings=dict(settings),
        credentials={**SimulatedWhatsAppCloud.credentials, **credentials},
        allow_private_networks=True,
    )


@pytest.fixture
async def cloud() -> AsyncIterator[Cloud]:
    """The platform, listening."""
    app = web.Application(client_max_size=8 * 1024 * 1024)
    runner = web.AppRunner(app, shutdown_timeout=1)
    listening: list[Cloud] = []

    async def take(request: web.Request) -> web.StreamResponse:
        return await listening[0].take(request)

    app.router.add_route("*", "/{path:.*}", take)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    known = account({"base_url": f"http://127.0.0.1:{runner.addresses[0][1]}"})
    listening.append(Cloud(known, SimulatedWhatsAppCloud(known)))
    yield listening[0]
    await runner.cleanup()


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    """A way out that may lead to loopback."""
    async with outward() as out:
        yield Wire(out, allow_private=True)
