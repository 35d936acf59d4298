"""From what the stretches brought home to the report's figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rejoinder.bench.machine import Machine
from rejoinder.bench.measure import Sample, middle, rate, spread, together
from rejoinder.bench.report import Overhead, Report, Turns
from rejoinder.bench.resources import Cpu
from rejoinder.bench.stretches import Busy, Measured, Paced, Sizes
from rejoinder.bench.yardstick import Yardstick, of


@dataclass(slots=True)
class Findings:
    """What a run gathers, round by round."""

    startup_seconds: float = 0.0
    others: list[Measured] = field(default_factory=list)
    acknowledged: list[Measured] = field(default_factory=list)
    turns: list[Busy] = field(default_factory=list)
    paced: list[Paced] = field(default_factory=list)
    bursts: list[Measured] = field(default_factory=list)
    yardsticks: list[Yardstick] = field(default_factory=list)

    def stretches(self) -> list[Measured]:
        """All of them."""
        return [*self.others, *self.acknowledged, *self.turns, *self.paced, *self.bursts]


def report(findings: Findings, sizes: Sizes, where: Machine, date: str) -> Report:
    """The figures: rates are medians of the rounds, spreads are of all rounds' samples together."""
    acknowledged = _samples(findings.acknowledged)
    unhurried = [each for each in findings.paced if each.delay == 0]
    return Report(
        date=date,
        machine=where,
        seconds=sizes.seconds,
        rounds=sizes.rounds,
        startup_seconds=findings.startup_seconds,
        acknowledge_rate=sizes.acknowledge_rate,
        acknowledge=spread(sample.latency for sample in acknowledged),
        generator_lag=spread(sample.sent - sample.due for sample in acknowledged),
        burst=sizes.burst,
        burst_seconds=middle([_last(each.samples) for each in findings.bursts]),
        overhead_rate=sizes.overhead_rate,
        overhead=[_overhead(findings.paced, delay) for delay in sizes.delays],
        turns=_turns(findings.turns, sizes),
        transactions_a_turn=sum(each.transactions for each in unhurried)
        / sum(len(each.samples) for each in unhurried),
        connections=max(each.connections for each in findings.turns),
        memory=max((each.memory for each in findings.turns), key=lambda memory: memory.server_rss),
        yardstick=of(findings.yardsticks),
        tally=together([each.tally for each in findings.stretches()]),
    )


def _turns(rounds: Sequence[Busy], sizes: Sizes) -> Turns:
    answered, seconds = _samples(rounds), sum(each.seconds for each in rounds)
    used = Cpu.sum(each.cpu for each in rounds)
    by_round = [rate(each.samples) for each in rounds]
    return Turns(
        per_second=middle(by_round),
        by_round=by_round,
        callers=sizes.callers,
        spread=spread(sample.latency for sample in answered),
        cpu=used.times(1e3 / len(answered)),
        cores=used.times(1 / seconds),
    )


def _overhead(paced: Sequence[Paced], delay: float) -> Overhead:
    samples = _samples([each for each in paced if each.delay == delay])
    return Overhead(delay, spread(sample.latency - delay for sample in samples))


def _samples(measured: Iterable[Measured]) -> list[Sample]:
    return [sample for each in measured for sample in each.samples]


def _last(samples: Sequence[Sample]) -> float:
    return max(sample.done for sample in samples) - min(sample.due for sample in samples)
