"""The report: figures in, lines out. A miss is marked, never an error: a machine is not a promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rejoinder.bench.machine import Machine
from rejoinder.bench.measure import Spread, Tally
from rejoinder.bench.resources import Cpu, Memory
from rejoinder.bench.yardstick import Yardstick


@dataclass(frozen=True, slots=True)
class Overhead:
    """A reply's time less the model's `delay` (seconds), open loop."""

    delay: float
    spread: Spread


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
class Report:
    """Everything a run found. Times in milliseconds unless named otherwise."""

    date: str
    machine: Machine
    seconds: float
    rounds: int
    startup_seconds: float
    acknowledge_rate: float
    acknowledge: Spread
    generator_lag: Spread
    burst: int
    burst_seconds: float
    overhead_rate: float
    overhead: list[Overhead]
    turns: Turns
    transactions_a_turn: float
    connections: int
    memory: Memory
    yardstick: Yardstick
    tally: Tally

    @property
    def turns_to_commits(self) -> float:
        """Full turns a second, as a share of raw commits a second over eight connections."""
        return self.turns.per_second / self.yardstick.many if self.yardstick.many else 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table against the budgets; `better` says which way is good."""

    what: str
    measured: tuple[float, ...]
    unit: str
    budget: tuple[float, ...] = ()
    goal: tuple[float, ...] = ()
    better: Literal["lower", "higher"] = "lower"


def verdict(row: Row) -> str:
    """`goal`, `budget` or `missed`: what all figures of the row reach; nothing where there is no budget."""
    if not row.budget:
        return ""
    return (
        "goal" if _reaches(row, row.goal) else "budget" if _reaches(row, row.budget) else "missed"
    )


def _reaches(row: Row, wanted: tuple[float, ...]) -> bool:
    if row.better == "lower":
        return all(value <= limit for value, limit in zip(row.measured, wanted, strict=True))
    return all(value >= limit for value, limit in zip(row.measured, wanted, strict=True))


def rows(report: Report) -> list[Row]:
    """The figures in the order of the budgets (docs/benchmarks.md), then those that have none."""
    turns = report.turns
    return [
        Row(
            f"acknowledge, p99 at {report.acknowledge_rate:.0f} messages/s",
            (report.acknowledge.p99,),
            "ms",
            (20,),
            (8,),
        ),
        Row(
            f"burst of {report.burst} messages at once, last answer",
            (report.burst_seconds,),
            "s",
            (2,),
            (1,),
        ),
        Row(
            f"full turns/s, zero-delay model, {turns.callers} callers",
            (turns.per_second,),
            "",
            (300,),
            (600,),
            "higher",
        ),
        *(
            Row(
                f"own overhead at {report.overhead_rate:.0f} turns/s, model {each.delay * 1e3:.0f} ms, p50/p99",
                (each.spread.p50, each.spread.p99),
                "ms",
                (12, 40),
                (5, 15),
            )
            for each in report.overhead
        ),
        Row(
            "CPU a turn, ours/PostgreSQL's",
            (turns.cpu.server, turns.cpu.postgres),
            "ms",
            (3, 2.5),
            (1.5, 1.5),
        ),
        Row("connections of the server", (report.connections,), "", (12,), (8,)),
        Row("new data folder → first reply", (report.startup_seconds,), "s", (10,), (4,)),
        Row("acknowledge, p50", (report.acknowledge.p50,), "ms"),
        Row(
            f"a turn among {turns.callers} callers, p50/p99",
            (turns.spread.p50, turns.spread.p99),
            "ms",
        ),
        Row("transactions a turn, reads among them", (report.transactions_a_turn,), ""),
        Row("RSS of the server", (report.memory.server_rss / 1e6,), "MB"),
        Row(
            f"memory of its PostgreSQL, {report.memory.postgres_counts} of all processes",
            (report.memory.postgres / 1e6,),
            "MB",
        ),
        Row(
            "yardstick: commits/s, 1/8 connections",
            (report.yardstick.one, report.yardstick.many),
            "",
        ),
        Row("full turns/s per yardstick commit/s (8)", (report.turns_to_commits,), ""),
    ]


def lines(report: Report) -> list[str]:
    """The report for people; its table is Markdown."""
    where, cores, tally = report.machine, report.turns.cores, report.tally
    return [
        (
            f"Rejoinder {where.rejoinder}{f' ({where.commit})' if where.commit else ''}, {report.date}: "
            f"{where.cpus} CPUs ({where.cpu_model}), {where.memory_gib:.0f} GiB, {where.system}, "
            f"Python {where.python}, PostgreSQL {where.postgres}."
        ),
        f"{report.rounds} interleaved rounds; {report.seconds:g} s of each stretch in all.",
        "",
        *table(
            ("", "measured", "budget", "goal", "reached"), [_cells(row) for row in rows(report)]
        ),
        "",
        (
            f"Cores kept busy in the full-turns stretch: server {cores.server:.2f}, PostgreSQL {cores.postgres:.2f}, "
            f"model stub {cores.model:.2f}, load generator {cores.load:.2f}; "
            f"turns/s by round: {', '.join(f'{each:.0f}' for each in report.turns.by_round)}."
        ),
        (
            f"The generator of the acknowledge stretch was late by {report.generator_lag.p50:.2f} ms (p50), "
            f"{report.generator_lag.p99:.2f} ms (p99); that is counted in."
        ),
        f"{tally.asked} conversations: {tally.refused} refused, {tally.lost} lost, {tally.doubled} answered twice.",
        *(f"Refused {count} times: {why}" for why, count in tally.refusals.items()),
    ]


def table(head: Sequence[str], body: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table whose columns also line up in a terminal."""
    widths = [max(len(cell) for cell in column) for column in zip(head, *body, strict=True)]

    def line(cells: Sequence[str]) -> str:
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        return f"| {' | '.join(padded)} |"

    return [line(head), line(["-" * width for width in widths]), *map(line, body)]


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.what,
        _figures(row.measured, row.unit),
        _figures(row.budget, row.unit),
        _figures(row.goal, row.unit),
        verdict(row),
    )


def _figures(values: tuple[float, ...], unit: str) -> str:
    return f"{'/'.join(map(figure, values))} {unit}".strip() if values else ""


def figure(value: float) -> str:
    """Three digits that count, and no more than are known."""
    if abs(value) >= 100 or value == 0:
        return f"{value:.0f}"
    if abs(value) < 1:
        return f"{value:.2g}"
    return f"{value:.{1 if abs(value) >= 10 else 2}f}".rstrip("0").rstrip(".")
