"""A run's report: figures in, lines out. A miss is marked, never an error: a machine is not a promise.

Budgets and goals are those of docs/benchmarks.md.
"""

from __future__ import annotations

from dataclasses import asdict

from rejoinder.bench.report import more
from rejoinder.bench.report.beside import fleet
from rejoinder.bench.report.model import Growth, Interrupts, Report, Steady
from rejoinder.bench.report.text import Row, cells, figure, table


def rows(report: Report) -> list[Row]:
    """The figures that have a budget, in its order, then those that have none."""
    return [*_budgeted(report), *_others(report)]


def _budgeted(report: Report) -> list[Row]:
    rate, turns, steady = f"{report.steady_rate:.0f}/s", report.turns, report.steady
    at_once = next(each for each in steady if each.delay == 0)
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
        Row(
            "outside the model call, one turn after the other, p50",
            (report.outside.p50,),
            "ms",
            (15,),
        ),
        *(_overhead(each, rate) for each in steady),
        Row(
            "CPU a turn, ours/PostgreSQL's, full turns",
            (turns.cpu.server, turns.cpu.postgres),
            "ms",
            (3, 2.5),
            (1.5, 1.5),
        ),
        Row(f"commits a turn at {rate}", (at_once.commits_a_turn,), "", (6,), (5,)),
        Row("connections of the server", (sum(report.connections.values()),), "", (12,), (8,)),
        *more.budgeted(report),
        Row("new data folder → first reply", (report.startup_seconds,), "s", (10,), (4,)),
        Row("`rejoinder --help`", (report.help_seconds,), "s", (0.5,), (0.25,)),
    ]


def _overhead(steady: Steady, rate: str) -> Row:
    return Row(
        f"own overhead at {rate}, model {steady.delay * 1e3:.0f} ms, p50/p99",
        (steady.overhead.p50, steady.overhead.p99),
        "ms",
        (12, 40),
        (5, 15),
    )


def _others(report: Report) -> list[Row]:
    rate, turns, memory = f"{report.steady_rate:.0f}/s", report.turns, report.memory
    at_once = next(each for each in report.steady if each.delay == 0)
    what = f"transactions a turn at {rate}, about, reads among them"
    return [
        Row("acknowledge, p50", (report.acknowledge.p50,), "ms"),
        Row(
            f"a turn among {turns.callers} callers, p50/p99",
            (turns.spread.p50, turns.spread.p99),
            "ms",
        ),
        Row(
            f"CPU a turn, ours/PostgreSQL's, at {rate}",
            (at_once.cpu.server, at_once.cpu.postgres),
            "ms",
        ),
        *(Row(what, (each,), "") for each in (at_once.transactions_a_turn,) if each is not None),
        Row(f"write-ahead log a turn at {rate}", (at_once.wal_bytes_a_turn / 1e3,), "kB"),
        Row(
            f"event loop: a probe at {rate}, p50/p99", (at_once.probe.p50, at_once.probe.p99), "ms"
        ),
        Row("event loop: the same when idle", (report.idle_probe.p50, report.idle_probe.p99), "ms"),
        Row("RSS of the server", (memory.server_rss / 1e6,), "MB"),
        *more.others(report),
        Row(
            f"memory of its PostgreSQL, {memory.postgres_counts} of all processes",
            (memory.postgres / 1e6,),
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
    """The report for people; its tables are Markdown."""
    cores, tally = report.turns.cores, report.tally
    return [
        report.machine.line(report.date),
        (
            f"{report.rounds} interleaved rounds; {report.seconds:g} s of each stretch in all; "
            f"the stub speaks {report.wire}."
            + (f" Messages come through a simulated {report.platform}." if report.platform else "")
        ),
        "",
        *table(("", "measured", "budget", "goal", "reached"), [cells(row) for row in rows(report)]),
        "",
        *_stages(report),
        (
            f"Cores kept busy in the full-turns stretch: server {cores.server:.2f}, PostgreSQL {cores.postgres:.2f}, "
            f"model stub {cores.model:.2f}, load generator {cores.load:.2f}; "
            f"turns/s by round: {', '.join(f'{each:.0f}' for each in report.turns.by_round)}."
        ),
        "Connections: "
        + ", ".join(f"{count} {name}" for name, count in report.connections.items())
        + ".",
        (
            f"The generator of the acknowledge stretch was late by {report.generator_lag.p50:.2f} ms (p50), "
            f"{report.generator_lag.p99:.2f} ms (p99); that is counted in."
        ),
        *_growth_rounds(report.growth),
        *_unstopped(report.interrupts),
        f"{tally.asked} conversations: {tally.refused} refused, {tally.lost} lost, {tally.doubled} answered twice.",
        *(f"Refused {count} times: {why}" for why, count in tally.refusals.items()),
        *(["", *fleet(report.fleet)] if report.fleet else []),
    ]


def _stages(report: Report) -> list[str]:
    known = [(each.delay, asdict(each.stages)) for each in report.steady if each.stages]
    if not known:
        return []
    head = (
        f"ms of an average turn at {report.steady_rate:.0f}/s",
        *(f"model {delay * 1e3:.0f} ms" for delay, _ in known),
    )
    body = [
        (name.replace("_", " "), *(figure(each[name]) for _, each in known)) for name in known[0][1]
    ]
    return [*table(head, body), ""]


def _unstopped(found: Interrupts) -> list[str]:
    stopped = found.stopped.count if found.stopped else 0
    if stopped == found.asked:
        return []
    return [
        (
            f"Of {found.asked} conversations with a second message {found.superseded} had their attempt superseded and "
            f"{stopped} a call stopped; in the others none was under way when it came."
        )
    ]


def _growth_rounds(growth: Growth | None) -> list[str]:
    if growth is None:
        return []
    by_round = ", ".join(figure(each) for each in growth.by_round)
    return [
        f"CPU a turn with {growth.many} stored messages over that with {growth.few}, by round: {by_round}."
    ]
