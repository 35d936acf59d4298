"""Begin a transaction again when it lost to another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from rejoinder.db.pool import BUSY

Result = TypeVar("Result")

TRIES = 5


async def retry_busy(
    work: Callable[[], Awaitable[Result]], also: tuple[type[BaseException], ...] = ()
) -> Result:
    """Run `work`, which begins its own transaction, until it neither loses to another (BUSY) nor raises `also`.

    The fifth failure is raised.
    """
    lost: tuple[type[BaseException], ...] = (*BUSY, *also)
    for _ in range(TRIES - 1):
        try:
            return await work()
        except lost:
            continue
    return await work()
