"""The places of a worker: each answers one turn, and when all are taken the next goes by priority."""

from __future__ import annotations

import asyncio
import heapq
from itertools import count


class Places:
    """At most `places` are taken at once. Who waits for one gets it by priority, the first come of equals first.

    `freed` is set when one is free after none was; who waits for that clears it.
    """

    def __init__(self, places: int) -> None:
        self._free = places
        self._open = True
        self._waiting: list[tuple[int, int, asyncio.Future[bool]]] = []
        self.freed = asyncio.Event()
        self._number = count()

    @property
    def free(self) -> int:
        """How many could be taken now; none once they are closed."""
        return self._free if self._open else 0

    async def take(self, priority: int, patience: float) -> bool:
        """Take a place: at once, without giving way to other tasks, if one is free; else wait `patience` seconds.

        False when none came free, or they were closed first.
        """
        if self.free:
            self._free -= 1
            return True
        if not self._open:
            return False
        place: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        waits = (-priority, next(self._number), place)
        heapq.heappush(self._waiting, waits)
        try:
            await asyncio.wait([place], timeout=patience)
        except asyncio.CancelledError:
            if place.done() and place.result():
                self.leave()
            raise
        finally:
            if not place.done():
                self._waiting.remove(waits)
                heapq.heapify(self._waiting)
        return place.done() and place.result()

    def leave(self) -> None:
        """Give a place back: the highest of those who wait has it from now on."""
        if self._waiting:
            heapq.heappop(self._waiting)[2].set_result(True)
        else:
            if not self._free:
                self.freed.set()
            self._free += 1

    def close(self) -> None:
        """Let nobody in any more; who waits is told at once."""
        self._open = False
        while self._waiting:
            heapq.heappop(self._waiting)[2].set_result(False)
