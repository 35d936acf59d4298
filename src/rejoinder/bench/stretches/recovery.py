"""kill -9 of a worker process with turns in flight: how long until others work on them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import psutil

from rejoinder.bench.measure import Tally
from rejoinder.bench.stretches import store
from rejoinder.bench.stretches.store import Held
from rejoinder.bench.stretches.timed import settle
from rejoinder.bench.under_test.processes import Stub
from rejoinder.bench.under_test.program import Program
from rejoinder.bench.under_test.rig import Rig, rig
from rejoinder.errors import RejoinderError

_MODEL_S = 4.0  # so that all turns are in flight at once, also on a machine that takes its time to claim them
_PATIENCE_S = 60.0  # three times the budget
_LOOK_S = 0.05


@dataclass(frozen=True, slots=True)
class Recovered:
    """One of `workers` was killed while it ran `lost` turns; seconds until the first and the last was claimed anew.

    Both are PostgreSQL's: from just before the signal to the claim's own time. A claimed turn is running again.
    """

    workers: int
    lost: int
    first: float
    last: float
    tally: Tally


async def recovery(program: Program, model: Stub, workers: int, count: int) -> Recovered:
    """A server of its own with so many worker processes, and `count` turns that wait for the model."""
    async with rig(program, model, workers=workers) as tested:
        await model.answer_after(_MODEL_S)
        try:
            return await _kill_one(tested, workers, count)
        finally:
            await model.answer_after(0)


async def _kill_one(tested: Rig, workers: int, count: int) -> Recovered:
    stretch = tested.load.stretch("recovery", wait=False)
    await stretch.open_loop([0.0] * count)
    held = await _in_flight(tested, count)
    victim = busiest(held)
    lost = [each for each in held if each.worker == victim]
    async with tested.db.read(tested.workspace_id) as read:
        killed_at = await store.now(read)
    _kill(tested, victim)
    again = await _claimed_again(tested, lost, killed_at)
    tally = await settle(tested, stretch)
    return Recovered(workers, len(lost), min(again), max(again), tally)


def busiest(held: Sequence[Held]) -> str:
    """The worker that runs most of them. Raises ValueError for none."""
    if not held:
        raise ValueError("no turn runs")
    return Counter(each.worker for each in held).most_common(1)[0][0]


def pid_of(worker: str) -> int:
    """The process of a worker, whose name is HOST:PID."""
    return int(worker.rpartition(":")[2])


def _kill(tested: Rig, worker: str) -> None:
    """Kill it, if it is a process of the server under test."""
    ours = {child.pid: child for child in psutil.Process(tested.server.pid).children()}
    ours[pid_of(worker)].kill()


async def _in_flight(tested: Rig, count: int) -> list[Held]:
    """The running turns, as soon as all run; or those that do when the first must be about to end."""
    deadline, held = asyncio.get_running_loop().time() + _PATIENCE_S, list[Held]()
    begun = 0.0
    async with tested.db.read(tested.workspace_id) as read:
        while len(held) < count:
            held, now = await store.held(read), asyncio.get_running_loop().time()
            begun = begun or (now if held else 0.0)
            if held and now - begun > _MODEL_S / 2:
                break
            if now > deadline:
                raise RejoinderError("No turn was claimed.", code="bench_unanswered")
            await asyncio.sleep(_LOOK_S)
    return held


async def _claimed_again(tested: Rig, lost: Sequence[Held], since: datetime) -> list[float]:
    deadline = asyncio.get_running_loop().time() + _PATIENCE_S
    async with tested.db.read(tested.workspace_id) as read:
        while None in (again := await store.claimed_again(read, lost, since)) or not again:
            if asyncio.get_running_loop().time() > deadline:
                raise RejoinderError(
                    f"{again.count(None)} of a dead worker's {len(lost)} turns were not taken up within "
                    f"{_PATIENCE_S:.0f} s.",
                    code="bench_unanswered",
                )
            await asyncio.sleep(_LOOK_S)
    return [each for each in again if each is not None]
