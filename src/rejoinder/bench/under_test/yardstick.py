"""The raw yardstick: what this PostgreSQL on this disk can commit with nothing of ours around it.

A machine shared with others is not the same twice, so a run is read against its own yardstick.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TypeAlias

import asyncpg

from rejoinder.bench import store
from rejoinder.bench.measure import middle
from rejoinder.db.pool import connect_once

Raw: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

MANY = 8

_BODY = "x" * 200  # about a message's size


@dataclass(frozen=True, slots=True)
class Yardstick:
    """One-row commits a second, over one connection and over eight."""

    one: float
    many: float


def of(measured: list[Yardstick]) -> Yardstick:
    """The medians of several."""
    return Yardstick(
        middle([each.one for each in measured]), middle([each.many for each in measured])
    )


async def measure(dsn: str, name: str, seconds: float) -> Yardstick:
    """Commit single rows for `seconds` over one connection, then for as long over eight."""
    connections = [await connect_once(dsn, name) for _ in range(MANY)]
    try:
        await store.make_yardstick(connections[0])
        found = [await _commits(connections[:count], seconds) for count in (1, MANY)]
        await store.drop_yardstick(connections[0])
        return Yardstick(*found)
    finally:
        for connection in connections:
            await connection.close(timeout=2)


async def _commits(connections: list[Raw], seconds: float) -> float:
    loop = asyncio.get_running_loop()
    start = loop.time()

    async def commit(connection: Raw) -> int:
        done = 0
        while loop.time() < start + seconds:
            await store.commit_one(connection, _BODY)
            done += 1
        return done

    done = sum(await asyncio.gather(*(commit(connection) for connection in connections)))
    return done / (loop.time() - start)
