"""Replies pass bulk, whoever came first goes first, and nobody waits for one who left."""

from __future__ import annotations

import asyncio

import pytest

from rejoinder.outbound.pacing.gate import Gate


class Clock:
    """Grants places when the test says so, and notes what was asked."""

    def __init__(self, wait: float = 0.5) -> None:
        self.asked: list[int] = []
        self.slept: list[float] = []
        self.wait = wait
        self._go = asyncio.Semaphore(0)
        self._stands = asyncio.Semaphore(0)

    async def reserve(self, places: int) -> float:
        self.asked.append(places)
        return self.wait

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._stands.release()
        await self._go.acquire()

    async def tick(self) -> None:
        """Time passes for who waits now."""
        await self._stands.acquire()
        self._go.release()


async def enter(gate: Gate, name: str, priority: int, seen: list[str]) -> None:
    await gate.enter(priority)
    seen.append(name)


async def test_replies_pass_bulk() -> None:
    clock = Clock()
    gate, seen = Gate(clock.reserve, 1, clock.sleep), list[str]()
    bulk = [asyncio.create_task(enter(gate, f"bulk {n}", 1, seen)) for n in range(2)]
    await clock._stands.acquire()  # the first place is reserved for bulk
    clock._stands.release()
    reply = asyncio.create_task(enter(gate, "reply", 5, seen))
    await asyncio.sleep(0)
    for _ in range(3):
        await clock.tick()
    await asyncio.gather(reply, *bulk)
    assert seen == ["reply", "bulk 0", "bulk 1"]


async def test_many_share_one_question() -> None:
    clock = Clock(wait=0)
    gate, seen = Gate(clock.reserve, 4, clock.sleep), list[str]()
    await asyncio.gather(*(enter(gate, str(n), 1, seen) for n in range(10)))
    assert seen == [str(n) for n in range(10)]
    assert clock.asked == [4, 4, 2]
    assert clock.slept == []
    await asyncio.gather(enter(gate, "later", 1, seen))
    assert seen[-1] == "later"


async def test_who_leaves_holds_up_nobody() -> None:
    clock = Clock()
    gate, seen = Gate(clock.reserve, 1, clock.sleep), list[str]()
    first = asyncio.create_task(enter(gate, "first", 5, seen))
    second = asyncio.create_task(enter(gate, "second", 1, seen))
    await clock._stands.acquire()
    clock._stands.release()
    first.cancel()
    await clock.tick()
    await second
    assert seen == ["second"]


async def test_a_database_that_is_away_is_told_to_all() -> None:
    async def away(_: int) -> float:
        raise ConnectionError("away")

    gate = Gate(away, 1)
    told = await asyncio.gather(gate.enter(1), gate.enter(2), return_exceptions=True)
    assert [type(each) for each in told] == [ConnectionError] * 2
    with pytest.raises(ConnectionError):
        await gate.enter(1)


async def test_a_closed_gate_leaves_nobody_standing() -> None:
    clock = Clock()
    gate, seen = Gate(clock.reserve, 1, clock.sleep), list[str]()
    standing = [asyncio.create_task(enter(gate, f"{n}", 1, seen)) for n in range(2)]
    await clock._stands.acquire()
    await gate.close()
    done, _ = await asyncio.wait(standing, timeout=5)
    assert [each.cancelled() for each in done] == [True, True]
    assert gate.idle
    assert seen == []
