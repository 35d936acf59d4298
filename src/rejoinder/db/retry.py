"""Begin a transaction again when it lost to another, or when the database was away for a moment."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from rejoinder.db.pool import BUSY
from rejoinder.errors import Unavailable

Result = TypeVar("Result")

TRIES = 5
_APART_S = 0.02  # two that killed each other's transaction must not meet again at once


async def retry_busy(
    work: Callable[[], Awaitable[Result]],
    also: tuple[type[BaseException], ...] = (),
    tries: int = TRIES,
) -> Result:
    """Run `work`, which begins its own transaction, until it neither loses to another (BUSY) nor raises `also`.

    The last of `tries` failures is raised.
    """
    lost: tuple[type[BaseException], ...] = (*BUSY, *also)
    for _ in range(tries - 1):
        try:
            return await work()
        except lost:
            await asyncio.sleep(random.uniform(0, _APART_S))  # noqa: S311
    return await work()


async def retry_away(work: Callable[[], Awaitable[Result]], seconds: float) -> Result:
    """Run `work` until the database is there to do it, for `seconds` at most; then Unavailable is raised.

    It must bear being done twice: the connection may break after the commit and before its answer.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while True:
        try:
            return await retry_busy(work)
        except Unavailable:
            if loop.time() > until:
                raise
        await asyncio.sleep(random.uniform(0.2, 0.5))  # noqa: S311
