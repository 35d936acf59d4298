"""Many turns at once beside a slow model: what they take of the server's memory."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from rejoinder.bench import store
from rejoinder.bench.measure import Tally
from rejoinder.bench.stretches.timed import settle
from rejoinder.bench.under_test.processes import Stub
from rejoinder.bench.under_test.program import Program
from rejoinder.bench.under_test.rig import Rig, rig

_LOOK_S = 0.25


@dataclass(frozen=True, slots=True)
class InFlight:
    """`most` turns ran at the same moment; memory in bytes, before the first and at its highest."""

    asked: int
    delay: float
    most: int
    idle_rss: int
    rss: int
    tally: Tally


async def in_flight(
    program: Program, model: Stub, count: int, delay: float, callers: int
) -> InFlight:
    """A server of its own, `count` messages, and a model that takes `delay` seconds for each.

    The messages come from callers who wait for each 202: at a fixed rate a busy machine would refuse some, and memory
    is what is asked for.
    """
    settings = {
        "REJOINDER_MAX_TURNS": str(max(5_000, count)),
        "REJOINDER_MODEL_TIMEOUT": str(delay * 3 + 30),
    }
    async with rig(program, model, settings) as tested:
        await model.answer_after(delay)
        try:
            return await _fill(tested, count, delay, callers)
        finally:
            await model.answer_after(0)


async def _fill(tested: Rig, count: int, delay: float, callers: int) -> InFlight:
    watched = tested.watched()
    idle = watched.rss()
    stretch = tested.load.stretch("in-flight", wait=False)
    looking = asyncio.create_task(_look(tested), name="look")
    try:
        await stretch.in_all(callers, count)
        # A worker slower than the callers is still claiming when the last message is stored.
        tally = await settle(tested, stretch, patience=delay * 2 + count / 50 + 60)
    finally:
        looking.cancel()
        await asyncio.wait([looking])
    most, rss = looking.result()
    return InFlight(len(stretch.samples), delay, most, idle, rss, tally)


async def _look(tested: Rig) -> tuple[int, int]:
    """Until cancelled: the most turns that ran, and the most memory."""
    watched, most, rss = tested.watched(), 0, 0
    try:
        async with tested.db.read(tested.workspace_id) as read:
            while True:
                most = max(most, await store.running_turns(read))
                rss = max(rss, watched.rss())
                await asyncio.sleep(_LOOK_S)
    except asyncio.CancelledError:
        return most, rss
