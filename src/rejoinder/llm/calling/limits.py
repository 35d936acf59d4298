"""How many calls a provider gets at once, and how many in a time: `REJOINDER_MODEL_LIMITS`."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from time import monotonic
from typing import Final

from rejoinder.db import Database
from rejoinder.errors import ModelThrottled, Setup, Unavailable
from rejoinder.state import room
from rejoinder.telemetry.logs import log
from rejoinder.telemetry.metrics import MODEL_CROWDED

GRAMMAR: Final = (
    "Write PROVIDER:concurrency=N, PROVIDER:rate=N/second, /minute or /hour, or both with a comma between, several "
    "providers with semicolons between: gemini:concurrency=50,rate=300/minute;openai:rate=10/second."
)

CROWDED: Final = "model_crowded"
"""The code of the error for a provider whose limit left no place in time: nothing was asked, nothing is booked."""

_SECONDS: Final = {"second": 1.0, "minute": 60.0, "hour": 3600.0}
_RATE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)/(second|minute|hour)")
_NAMES: Final = {"gemini": "google"}  # as REJOINDER_MODEL names it, and as pydantic-ai does
_COUNT = re.compile(r"[0-9]{1,6}")
_MOST: Final = 100_000


@dataclass(frozen=True, slots=True)
class Limit:
    """Of one provider; None for no limit. `rate` is calls begun a second."""

    concurrency: int | None = None
    rate: float | None = None


def read(setting: str | None) -> Mapping[str, Limit]:
    """Each provider's limit, by pydantic-ai's name of it. Raises Setup with the grammar."""
    found: dict[str, Limit] = {}
    for part in filter(str.strip, (setting or "").split(";")):
        provider, colon, told = part.strip().partition(":")
        if not colon or not provider.strip():
            raise _wrong(part)
        limit = Limit()
        for each in told.split(","):
            limit = _with(limit, *(word.strip() for word in each.partition("=")))
        name = provider.strip()
        found[_NAMES.get(name, name)] = limit
    return found


def _with(limit: Limit, key: str, _equals: str, value: str) -> Limit:
    rate = _RATE.fullmatch(value)
    if key == "concurrency" and _COUNT.fullmatch(value) and 1 <= int(value) <= _MOST:
        return replace(limit, concurrency=int(value))
    if key == "rate" and rate and float(rate[1]) > 0:
        return replace(limit, rate=float(rate[1]) / _SECONDS[rate[2]])
    raise _wrong(f"{key}={value}")


def _wrong(part: str) -> Setup:
    return Setup(
        f"REJOINDER_MODEL_LIMITS: {part.strip()!r} can't be read.",
        mend=GRAMMAR,
        code="bad_settings",
    )


class Gate:
    """The places of one provider in this process; its rate is the fleet's where there is a database to count it."""

    def __init__(self, provider: str, limit: Limit, db: Database | None) -> None:
        self._provider = provider
        self._slots = asyncio.Semaphore(limit.concurrency) if limit.concurrency else None
        self._rate = limit.rate
        self._db = db
        self._first = asyncio.Lock()  # one looks for its time, the others stand behind it in order
        self._full_at = 0.0

    @asynccontextmanager
    async def place(self, patience: float) -> AsyncIterator[None]:
        """A place while inside. Raises ModelThrottled when none is free within `patience` seconds."""
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(patience):
                    if self._slots is not None:
                        await stack.enter_async_context(self._slots)
                    if self._rate is not None:
                        await self._pace(self._rate)
            except TimeoutError:
                MODEL_CROWDED.labels(self._provider).inc()
                raise ModelThrottled(
                    f"The provider {self._provider} has as many calls as REJOINDER_MODEL_LIMITS allows.",
                    mend="Raise the limit, or name another model after it.",
                    code=CROWDED,
                    retry_after=1.0,
                ) from None
            yield

    async def _pace(self, rate: float) -> None:
        async with self._first:
            wait = await self._wait(rate)
            while wait:
                await asyncio.sleep(wait)
                wait = await self._wait(rate)

    async def _wait(self, rate: float) -> float | None:
        """None for go, else the seconds until it is worth asking again; a second's worth may go at once."""
        step, at_once = 1 / rate, max(1, int(rate))
        if self._db is not None:
            try:
                async with self._db.maintenance() as db:
                    return await room(db, f"model {self._provider}", seconds=step, at_once=at_once)
            except Unavailable:
                log.warning("model_rate_counted_here", provider=self._provider)
        now = monotonic()
        full_at = max(self._full_at, now) + step
        if full_at - now > step * at_once + 1e-9:
            return full_at - now - step * at_once
        self._full_at = full_at
        return None


class Limits:
    """The gates of all providers of a process."""

    def __init__(
        self, limits: Mapping[str, Limit] | None = None, db: Database | None = None
    ) -> None:
        self._gates = {name: Gate(name, limit, db) for name, limit in (limits or {}).items()}

    @classmethod
    def read(cls, setting: str | None, db: Database | None = None) -> Limits:
        """As the setting says; with a `db` the rates are those of all processes on it. Raises Setup."""
        return cls(read(setting), db)

    @asynccontextmanager
    async def place(self, provider: str, patience: float) -> AsyncIterator[None]:
        """A place at the provider, at once where nothing limits it. Raises ModelThrottled."""
        gate = self._gates.get(provider)
        if gate is None:
            yield
            return
        async with gate.place(patience):
            yield
