"""Begin a transaction again when it lost to another."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from rejoinder.db.pool import BUSY

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
