"""Everything a run found, as figures."""

from __future__ import annotations

from dataclasses import dataclass

from rejoinder.bench.measure import Spread, Stages, Tally
from rejoinder.bench.pair.ratios import Ratio
from rejoinder.bench.under_test.machine import Machine
from rejoinder.bench.under_test.program import WireFormat
from rejoinder.bench.under_test.resources import Cpu, Memory
from rejoinder.bench.under_test.yardstick import Yardstick


@dataclass(frozen=True, slots=True)
class Turns:
    """Full turns, closed loop, zero-delay model. `cpu` is in milliseconds a turn, `cores` in cores kept busy."""

    per_second: float
    by_round: list[float]
    callers: int
    spread: Spread
    cpu: Cpu
    cores: Cpu


@dataclass(frozen=True, slots=True)
class Steady:
    """Turns at a fixed rate, open loop, beside a model of `delay` seconds.

    `overhead` is a reply's time less the delay, `cpu` milliseconds a turn, `probe` the time of a small request
    meanwhile. `stages` are averages; None when a message was refused, as transactions are in a run too short for them.
    """

    delay: float
    overhead: Spread
    cpu: Cpu
    transactions_a_turn: float | None
    commits_a_turn: float
    wal_bytes_a_turn: float
    probe: Spread
    stages: Stages | None


@dataclass(frozen=True, slots=True)
class Crowd:
    """`most` turns in flight at once beside a model of `delay` seconds, and the server's memory in bytes."""

    asked: int
    delay: float
    most: int
    idle_rss: int
    rss: int


@dataclass(frozen=True, slots=True)
class Growth:
    """A turn's CPU, ours and PostgreSQL's together, with `many` stored messages over that with `few`.

    `ratio` is the median of the rounds' ratios; None when the stretches were too short for any.
    """

    few: int
    many: int
    ratio: float | None
    by_round: list[float]


@dataclass(frozen=True, slots=True)
class Fleet:
    """What a server with `workers` processes for its turns did beside one that is a single process.

    `pairs` rounds of each, stretches of `piece` seconds; in a ratio the fleet is `this`, the single process `that`.
    """

    workers: int
    pairs: int
    piece: float
    ratios: list[Ratio]


@dataclass(frozen=True, slots=True)
class Interrupts:
    """`asked` conversations got a second message while the model was asked, and `superseded` attempts ended by it.

    `stopped` is how long their calls went on after that; None when no call had begun.
    """

    asked: int
    superseded: int
    stopped: Spread | None


@dataclass(frozen=True, slots=True)
class Recovery:
    """One of `workers` was killed with `lost` turns in flight: seconds until the first and the last ran again."""

    workers: int
    lost: int
    first: float
    last: float


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a run found. Times in milliseconds unless named otherwise."""

    date: str
    machine: Machine
    wire: WireFormat
    seconds: float
    rounds: int
    startup_seconds: float
    help_seconds: float
    platform: str | None  # through which the messages came; None for REST
    acknowledge_rate: float
    acknowledge: Spread
    generator_lag: Spread
    burst: int
    burst_seconds: float
    outside: Spread  # of turns one after the other, what was not their model calls
    steady_rate: float
    steady: list[Steady]
    idle_probe: Spread
    turns: Turns
    connections: dict[str, int]
    memory: Memory
    yardstick: Yardstick
    interrupts: Interrupts
    crowd: Crowd | None
    growth: Growth | None
    fleet: Fleet | None
    recovery: Recovery | None
    tally: Tally

    @property
    def turns_to_commits(self) -> float:
        """Full turns a second, as a share of raw commits a second over eight connections."""
        return self.turns.per_second / self.yardstick.many if self.yardstick.many else 0.0
