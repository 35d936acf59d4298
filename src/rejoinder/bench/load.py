"""The load generator: an open loop that sends when it should, and a closed one that sends when it has an answer."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from pydantic_core import from_json, to_json

from rejoinder.bench.measure import Sample

TEXT = "How much is shipping to Bangkok, and how long does it take?"
WAIT_S = 30
# Shorter than the 5 s after which uvicorn closes an idle connection: a message sent into that moment would be lost, and
# the generator's own retry would hide a doubled one.
_KEEPALIVE_S = 3.0
_TIMEOUT = aiohttp.ClientTimeout(total=WAIT_S + 15)


@dataclass(slots=True)
class Load:
    """A caller of the server. Every message opens a conversation of its own, whose threads are counted by stretch."""

    http: aiohttp.ClientSession
    base_url: str
    token: str
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def stretch(self, name: str, *, wait: bool) -> Stretch:
        """A fresh stretch; with `wait` its callers stay for the reply, without they leave with the 202."""
        url = f"{self.base_url}/api/v1/messages" + (f"?wait={WAIT_S}" if wait else "")
        return Stretch(self, f"bench-{next(self._numbers)}-{name}-", url, 200 if wait else 202)


@asynccontextmanager
async def load(base_url: str, token: str) -> AsyncIterator[Load]:
    """The caller of one server, as long as it is needed."""
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEPALIVE_S)
    async with aiohttp.ClientSession(connector=connector, trust_env=False) as http:
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
    refusals: Counter[str] = field(default_factory=Counter)

    async def open_loop(self, due: Sequence[float]) -> None:
        """Send each message at its time (seconds from now), however many are unanswered then."""
        start = time.perf_counter()  # not the loop's time, which uvloop keeps in whole milliseconds
        async with asyncio.TaskGroup() as group:
            for at in due:
                await _until(start + at)
                group.create_task(self._send(start + at))

    async def closed_loop(self, callers: int, seconds: float) -> None:
        """Let each caller send one message after the other until the time is over; all are waited for."""
        until = time.perf_counter() + seconds
        async with asyncio.TaskGroup() as group:
            for _ in range(callers):
                group.create_task(self._call_until(until))

    async def in_all(self, callers: int, count: int) -> None:
        """Let each caller send one message after the other until they have sent `count` together."""
        left = iter(range(count))

        async def call() -> None:
            for _ in left:
                await self._send(time.perf_counter())

        async with asyncio.TaskGroup() as group:
            for _ in range(callers):
                group.create_task(call())

    async def twice(self, due: Sequence[float], between: Callable[[], Awaitable[None]]) -> set[str]:
        """Open a conversation at each time, and after `between` write to each again, at the same pace.

        Either the second message's reply answers the first one, too, or each has its own; the threads that had one.
        """
        async with asyncio.TaskGroup() as group:
            firsts = dict[str, asyncio.Task[bool]]()
            start = time.perf_counter()
            for at in due:
                await _until(start + at)
                thread = self._open()
                said = self._say(start + at, thread, thread, mergeable=True)
                firsts[thread] = group.create_task(said)
            await between()
            start = time.perf_counter()
            for thread, at in zip(firsts, due, strict=True):
                await _until(start + at)
                group.create_task(self._say(start + at, thread, f"{thread}-again"))
        return {thread for thread, first in firsts.items() if first.result()}

    async def replies(self) -> dict[str, int] | None:
        """Thread → replies, where somebody else counts them than the store."""
        return None

    async def _call_until(self, until: float) -> None:
        while (now := time.perf_counter()) < until:
            await self._send(now)

    def _open(self) -> str:
        thread = f"{self.prefix}{len(self.threads)}"
        self.threads.append(thread)
        return thread

    async def _send(self, due: float) -> None:
        thread = self._open()
        await self._say(due, thread, thread)

    async def _say(self, due: float, thread: str, message: str, *, mergeable: bool = False) -> bool:
        """Whether the message was merged with a newer one, which only one that is `mergeable` may be."""
        sent, merged = time.perf_counter(), False
        try:
            async with self.load.http.post(
                self.url,
                data=to_json({"conversation_id": thread, "message_id": message, "text": TEXT}),
                headers={
                    "Authorization": f"Bearer {self.load.token}",
                    "Content-Type": "application/json",
                },
                timeout=_TIMEOUT,
            ) as response:
                body, status = await response.read(), response.status
            merged = mergeable and is_merged(status, body)
            wrong = "" if merged else what_is_wrong(self.expected, status, body)
        except (aiohttp.ClientError, TimeoutError) as lost:
            wrong = type(lost).__name__
        if wrong:
            self.refusals[wrong] += 1
        self.samples.append(Sample(due, sent, time.perf_counter()))
        return merged


async def _until(at: float) -> None:
    if (pause := at - time.perf_counter()) > 0:
        await asyncio.sleep(pause)


def is_merged(status: int, body: bytes) -> bool:
    """Whether a newer message's reply answers this one, too."""
    try:
        return status == 200 and from_json(body)["status"] == "merged"
    except (ValueError, LookupError, TypeError):
        return False


def what_is_wrong(expected: int, status: int, body: bytes) -> str:
    """Empty for the answer that was due, else what came, in a few words.

    Due is 202, or 200 with exactly one reply; the latter also to a caller who did not wait, for a slow 202 may find the
    turn already answered.
    """
    if status == expected == 202:
        return ""
    try:
        answer = from_json(body)
        outcome, replies = answer.get("code") or answer["status"], len(answer.get("replies", ()))
        detail = f": {answer['detail']}" if "detail" in answer else ""
    except (ValueError, LookupError, AttributeError):
        return f"HTTP {status}, not our JSON"
    if (status, outcome, replies) == (200, "answered", 1):
        return ""
    return f"HTTP {status}, {outcome}, {replies} replies{detail}"
