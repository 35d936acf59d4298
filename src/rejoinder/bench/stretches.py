"""The stretches of a run. Each opens conversations of its own and ends when all of them have been answered."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

import psutil

from rejoinder.bench import store
from rejoinder.bench.load import Load, Stretch
from rejoinder.bench.measure import Sample, Tally, arrivals, tally
from rejoinder.bench.processes import Server, Stub
from rejoinder.bench.resources import Cpu, Memory, Watched
from rejoinder.db import Database
from rejoinder.errors import RejoinderError

_SETTLE_S = 60.0
_POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is sent. `seconds` is the length of each kind of stretch, over all `rounds` together.

    Rates are per second; `delays` are the model's, in seconds, 0 first. The warm-up, which is not counted, lets
    statements be prepared and connections be made before it matters.
    """

    seconds: float = 10.0
    rounds: int = 3
    acknowledge_rate: float = 200.0
    overhead_rate: float = 100.0
    delays: tuple[float, ...] = (0.0, 0.2)
    callers: int = 64
    burst: int = 1_000
    warm_up_seconds: float = 1.0
    yardstick_seconds: float = 0.8

    @property
    def piece(self) -> float:
        """Seconds of one stretch in one round."""
        return self.seconds / self.rounds


@dataclass(frozen=True, slots=True)
class Rig:
    """All that a stretch needs: the model, the server under test, its caller, and an eye on the store."""

    model: Stub
    server: Server
    load: Load
    db: Database
    workspace_id: UUID


@dataclass(frozen=True, slots=True)
class Measured:
    """The samples of one stretch and what became of its conversations."""

    samples: list[Sample]
    tally: Tally


@dataclass(frozen=True, slots=True)
class Busy(Measured):
    """A stretch whose processes were watched. `seconds` is from its first message to its last answer."""

    seconds: float
    cpu: Cpu
    memory: Memory
    connections: int


@dataclass(frozen=True, slots=True)
class Paced(Measured):
    """A stretch of waiting callers at a fixed rate, with the transactions that it took."""

    delay: float
    transactions: int


async def acknowledge(rig: Rig, rate: float, seconds: float) -> Measured:
    """Messages at a fixed rate, none waited for: the time to their 202."""
    stretch = rig.load.stretch("acknowledge", wait=False)
    await stretch.open_loop(arrivals(rate, seconds))
    return Measured(stretch.samples, await _settle(rig, stretch))


async def burst(rig: Rig, count: int) -> Measured:
    """`count` messages due at the same moment."""
    stretch = rig.load.stretch("burst", wait=False)
    await stretch.open_loop([0.0] * count)
    return Measured(stretch.samples, await _settle(rig, stretch))


async def full_turns(rig: Rig, callers: int, seconds: float) -> Busy:
    """Callers that wait for each reply before they send the next message, zero-delay model."""
    stretch = rig.load.stretch("turns", wait=True)
    watched = Watched(psutil.Process(rig.server.pid), psutil.Process(rig.model.pid))
    before, begun = watched.cpu(), asyncio.get_running_loop().time()
    await stretch.closed_loop(callers, seconds)
    took, cpu = asyncio.get_running_loop().time() - begun, watched.cpu().since(before)
    memory = watched.memory()
    async with rig.db.read(rig.workspace_id) as read:
        connections = await store.connections(read, NAME)
    return Busy(stretch.samples, await _settle(rig, stretch), took, cpu, memory, connections)


async def overhead(rig: Rig, rate: float, seconds: float, delay: float) -> Paced:
    """Waiting callers at a fixed rate, beside a model that takes `delay` seconds."""
    stretch = rig.load.stretch("overhead", wait=True)
    before = await _transactions(rig)
    await stretch.open_loop(arrivals(rate, seconds))
    transactions = await _transactions(rig) - before
    return Paced(stretch.samples, await _settle(rig, stretch), delay, transactions)


NAME = "rejoinder bench"
"""The application name of the bench's own connections."""


async def _transactions(rig: Rig) -> int:
    async with rig.db.read(rig.workspace_id) as read:
        return await store.transactions(read)


async def _settle(rig: Rig, stretch: Stretch) -> Tally:
    """Wait until no turn is left, then count the replies in the store: those of the caller may hide a second one."""
    deadline = asyncio.get_running_loop().time() + _SETTLE_S
    async with rig.db.read(rig.workspace_id) as read:
        while left := await store.live_turns(read):
            if asyncio.get_running_loop().time() > deadline:
                raise RejoinderError(
                    f"{left} turns were still unanswered {_SETTLE_S:.0f} s after the last message.",
                    code="bench_unanswered",
                )
            await asyncio.sleep(_POLL_S)
        replies = await store.replies(read, stretch.prefix)
    return tally(stretch.threads, dict(stretch.refusals), replies)
