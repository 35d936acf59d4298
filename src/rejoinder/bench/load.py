"""The load generator: an open loop that sends when it should, and a closed one that sends when it has an answer."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from pydantic_core import from_json, to_json

from rejoinder.bench.measure import Sample
from rejoinder.net.http import session

_TEXT = "How much is shipping to Bangkok, and how long does it take?"
_WAIT_S = 30
_TIMEOUT = aiohttp.ClientTimeout(total=_WAIT_S + 15)


@dataclass(slots=True)
class Load:
    """A caller of the server. Every message opens a conversation of its own, whose threads are counted by stretch."""

    http: aiohttp.ClientSession
    base_url: str
    token: str
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def stretch(self, name: str, *, wait: bool) -> Stretch:
        """A fresh stretch; with `wait` its callers stay for the reply, without they leave with the 202."""
        url = f"{self.base_url}/api/v1/messages" + (f"?wait={_WAIT_S}" if wait else "")
        return Stretch(self, f"bench-{next(self._numbers)}-{name}-", url, 200 if wait else 202)


@asynccontextmanager
async def load(base_url: str, token: str) -> AsyncIterator[Load]:
    """The caller of one server, as long as it is needed."""
    async with session() as http:
        yield Load(http, base_url, token)


@dataclass(slots=True)
class Stretch:
    """One measured stretch: its threads begin with `prefix`, its samples are gathered as they end."""

    load: Load
    prefix: str
    url: str
    expected: int
    threads: list[str] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)

    async def open_loop(self, due: Sequence[float]) -> None:
        """Send each message at its time (seconds from now), however many are unanswered then."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        async with asyncio.TaskGroup() as group:
            for at in due:
                if (pause := start + at - loop.time()) > 0:
                    await asyncio.sleep(pause)
                group.create_task(self._send(start + at))

    async def closed_loop(self, callers: int, seconds: float) -> None:
        """Let each caller send one message after the other until the time is over; all are waited for."""
        until = asyncio.get_running_loop().time() + seconds
        async with asyncio.TaskGroup() as group:
            for _ in range(callers):
                group.create_task(self._call_until(until))

    @property
    def refused(self) -> int:
        """Messages that did not get the answer they were due."""
        return sum(not sample.ok for sample in self.samples)

    async def _call_until(self, until: float) -> None:
        loop = asyncio.get_running_loop()
        while (now := loop.time()) < until:
            await self._send(now)

    async def _send(self, due: float) -> None:
        thread = f"{self.prefix}{len(self.threads)}"
        self.threads.append(thread)
        loop = asyncio.get_running_loop()
        sent = loop.time()
        try:
            async with self.load.http.post(
                self.url,
                data=to_json({"conversation_id": thread, "message_id": thread, "text": _TEXT}),
                headers={
                    "Authorization": f"Bearer {self.load.token}",
                    "Content-Type": "application/json",
                },
                timeout=_TIMEOUT,
            ) as response:
                body = await response.read()
                ok = response.status == self.expected and _in_order(body, response.status)
        except (aiohttp.ClientError, TimeoutError):
            ok = False  # counted as refused, and the run fails for it
        self.samples.append(Sample(due, sent, loop.time(), ok))


def _in_order(body: bytes, status: int) -> bool:
    if status == 202:
        return True
    answer = from_json(body)
    return answer["status"] == "answered" and len(answer["replies"]) == 1
