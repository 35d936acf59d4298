"""The figures of two servers, as ratios round by round."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from rejoinder.bench.measure import middle, rate, spread
from rejoinder.bench.pair.rounds import Round

Better = Literal["lower", "higher"]


@dataclass(frozen=True, slots=True)
class Ratio:
    """One figure of two servers. `this` and `that` are medians of their rounds, `ratio` is that of the rounds' ratios.

    A round in which either measured nothing has no ratio; with none at all `ratio` is None.
    """

    what: str
    unit: str
    better: Better
    this: float
    that: float
    by_round: list[float]

    @property
    def ratio(self) -> float | None:
        """The median of the rounds' ratios."""
        return middle(self.by_round) if self.by_round else None

    @property
    def verdict(self) -> str:
        """`better` or `worse` when every round says so, else nothing: then the difference is within the noise."""
        if not self.by_round or min(self.by_round) <= 1 <= max(self.by_round):
            return ""
        return "better" if (min(self.by_round) > 1) == (self.better == "higher") else "worse"


def ratio_of(
    what: str, unit: str, better: Better, this: Sequence[float], that: Sequence[float]
) -> Ratio:
    """The ratio of figures that were taken by turns."""
    by_round = [
        ours / theirs for ours, theirs in zip(this, that, strict=True) if ours > 0 and theirs > 0
    ]
    return Ratio(what, unit, better, middle(this), middle(that), by_round)


def ratios(pairs: Sequence[tuple[Round, Round]], sizes_rate: float) -> list[Ratio]:
    """All figures; `sizes_rate` is that of the paced turns."""
    return [
        ratio_of(
            what.format(rate=f"{sizes_rate:.0f}/s"),
            unit,
            better,
            [read(ours) for ours, _ in pairs],
            [read(theirs) for _, theirs in pairs],
        )
        for what, unit, better, read in _FIGURES
    ]


def cpu(round_: Round) -> float:
    """Milliseconds of a full turn, ours and PostgreSQL's together."""
    used = round_.turns.cpu
    return (used.server + used.postgres) * 1e3 / len(round_.turns.samples)


def _overhead(share: Literal["p50", "p99"]) -> Callable[[Round], float]:
    return lambda round_: float(getattr(spread(s.latency for s in round_.paced.samples), share))


def _a_turn(figure: Callable[[Round], float]) -> Callable[[Round], float]:
    return lambda round_: figure(round_) / len(round_.turns.samples)


def _a_paced_turn(figure: Callable[[Round], float]) -> Callable[[Round], float]:
    return lambda round_: figure(round_) / len(round_.paced.samples)


_FIGURES: tuple[tuple[str, str, Better, Callable[[Round], float]], ...] = (
    ("full turns/s", "", "higher", lambda each: rate(each.turns.samples)),
    ("CPU a full turn, ours", "ms", "lower", _a_turn(lambda each: each.turns.cpu.server * 1e3)),
    (
        "CPU a full turn, PostgreSQL's",
        "ms",
        "lower",
        _a_turn(lambda each: each.turns.cpu.postgres * 1e3),
    ),
    (
        "acknowledge, p50",
        "ms",
        "lower",
        lambda each: spread(sample.latency for sample in each.acknowledged.samples).p50,
    ),
    (
        "acknowledge, p99",
        "ms",
        "lower",
        lambda each: spread(sample.latency for sample in each.acknowledged.samples).p99,
    ),
    (
        "outside the model call, one turn after the other, p50",
        "ms",
        "lower",
        lambda each: spread(each.alone.outside).p50 if each.alone.outside else 0.0,
    ),
    ("own overhead at {rate}, p50", "ms", "lower", _overhead("p50")),
    ("own overhead at {rate}, p99", "ms", "lower", _overhead("p99")),
    (
        "CPU a turn at {rate}, ours",
        "ms",
        "lower",
        _a_paced_turn(lambda each: each.paced.cpu.server * 1e3),
    ),
    (
        "CPU a turn at {rate}, PostgreSQL's",
        "ms",
        "lower",
        _a_paced_turn(lambda each: each.paced.cpu.postgres * 1e3),
    ),
    (
        "commits a turn at {rate}",
        "",
        "lower",
        _a_paced_turn(lambda each: each.paced.counters.commits),
    ),
    (
        "write-ahead log a turn at {rate}",
        "kB",
        "lower",
        _a_paced_turn(lambda each: each.paced.counters.wal_bytes / 1e3),
    ),
    (
        "event loop: a probe at {rate}, p99",
        "ms",
        "lower",
        lambda each: spread(each.paced.probes).p99,
    ),
    ("RSS of the server", "MB", "lower", lambda each: each.turns.memory.server_rss / 1e6),
    ("connections", "", "lower", lambda each: sum(each.turns.connections.values())),
)
