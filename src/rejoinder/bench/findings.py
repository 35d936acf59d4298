"""From what the stretches brought home to the report's figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rejoinder.bench.measure import Sample, Tally, middle, rate, spread, together
from rejoinder.bench.report.model import (
    Crowd,
    Fleet,
    Growth,
    Interrupts,
    Recovery,
    Report,
    Steady,
    Turns,
)
from rejoinder.bench.stretches.in_flight import InFlight
from rejoinder.bench.stretches.interrupt import Interrupted
from rejoinder.bench.stretches.recovery import Recovered
from rejoinder.bench.stretches.timed import Alone, Busy, Measured, Paced, Sizes
from rejoinder.bench.under_test.machine import Machine
from rejoinder.bench.under_test.program import WireFormat
from rejoinder.bench.under_test.resources import Cpu
from rejoinder.bench.under_test.yardstick import Yardstick, of


@dataclass(slots=True)
class Findings:
    """What a run gathers, round by round."""

    startup_seconds: float = 0.0
    help_seconds: float = 0.0
    others: list[Tally] = field(default_factory=list)
    acknowledged: list[Measured] = field(default_factory=list)
    turns: list[Busy] = field(default_factory=list)
    alone: list[Alone] = field(default_factory=list)
    paced: list[Paced] = field(default_factory=list)
    bursts: list[Measured] = field(default_factory=list)
    idle_probes: list[float] = field(default_factory=list)
    yardsticks: list[Yardstick] = field(default_factory=list)
    interrupted: list[Interrupted] = field(default_factory=list)
    crowd: InFlight | None = None
    growth: Growth | None = None
    fleet: Fleet | None = None
    recovered: Recovered | None = None

    def tally(self) -> Tally:
        """What became of all conversations."""
        measured = [*self.acknowledged, *self.turns, *self.alone, *self.paced, *self.bursts]
        crowd = [self.crowd.tally] if self.crowd else []
        recovered = [self.recovered.tally] if self.recovered else []
        interrupted = [each.tally for each in self.interrupted]
        return together(
            [
                *(*self.others, *interrupted, *crowd, *recovered),
                *(each.tally for each in measured),
            ]
        )


def report(
    findings: Findings,
    sizes: Sizes,
    wire: WireFormat,
    where: Machine,
    date: str,
    platform: str | None = None,
) -> Report:
    """The figures: rates are medians of the rounds, spreads are of all rounds' samples together."""
    acknowledged, crowd = _samples(findings.acknowledged), findings.crowd
    return Report(
        date=date,
        machine=where,
        wire=wire,
        platform=platform,
        seconds=sizes.seconds,
        rounds=sizes.rounds,
        startup_seconds=findings.startup_seconds,
        help_seconds=findings.help_seconds,
        acknowledge_rate=sizes.acknowledge_rate,
        acknowledge=spread(sample.latency for sample in acknowledged),
        generator_lag=spread(sample.sent - sample.due for sample in acknowledged),
        burst=sizes.burst,
        burst_seconds=middle([_last(each.samples) for each in findings.bursts]),
        outside=spread(seconds for each in findings.alone for seconds in each.outside),
        steady_rate=sizes.overhead_rate,
        steady=[
            steady([each for each in findings.paced if each.delay == delay], sizes.overhead_rate)
            for delay in sizes.delays
        ],
        idle_probe=spread(findings.idle_probes),
        turns=_turns(findings.turns, sizes),
        connections=max(
            (each.connections for each in findings.turns), key=lambda each: sum(each.values())
        ),
        memory=max((each.memory for each in findings.turns), key=lambda memory: memory.server_rss),
        yardstick=of(findings.yardsticks),
        crowd=Crowd(crowd.asked, crowd.delay, crowd.most, crowd.idle_rss, crowd.rss)
        if crowd
        else None,
        interrupts=interrupts(findings.interrupted),
        growth=findings.growth,
        fleet=findings.fleet,
        recovery=_recovery(findings.recovered),
        tally=findings.tally(),
    )


def steady(paced: Sequence[Paced], each_second: float) -> Steady:
    """The stretches of one delay together; their stages are those of the middle round by what the caller waited."""
    samples = _samples(paced)
    delay, each = paced[0].delay, 1 / len(samples)
    stages = sorted(filter(None, (one.stages for one in paced)), key=lambda each: each.total)
    counted = [one.transactions for one in paced if one.transactions is not None]
    return Steady(
        delay=delay,
        overhead=spread(sample.latency - delay for sample in samples),
        cpu=Cpu.sum(one.cpu for one in paced).times(1e3 * each),
        transactions_a_turn=middle(counted) / each_second if counted else None,
        commits_a_turn=sum(one.counters.commits for one in paced) * each,
        wal_bytes_a_turn=sum(one.counters.wal_bytes for one in paced) * each,
        probe=spread(probe for one in paced for probe in one.probes),
        stages=stages[len(stages) // 2] if stages else None,
    )


def interrupts(found: Sequence[Interrupted]) -> Interrupts:
    """How long superseded calls went on."""
    stopped = [seconds for each in found for seconds in each.stopped]
    return Interrupts(
        sum(each.asked for each in found),
        sum(each.superseded for each in found),
        spread(stopped) if stopped else None,
    )


def _recovery(found: Recovered | None) -> Recovery | None:
    return Recovery(found.workers, found.lost, found.first, found.last) if found else None


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


def _samples(measured: Iterable[Measured]) -> list[Sample]:
    return [sample for each in measured for sample in each.samples]


def _last(samples: Sequence[Sample]) -> float:
    return max(sample.done for sample in samples) - min(sample.due for sample in samples)
