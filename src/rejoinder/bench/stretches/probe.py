"""What a small request waits for: the server's event loop, seen from outside.

`/health/live` touches neither the database nor a lock, so what it takes beyond its idle time is time in which the loop,
or the processor, was busy with something else. Nothing is added to the program for this.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

# 25 a second: a hundredth of a core, and some hundred values a run.
EVERY_S = 0.04
_TIMEOUT = aiohttp.ClientTimeout(total=10)


async def once(http: aiohttp.ClientSession, base_url: str) -> float:
    """Seconds of one probe."""
    begun = time.perf_counter()  # finer than the loop's own time
    async with http.get(f"{base_url}/health/live", timeout=_TIMEOUT) as response:
        await response.read()
    return time.perf_counter() - begun


async def several(http: aiohttp.ClientSession, base_url: str, seconds: float) -> list[float]:
    """One probe after the other for so long, at least one."""
    loop = asyncio.get_running_loop()
    until, found = loop.time() + seconds, [await once(http, base_url)]
    while loop.time() < until:
        await asyncio.sleep(EVERY_S)
        found.append(await once(http, base_url))
    return found


@asynccontextmanager
async def probing(http: aiohttp.ClientSession, base_url: str) -> AsyncIterator[list[float]]:
    """Probe until left; the list fills as they end. Raises what the last probe raised."""
    found: list[float] = []

    async def keep() -> None:
        while not left.is_set():
            found.append(await once(http, base_url))
            try:
                await asyncio.wait_for(left.wait(), EVERY_S)
            except TimeoutError:
                continue

    left = asyncio.Event()
    task = asyncio.create_task(keep(), name="probe")
    try:
        yield found
    finally:
        left.set()
        await task
