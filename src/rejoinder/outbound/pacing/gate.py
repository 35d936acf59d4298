"""Whoever wants to send through one channel stands here until it is their turn."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from itertools import count

Sleep = Callable[[float], Awaitable[None]]


class Gate:
    """Lets through as many as `reserve` grants, the highest priority first, then who came first.

    `reserve(n)` takes the next n places of all processes and says in how many seconds they begin; it is asked for at
    most `chunk` at once. Who came meanwhile with a higher priority takes a place that was reserved for another.
    """

    def __init__(
        self, reserve: Callable[[int], Awaitable[float]], chunk: int, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._reserve = reserve
        self._chunk = max(1, chunk)
        self._sleep = sleep
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = count()
        self._running: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def idle(self) -> bool:
        """Whether nobody stands here."""
        return self._running is None

    async def enter(self, priority: int) -> None:
        """Wait for a place. Raises what `reserve` raises."""
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (-priority, next(self._order), turn))
        if self._running is None:
            self._running = asyncio.create_task(self._let_in(), name="gate")
        await turn

    async def close(self) -> None:
        """Let nobody in any more: who still stands here is cancelled."""
        running, self._closed = self._running, True
        while turn := self._next():
            turn.cancel()
        if running is not None:
            running.cancel()
            await asyncio.wait([running])

    async def _let_in(self) -> None:
        try:
            while some := min(self._standing(), self._chunk):
                wait = await self._reserve(some)
                if wait > 0:
                    await self._sleep(wait)
                self._open(some)
        except Exception as away:  # noqa: BLE001 - whoever waits is told
            while turn := self._next():
                turn.set_exception(away)
        finally:
            self._running = None
            if self._waiting and not self._closed:  # who came while the last was let in
                self._running = asyncio.create_task(self._let_in(), name="gate")

    def _standing(self) -> int:
        while self._waiting and self._waiting[0][2].done():  # who was cancelled waits no more
            heapq.heappop(self._waiting)
        return len(self._waiting)

    def _open(self, places: int) -> None:
        for _ in range(places):
            turn = self._next()
            if turn is None:
                return
            turn.set_result(None)

    def _next(self) -> asyncio.Future[None] | None:
        while self._waiting:
            *_, turn = heapq.heappop(self._waiting)
            if not turn.done():
                return turn
        return None
