"""The stretches whose messages come one a conversation, and how each ends: when all of them have been answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import dataclass

from rejoinder.bench import store
from rejoinder.bench.load import Stretch
from rejoinder.bench.measure import Sample, Stages, Tally, arrivals, stages, tally
from rejoinder.bench.store import Counters
from rejoinder.bench.stretches.probe import probing, several
from rejoinder.bench.under_test.resources import Cpu, Memory
from rejoinder.bench.under_test.rig import NAME, Rig
from rejoinder.errors import RejoinderError

_SETTLE_S = 60.0
_POLL_S = 0.1
_REPORTED_S = 1.1  # a busy backend reports its transactions once a second


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is sent. `seconds` is the length of each kind of stretch, over all `rounds` together;
    where two servers work by turns, `pairs` is how often each does. `interrupted` conversations get a second message,
    `killed` turns are in flight when a worker is killed.

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
    interrupted: int = 50
    killed: int = 40
    warm_up_seconds: float = 1.0
    yardstick_seconds: float = 0.8
    pairs: int = 6

    @property
    def piece(self) -> float:
        """Seconds of one stretch in one round."""
        return self.seconds / self.rounds


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
    connections: dict[str, int]


@dataclass(frozen=True, slots=True)
class Alone(Measured):
    """Turns one after the other; `outside` are the seconds of each that were not its model calls'."""

    outside: list[float]


@dataclass(frozen=True, slots=True)
class Paced(Measured):
    """A stretch of waiting callers at a fixed rate: what it took of the processors and of PostgreSQL.

    `transactions` are those a second, None where it was over too soon to count them; `probes` seconds of small requests
    beside it. `stages` is None when not every message was answered.
    """

    delay: float
    cpu: Cpu
    counters: Counters
    transactions: float | None
    probes: list[float]
    stages: Stages | None


async def acknowledge(rig: Rig, rate: float, seconds: float) -> Measured:
    """Messages at a fixed rate, none waited for: the time to their 202."""
    stretch = rig.load.stretch("acknowledge", wait=False)
    await stretch.open_loop(arrivals(rate, seconds))
    return Measured(stretch.samples, await settle(rig, stretch))


async def burst(rig: Rig, count: int) -> Measured:
    """`count` messages due at the same moment."""
    stretch = rig.load.stretch("burst", wait=False)
    await stretch.open_loop([0.0] * count)
    return Measured(stretch.samples, await settle(rig, stretch))


async def full_turns(rig: Rig, callers: int, seconds: float) -> Busy:
    """Callers that wait for each reply before they send the next message, zero-delay model."""
    stretch = rig.load.stretch("turns", wait=True)
    watched = rig.watched()
    before, begun = watched.cpu(), asyncio.get_running_loop().time()
    await stretch.closed_loop(callers, seconds)
    took, cpu = asyncio.get_running_loop().time() - begun, watched.cpu().since(before)
    memory = watched.memory()
    async with rig.db.read(rig.workspace_id) as read:
        connections = await store.connections(read, NAME)
    return Busy(stretch.samples, await settle(rig, stretch), took, cpu, memory, connections)


async def one_by_one(rig: Rig, seconds: float) -> Alone:
    """One caller, who waits for each reply before sending the next message; zero-delay model."""
    stretch = rig.load.stretch("alone", wait=True)
    await stretch.closed_loop(1, seconds)
    end = await settle(rig, stretch)
    async with rig.db.read(rig.workspace_id) as read:
        called = await store.called(read, stretch.threads)
    answered = zip(stretch.threads, stretch.samples, strict=True)
    outside = [each.latency - called[thread] for thread, each in answered if thread in called]
    return Alone(stretch.samples, end, outside)


async def overhead(rig: Rig, rate: float, seconds: float, delay: float) -> Paced:
    """Waiting callers at a fixed rate, beside a model that takes `delay` seconds."""
    stretch = rig.load.stretch("overhead", wait=True)
    watched = rig.watched()
    counted, used = await _counters(rig), watched.cpu()
    async with probing(rig.load.http, rig.server.base_url) as probes:
        transactions = await _transactions_beside(rig, stretch.open_loop(arrivals(rate, seconds)))
    cpu, counters = watched.cpu().since(used), (await _counters(rig)).since(counted)
    end = await settle(rig, stretch)
    stages = await _stages(rig, stretch)
    return Paced(stretch.samples, end, delay, cpu, counters, transactions, probes, stages)


async def idle(rig: Rig, seconds: float) -> list[float]:
    """Probes with nothing else to do for the server."""
    return await several(rig.load.http, rig.server.base_url, seconds)


async def settle(rig: Rig, stretch: Stretch, patience: float = _SETTLE_S) -> Tally:
    """Wait until no turn is left, then count the replies in the store: those of the caller may hide a second one."""
    await quiet(rig, patience)
    replies = await stretch.replies()
    if replies is None:
        async with rig.db.read(rig.workspace_id) as read:
            replies = await store.replies(read, stretch.prefix)
    return tally(stretch.threads, dict(stretch.refusals), replies)


async def quiet(rig: Rig, patience: float = _SETTLE_S) -> None:
    """Wait until no turn is left. Raises RejoinderError when some are after `patience` seconds."""
    deadline = asyncio.get_running_loop().time() + patience
    async with rig.db.read(rig.workspace_id) as read:
        while left := await store.live_turns(read):
            if asyncio.get_running_loop().time() > deadline:
                raise RejoinderError(
                    f"{left} turns were still unanswered {patience:.0f} s after the last message.",
                    code="bench_unanswered",
                )
            await asyncio.sleep(_POLL_S)


async def _counters(rig: Rig) -> Counters:
    async with rig.db.read(rig.workspace_id) as read:
        return await store.counters(read)


async def _transactions_beside(rig: Rig, work: Coroutine[None, None, None]) -> float | None:
    """Transactions a second while it works, from when every backend has reported what it did before.

    None for work that is over by then: what comes afterwards is reported in lumps.
    """
    working = asyncio.create_task(work, name="load")
    try:
        await asyncio.wait([working], timeout=_REPORTED_S)
        if working.done():
            await working
            return None
        early, begun = await _transactions(rig), time.perf_counter()
        await working
        return (await _transactions(rig) - early) / (time.perf_counter() - begun)
    finally:
        working.cancel()


async def _transactions(rig: Rig) -> int:
    async with rig.db.read(rig.workspace_id) as read:
        return await store.transactions(read)


async def _stages(rig: Rig, stretch: Stretch) -> Stages | None:
    async with rig.db.read(rig.workspace_id) as read:
        moments = await store.moments(read, stretch.threads)
    if moments is None or moments.turns != len(stretch.samples):
        return None
    # The private PostgreSQL reads the same clock of this machine.
    epoch = time.time() - time.perf_counter()
    return stages(stretch.samples, epoch, moments)
