"""Rows of what is measured where it is asked for, and of what is stopped in the middle."""

from __future__ import annotations

from rejoinder.bench.report.model import Crowd, Growth, Interrupts, Recovery, Report
from rejoinder.bench.report.text import Row

_CROWD = 5_000  # turns in flight for which there is a budget


def budgeted(report: Report) -> list[Row]:
    """Those that have a budget, as far as they were measured."""
    return [
        *_interrupts(report.interrupts),
        *([_crowd(report.crowd)] if report.crowd else []),
        *_growth(report.growth),
        *([_recovery(report.recovery)] if report.recovery else []),
    ]


def others(report: Report) -> list[Row]:
    """Those that have none."""
    crowd, stopped, recovery = report.crowd, report.interrupts.stopped, report.recovery
    return [
        *([Row("the same before the crowd", (crowd.idle_rss / 1e6,), "MB")] if crowd else []),
        *([Row("a superseded model call goes on, p50", (stopped.p50,), "ms")] if stopped else []),
        *(
            [Row("kill -9 of a worker → first of its turns runs again", (recovery.first,), "s")]
            if recovery
            else []
        ),
    ]


def _interrupts(found: Interrupts) -> list[Row]:
    if found.stopped is None:
        return []
    what = f"a superseded model call goes on, p99 of {found.stopped.count}"
    return [Row(what, (found.stopped.p99,), "ms", (1500,))]


def _crowd(crowd: Crowd) -> Row:
    what = f"{crowd.most} turns in flight on a {crowd.delay:g} s model, RSS"
    measured = (crowd.rss / 1e6,)
    # A budget for five thousand is none for fewer.
    return (
        Row(what, measured, "MB", (500,), (250,))
        if crowd.most >= _CROWD
        else Row(what, measured, "MB")
    )


def _growth(growth: Growth | None) -> list[Row]:
    if growth is None or growth.ratio is None:
        return []
    what = f"growth of CPU a turn, {growth.few} → {growth.many} stored messages"
    return [Row(what, ((growth.ratio - 1) * 100,), "%", (20,), (5,))]


def _recovery(found: Recovery) -> Row:
    what = (
        f"kill -9 of one of {found.workers} workers → the last of its {found.lost} turns runs again"
    )
    return Row(what, (found.last,), "s", (20,), (10,))
