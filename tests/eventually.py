"""Waiting for a condition of the database or of another process, where there is no event to wait for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(look: Callable[[], Awaitable[T]], seconds: float = 10) -> T:
    """Look each 20 ms until there is something true to see, and return it. Fails after `seconds`."""
    until = asyncio.get_running_loop().time() + seconds
    while not (seen := await look()):
        assert asyncio.get_running_loop().time() < until, f"still {seen!r} after {seconds} s"
        await asyncio.sleep(0.02)
    return seen
