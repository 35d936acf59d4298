"""Harm at random: workers killed and stopped, the server killed, PostgreSQL restarted. What was harmed comes back."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from random import Random

from tests.crash.house.house import House
from tests.crash.house.postgres import Mode
from tests.fleet.processes import Member

# Naps end before anybody misses the worker; a sleeper wakes after its lease (15 s) and its sends (20 s) were given up.
_NAP_S = (0.3, 4.0)
_SLEEP_S = (17.0, 24.0)

_SLEEP = "worker stopped past its lease"

# Of a hundred blows.
_WEIGHTS = {
    "worker killed": 42,
    "worker stopped": 22,
    _SLEEP: 14,
    "PostgreSQL restarted, fast": 8,
    "PostgreSQL restarted, immediate": 7,
    "server killed": 7,
}


class Storm:
    """Blows from `dice`, one every `pause` seconds on the average.

    `spared` is never hit. Without `sleeps` no worker is stopped past its lease: that takes its time. `not_mended` says
    what did not come back, `outages` for how many seconds PostgreSQL was away each time.
    """

    def __init__(
        self,
        house: House,
        dice: Random,
        pause: float,
        *,
        spared: Member | None = None,
        sleeps: bool = True,
    ) -> None:
        self.blows: Counter[str] = Counter()
        self.outages: list[float] = []
        self.not_mended: list[str] = []
        self._house = house
        self._dice = dice
        self._pause = pause
        self._weights = {
            kind: weight for kind, weight in _WEIGHTS.items() if sleeps or kind != _SLEEP
        }
        self._spared = spared
        self._down: set[Member] = set()
        self._postgres = asyncio.Lock()
        self._server = asyncio.Lock()
        self._mending: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def raging(self) -> AsyncIterator[None]:
        """Rage until left; then everything is mended."""
        raging = asyncio.create_task(self._rage())
        try:
            yield
            if raging.done():
                raging.result()  # it ends when it is told to, or raises
        finally:
            raging.cancel()
            await asyncio.wait([raging])
            mended = await asyncio.gather(*self._mending, return_exceptions=True)
            self.not_mended += [repr(each) for each in mended if each is not None]
            self.not_mended += [
                f"{each.said.name}: it ended by itself"
                for each in self._house.workers
                if not each.runs
            ]

    async def _rage(self) -> None:
        kinds, weights = list(self._weights), list(self._weights.values())
        while True:
            await asyncio.sleep(self._dice.expovariate(1 / self._pause))
            self.strike(self._dice.choices(kinds, weights)[0])

    def strike(self, kind: str) -> bool:
        """One blow; False when there is nothing standing to hit."""
        blow = self._blow(kind)
        if blow is None:
            return False
        self.blows[kind] += 1
        mending = asyncio.ensure_future(blow)
        self._mending.add(mending)
        mending.add_done_callback(self._mended)
        return True

    def _mended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is None:
            self._mending.discard(task)  # one that failed is told at the end

    def _blow(self, kind: str) -> Awaitable[None] | None:
        match kind:
            case "PostgreSQL restarted, fast":
                return None if self._postgres.locked() else self._restart("fast")
            case "PostgreSQL restarted, immediate":
                return None if self._postgres.locked() else self._restart("immediate")
            case "server killed":
                return None if self._server.locked() else self._kill_server()
        standing = [
            each for each in self._house.workers if each not in self._down and each != self._spared
        ]
        if not standing:
            return None
        worker = self._dice.choice(standing)
        self._down.add(worker)
        if kind == "worker killed":
            return self._kill(worker)
        return self._stop(worker, _NAP_S if kind == "worker stopped" else _SLEEP_S)

    async def _kill(self, worker: Member) -> None:
        await self._house.kill(worker)
        await self._house.start(worker)
        self._down.discard(worker)

    async def _stop(self, worker: Member, span: tuple[float, float]) -> None:
        self._house.stop(worker)
        await asyncio.sleep(self._dice.uniform(*span))
        self._house.resume(worker)
        self._down.discard(worker)

    async def _kill_server(self) -> None:
        async with self._server:
            await self._house.kill_server()
            await self._house.serve()

    async def _restart(self, mode: Mode) -> None:
        async with self._postgres:
            self.outages.append(await self._house.postgres.restart(mode))
