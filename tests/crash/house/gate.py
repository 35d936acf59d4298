"""Where a test keeps a request of one conversation, so that it knows what the worker is at."""

from __future__ import annotations

import asyncio
from collections import Counter


class Gate:
    """Requests pass, but those of a thread that is held wait inside until it is let go."""

    def __init__(self) -> None:
        self._held: dict[str, asyncio.Event] = {}
        self._inside: Counter[str] = Counter()
        self._changed = asyncio.Condition()

    def hold(self, *threads: str) -> None:
        """Keep what comes for these threads."""
        self._held.update((thread, asyncio.Event()) for thread in threads)

    def release(self, *threads: str) -> None:
        """Let these go, and what comes for them later; all when none is named."""
        for thread in threads or tuple(self._held):
            self._held.pop(thread).set()

    async def passing(self, thread: str) -> None:
        """What each request awaits."""
        held = self._held.get(thread)
        if held is None:
            return
        await self._count(thread, 1)
        try:
            await held.wait()
        finally:
            await self._count(thread, -1)

    async def reached(self, *threads: str, seconds: float = 20) -> None:
        """Until each of these threads has a request inside."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: all(self._inside[each] for each in threads))

    async def left(self, *threads: str, seconds: float = 20) -> None:
        """Until none of these threads has a request inside."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: not any(self._inside[each] for each in threads))

    async def _count(self, thread: str, change: int) -> None:
        async with self._changed:
            self._inside[thread] += change
            self._changed.notify_all()
