"""One small run of everything: the report's shape, and that nothing was lost or answered twice. Never its speed."""

from __future__ import annotations

from dataclasses import replace

import psutil
import pytest
from pydantic_core import from_json, to_json

from rejoinder.bench.measure import Tally
from rejoinder.bench.report import Report, lines, rows
from rejoinder.bench.run import bench, check
from rejoinder.bench.stretches import Sizes
from rejoinder.errors import RejoinderError

SMALL = Sizes(
    seconds=0.3,
    rounds=1,
    acknowledge_rate=20,
    overhead_rate=20,
    delays=(0.0, 0.05),
    callers=3,
    burst=10,
    warm_up_seconds=0.05,
    yardstick_seconds=0.05,
)


def _processes() -> set[int]:
    """The programs this process and its children run now: other tests may have one for the whole session."""
    return {child.pid for child in psutil.Process().children(recursive=True)}


@pytest.fixture(scope="module")
async def run() -> tuple[Report, set[int]]:
    """What a run of less than ten seconds found, and the processes it left."""
    before = _processes()
    report = await bench(SMALL, lambda _: None)
    return report, _processes() - before


@pytest.fixture(scope="module")
def report(run: tuple[Report, set[int]]) -> Report:
    """What the run found."""
    return run[0]


async def test_every_message_gets_its_one_reply(report: Report) -> None:
    assert (report.tally.refusals, report.tally.lost, report.tally.doubled) == ({}, 0, 0)
    # acknowledge 6, burst 10, overhead 6 at each of two delays, and three callers at least once in two stretches
    assert report.tally.asked >= 6 + 10 + 12 + 6
    check(report)


async def test_every_figure_was_measured(report: Report) -> None:
    assert report.acknowledge.count == 6
    assert [each.delay for each in report.overhead] == [0.0, 0.05]
    assert all(each.spread.count == 6 for each in report.overhead)
    assert all(value > 0 for row in rows(report) for value in row.measured)
    assert report.turns.cpu.server > 0
    assert report.turns.cpu.postgres > 0
    assert report.turns_to_commits > 0
    assert report.machine.postgres.startswith("18")


async def test_the_report_says_it_for_people_and_for_machines(report: Report) -> None:
    said = "\n".join(lines(report))
    assert all(row.what in said for row in rows(report))
    assert "0 refused, 0 lost, 0 answered twice" in said
    read = from_json(to_json(report))
    assert read["turns"]["callers"] == 3
    assert read["tally"]["lost"] == 0
    assert {"one", "many"} == set(read["yardstick"])


async def test_no_process_is_left(run: tuple[Report, set[int]]) -> None:
    report, left = run
    assert report.tally.asked
    assert not left


@pytest.mark.parametrize(
    "tally",
    [
        Tally(asked=9, lost=1, doubled=0, refusals={}),
        Tally(asked=9, lost=0, doubled=1, refusals={}),
        Tally(asked=9, lost=0, doubled=0, refusals={"HTTP 503": 1}),
    ],
)
async def test_a_lost_doubled_or_refused_message_fails_the_run(
    report: Report, tally: Tally
) -> None:
    with pytest.raises(RejoinderError, match="Of 9 conversations"):
        check(replace(report, tally=tally))
