"""Every chat platform there is, ours and one plugged in, played on loopback; the same is asked of all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web

from rejoinder.channels.port.adapter import Account, Platform, Request
from rejoinder.channels.port.event import InboundEvent, Said
from rejoinder.channels.port.outgoing import Outgoing, Receipt, Taken
from rejoinder.channels.port.simulated import Customer, Simulated, Webhook
from rejoinder.channels.port.wire import Wire
from rejoinder.channels.registry import platforms
from rejoinder.conversations.content import Part, Text, stored
from rejoinder.db import new_id
from rejoinder.net.guard import Outward, outward
from rejoinder.testing.platforms.faults import Plan
from rejoinder.testing.platforms.find import adapter_of
from rejoinder.testing.platforms.server import PlayedPlatform, playing
from tests.channels.conformance.plugged import plugged_in

_AS_THEY_ARE: Mapping[str, str] = {}

NAMES = (*platforms(), "pebble")

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000000"
    "020001e221bc330000000049454e44ae426082"
)


class OurFiles:
    """Our own media, each the same picture; `public` is whether we have an address that platforms can reach."""

    def __init__(self, public: bool = True) -> None:
        self._public = public

    async def url(self, media_id: str) -> str | None:
        """A signed address."""
        return (
            f"https://media.rejoinder.example/{media_id}.png?signature=abc"
            if self._public
            else None
        )

    async def read(self, media_id: str) -> tuple[bytes, str, str] | None:
        """The bytes."""
        return PNG, "image/png", "picture.png"


@dataclass(frozen=True, slots=True)
class House:
    """One platform and a business on it. `ann` is the first customer."""

    platform: PlayedPlatform
    adapter: Platform
    out: Outward

    @property
    def played(self) -> Simulated:
        """Its other side."""
        return self.platform.played

    @property
    def account(self) -> Account:
        """What both sides share."""
        return self.platform.account

    @property
    def ann(self) -> Customer:
        """Who writes."""
        return self.played.customers(1)

    def says(self, part: Part, reply_to: str | None = None) -> Webhook:
        """Ann's webhook."""
        return self.played.said(self.ann, part, datetime.now(UTC), reply_to=reply_to)

    def parsed(self, webhook: Webhook) -> list[InboundEvent]:
        """What the adapter reads in it."""
        return self.adapter.parse(self.account, webhook.body)

    def hears(self, part: Part, reply_to: str | None = None) -> Said:
        """What the adapter makes of a message of Ann's."""
        (said,) = self.parsed(self.says(part, reply_to))
        assert isinstance(said, Said), said
        return said

    def wire(self) -> Wire:
        """A way to the platform, with a log of its own."""
        return Wire(self.out, allow_private=True)

    def answer(
        self, *parts: Part, to: Said | None = None, text: str = "", token: bool = True
    ) -> Outgoing:
        """A delivery that answers Ann; without `token` her reply token is used up."""
        said = to or self.hears(Text(text="Hello"))
        return Outgoing(
            delivery_id=new_id(),
            conversation_id=new_id(),
            message_id=new_id(),
            turn_id=None,
            seq=2,
            attempt=1,
            uncounted=0,
            orphaned=False,
            thread_key=said.thread,
            sender_type="ai",
            kind=parts[0].kind if parts else "text",
            text=text,
            content=stored(parts),
            metadata={},
            received_at=datetime.now(UTC),
            answers=[said.external_id],
            channel_id=self.account.channel_id,
            platform=self.adapter.name,
            settings=dict(self.account.settings),
            credentials=None,
            allow_private_networks=True,
            priority=0,
            workspace_id=new_id(),
            account=self.account.account,
            identities={each.kind: each.value for each in reversed(said.sender.identities)},
            reply_token=said.reply_token if token else None,
            reply_token_s=50.0 if token and said.reply_token else 0.0,
        )

    async def send(
        self, outgoing: Outgoing, *parts: Part, files: OurFiles | None = None
    ) -> Receipt:
        """Through the adapter."""
        shown = parts or (Text(text=outgoing.text),)
        return await self.adapter.send(
            self.account, outgoing, shown, self.wire(), files or OurFiles()
        )

    async def ours(self) -> str:
        """What the platform calls a message of ours that Ann was shown."""
        receipt = await self.send(self.answer(text="Hello"))
        assert isinstance(receipt, Taken), receipt
        return receipt.platform_ids[0]

    @asynccontextmanager
    async def proxy(self) -> AsyncIterator[tuple[str, list[int]]]:
        """An address where each request gets a page of the last status in the list."""
        answers = list[int]()

        async def answer(request: web.Request) -> web.Response:
            await request.read()
            return web.Response(
                status=answers[-1], text="<html>Sorry</html>", content_type="text/html"
            )

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", answer)
        runner = web.AppRunner(app, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}", answers
        finally:
            await runner.cleanup()

    @property
    def requests(self) -> int:
        """How many requests to send have come."""
        return self.platform.faults.sends.total()


def request_of(
    webhook: Webhook, body: bytes | None = None, headers: Mapping[str, str] = _AS_THEY_ARE
) -> Request:
    """As the edge hands a webhook to the adapter; headers given replace others, empty ones are left out."""
    lower = {name.lower(): value for name, value in webhook.headers.items()} | dict(headers)
    kept = {name: value for name, value in lower.items() if value}
    return Request("POST", kept, {}, webhook.body if body is None else body)


@pytest.fixture
def plugged(tmp_path: Path) -> Iterator[None]:
    with plugged_in(tmp_path / "site"):
        yield


@pytest.fixture
async def out() -> AsyncIterator[Outward]:
    async with outward() as out:
        yield out


@pytest.fixture(params=NAMES)
async def house(
    request: pytest.FixtureRequest, plugged: None, out: Outward
) -> AsyncIterator[House]:
    """Each platform in turn; those that hang do so for a moment only."""
    async with playing(request.param, plan=Plan(hang_seconds=0.1)) as platform:
        yield House(platform, adapter_of(request.param), out)
