"""A chat platform on loopback: it takes requests as the real one does, shows them to customers, and posts webhooks."""

from __future__ import annotations

import asyncio
import itertools
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from uuid import UUID

import aiohttp
from aiohttp import web

from rejoinder.channels.port.adapter import Account
from rejoinder.channels.port.event import Said
from rejoinder.channels.port.simulated import Call, Customer, Reply, Shown, Simulated, Webhook
from rejoinder.conversations.content import Choice, File, Part, Text
from rejoinder.errors import Setup
from rejoinder.testing.platforms.book import Book
from rejoinder.testing.platforms.faults import NOTHING, WORDS, Faults, Plan, Spoiled
from rejoinder.testing.platforms.find import adapter_of, played_account, simulated_of
from rejoinder.testing.platforms.telling import Telling
from rejoinder.testing.platforms.webhooks import Webhooks, poster

_LARGEST = 128 * 1024 * 1024  # WhatsApp takes documents of 100 MB
_NO_CHANNEL = UUID(int=0)


class PlayedPlatform:
    """One platform that listens at `url`; make it with `playing()`.

    `account` is the one whose credentials it knows, `book` has what customers said and saw, `faults` spoil requests.
    `threads` says how the adapter calls each customer's thread.
    """

    def __init__(
        self, account: Account, played: Simulated, plan: Plan, http: aiohttp.ClientSession
    ) -> None:
        self.account = account
        self.url = account.setting("base_url", "")
        self.played = played
        self.faults = Faults(plan)
        self.book = Book()
        self.telling = Telling(played, adapter_of(played.name).capabilities, self.faults)
        self.threads = dict[str, str]()
        self._http = http
        self._gone = asyncio.Event()
        self._persons = itertools.count(9 * 10**17)

    def posts_to(self, url: str, *, redelivers: bool = True) -> Webhooks:
        """Post webhooks there from now on; receipts of what is sent, too."""
        patience = adapter_of(self.played.name).limits.acknowledge.total_seconds()
        self.telling.webhooks = Webhooks(self._http, url, patience, redelivers)
        return self.telling.webhooks

    async def say(self, customer: Customer, part: Part, *, reply_to: str | None = None) -> bool:
        """A customer writes; whether it was acknowledged."""
        webhook = self.played.said(customer, part, datetime.now(UTC), reply_to=reply_to)
        if customer.id not in self.threads:
            self.threads[customer.id] = self._thread(webhook, customer)
        # Before it is posted: the answer may be there before the 200.
        await self.book.said(customer.id, words(part))
        return await self.telling.post(
            webhook, f"{customer.id}:{len(self.book.lines[customer.id])}"
        )

    async def person_writes(self, customer: Customer, text: str) -> bool:
        """A person of the business writes in the platform's own app; whether the platform tells such a thing."""
        shown = Shown(f"{next(self._persons)}", customer.id, "text", text)
        return await self.telling.person(shown)

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        call = Call(
            request.method,
            request.path,
            dict(request.query),
            {name.lower(): value for name, value in request.headers.items()},
            await request.read(),
        )
        to = self.played.sends(call)
        fault = self.faults.of_send(to) if to is not None else None
        if fault is not None and not fault.endswith("-after-accept"):
            return await self._spoil(request, call, fault)
        outcome = self.played.take(call, datetime.now(UTC))
        new = await self.book.taken(outcome)
        for shown in new:
            await self.telling.before_the_answer(shown)
        for shown in new:
            self.telling.after_the_answer(shown)
        if fault is not None:
            return await self._spoil(request, call, fault)
        return answered(outcome.reply)

    def leave(self) -> None:
        """Let go of those who hang."""
        self._gone.set()

    def _thread(self, webhook: Webhook, customer: Customer) -> str:
        events = adapter_of(self.played.name).parse(self.account, webhook.body)
        return next((each.thread for each in events if isinstance(each, Said)), customer.id)

    async def _spoil(self, request: web.Request, call: Call, fault: Spoiled) -> web.StreamResponse:
        if fault in WORDS:
            return answered(self.played.refuse(call, WORDS[fault]))
        if fault.startswith("hang"):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._gone.wait(), self.faults.plan.hang_seconds)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()


@asynccontextmanager
async def playing(
    name: str, *, port: int = 0, plan: Plan = NOTHING, channel_id: UUID = _NO_CHANNEL
) -> AsyncIterator[PlayedPlatform]:
    """Play a platform on loopback until left; port 0 takes a free one. Raises Setup."""
    kind = simulated_of(name)
    with _listening(port) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        account = played_account(name, url, channel_id)
        async with poster() as http:
            platform = PlayedPlatform(account, kind(account), plan, http)
            app = web.Application(client_max_size=_LARGEST)
            app.router.add_route("*", "/{path:.*}", platform.take)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
            await runner.setup()
            try:
                await web.SockSite(runner, taken).start()
                yield platform
            finally:
                platform.leave()
                await platform.telling.stop()
                await runner.cleanup()


def words(part: Part) -> str:
    """A part in a line of a chat."""
    match part:
        case Text(text=text):
            return text
        case Choice(title=title):
            return title
        case File(kind=kind, text=text):
            return f"[{kind}] {text or ''}".strip()
        case _:
            return f"[{part.kind}]"


def answered(reply: Reply) -> web.Response:
    """As HTTP."""
    headers = dict(reply.headers)
    if reply.body is not None:
        return web.Response(
            status=reply.status, body=reply.body, content_type=reply.content_type, headers=headers
        )
    return web.json_response(reply.json, status=reply.status, headers=headers)


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as taken:
        raise Setup(
            f"The simulator can't listen on port {port}: {taken.strerror}.",
            mend="Name another one with --port, or leave it out for a free one.",
            code="port_taken",
        ) from None
