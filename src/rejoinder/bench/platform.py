"""The load of a simulated platform: signed webhooks in, and what its customers are shown out."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import aiohttp

from rejoinder.bench.load import TEXT, WAIT_S, Load, Stretch
from rejoinder.bench.measure import Sample
from rejoinder.bench.stretches.timed import Sizes
from rejoinder.channels.port.event import Said
from rejoinder.channels.port.simulated import Customer, Shown
from rejoinder.conversations.content import Text
from rejoinder.errors import RejoinderError
from rejoinder.testing.platforms.find import adapter_of
from rejoinder.testing.platforms.installation import Installation
from rejoinder.testing.platforms.server import PlayedPlatform, playing

_SHARE = 0.6  # of what the platform lets an account send: at all of it, waiting would be all that is measured


def sizes_for(platform: str, sizes: Sizes) -> Sizes:
    """Rates that the platform's own limits leave room for."""
    limits = adapter_of(platform).limits
    if limits.per_second is None:
        return sizes
    most = limits.per_second / (2 if limits.inbound_counts else 1)  # a turn has a message each way
    return replace(
        sizes,
        acknowledge_rate=min(sizes.acknowledge_rate, _SHARE * most),
        overhead_rate=min(sizes.overhead_rate, _SHARE * most),
        burst=min(sizes.burst, round(10 * most)),
    )


@asynccontextmanager
async def platform_load(name: str, caller: Load) -> AsyncIterator[Load]:
    """A load that comes through a channel of that platform, made in the server that `caller` knows."""
    async with playing(name) as platform:
        server = Installation(caller.base_url, caller.http, caller.token)
        await server.without_quiet_window()
        channel_id = await server.channel(name, platform.url, None)
        platform.posts_to(server.webhook(name, channel_id))
        load = PlatformLoad(caller.http, caller.base_url, caller.token, platform=platform)
        yield load
        await platform.telling.settled()
        load.check()


@dataclass(slots=True)
class PlatformLoad(Load):
    """Customers of a platform, each of whom says one thing. Their numbers go on from stretch to stretch."""

    platform: PlayedPlatform = field(kw_only=True)
    customers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def stretch(self, name: str, *, wait: bool) -> Stretch:
        """A fresh stretch; with `wait` a message is over when the customer is shown the reply, else with its 200."""
        return _Stretch(self, name, "", 200, customers=self, waits=wait)

    def check(self) -> None:
        """Raise RejoinderError for what the platform found wrong in the requests."""
        if self.platform.book.problems:
            raise RejoinderError(
                f"{self.platform.played.name} would not have taken all of it: "
                f"{dict(self.platform.book.problems)}.",
                code="bench_problems",
            )


@dataclass(slots=True)
class _Stretch(Stretch):
    customers: PlatformLoad = field(kw_only=True)
    waits: bool = field(kw_only=True)
    _known: dict[str, Customer] = field(default_factory=dict)

    async def replies(self) -> dict[str, int] | None:
        """What the customers of this stretch have been shown, once all have been shown something."""
        book = self._platform.book
        ids = {thread: who.id for thread, who in self._known.items()}
        try:
            async with asyncio.timeout(WAIT_S):
                await asyncio.gather(*(book.answer(each) for each in ids.values()))
        except TimeoutError:
            pass  # the tally tells how many have not
        await self._platform.telling.settled()
        return {thread: len(book.texts(who)) for thread, who in ids.items()}

    @property
    def _platform(self) -> PlayedPlatform:
        return self.customers.platform

    def _open(self) -> str:
        customer = self._platform.played.customers(next(self.customers.customers))
        thread = self._thread(customer)
        self._known[thread] = customer
        self.threads.append(thread)
        return thread

    def _thread(self, customer: Customer) -> str:
        played, account = self._platform.played, self._platform.account
        webhook = played.said(customer, Text(text=TEXT), datetime.now(UTC))
        for event in adapter_of(played.name).parse(account, webhook.body):
            if isinstance(event, Said):
                return event.thread
        return customer.id

    async def _say(self, due: float, thread: str, message: str, *, mergeable: bool = False) -> bool:
        """Never merged: each customer says one thing."""
        customer, sent = self._known[thread], time.perf_counter()
        shown: asyncio.Future[Shown] = self._platform.book.answer(customer.id)
        wrong = ""
        try:
            if not await self._platform.say(customer, Text(text=TEXT)):
                wrong = "not acknowledged"
            elif self.waits:
                await asyncio.wait_for(asyncio.shield(shown), WAIT_S)
        except (aiohttp.ClientError, TimeoutError) as lost:
            wrong = type(lost).__name__
        if wrong:
            self.refusals[wrong] += 1
        self.samples.append(Sample(due, sent, time.perf_counter()))
        return False
