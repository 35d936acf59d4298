"""One small run of everything: the report's shape, and that nothing was lost or answered twice. Never its speed."""

from __future__ import annotations

from dataclasses import asdict, replace

import psutil
import pytest
from pydantic_core import from_json, to_json

from rejoinder.bench.measure import Tally, spread
from rejoinder.bench.pair.ratios import Ratio
from rejoinder.bench.report.model import Fleet, Interrupts, Recovery, Report
from rejoinder.bench.report.rows import lines, rows
from rejoinder.bench.report.text import verdict
from rejoinder.bench.run import Extras, bench, check
from rejoinder.bench.stretches.timed import Sizes
from rejoinder.errors import RejoinderError

SMALL = Sizes(
    seconds=0.3,
    rounds=1,
    acknowledge_rate=20,
    overhead_rate=20,
    delays=(0.0, 0.05),
    callers=3,
    burst=10,
    interrupted=3,
    warm_up_seconds=0.05,
    yardstick_seconds=0.05,
    pairs=1,
)
MORE = Extras(growth=25, few=10, in_flight=4, slow=1.0)


# The run takes some thirty seconds, three times that on a machine whose cores are taken.
pytestmark = pytest.mark.timeout(300)


def _processes() -> set[int]:
    """The programs this process and its children run now: other tests may have one for the whole session."""
    return {child.pid for child in psutil.Process().children(recursive=True)}


@pytest.fixture(scope="module")
async def run() -> tuple[Report, set[int]]:
    """What a run of some thirty seconds found, and the processes it left."""
    before = _processes()
    report = await bench(SMALL, lambda _: None, "gemini", MORE)
    return report, _processes() - before


@pytest.fixture(scope="module")
def report(run: tuple[Report, set[int]]) -> Report:
    """What the run found."""
    return run[0]


async def test_every_message_gets_its_one_reply(report: Report) -> None:
    assert (report.tally.refusals, report.tally.lost, report.tally.doubled) == ({}, 0, 0)
    # acknowledge 6, burst 10, overhead 6 at each of two delays, three callers at least once in two stretches, 3
    # interrupted; then 4 in flight, and two servers with 6 + 6 + 3 each
    assert report.tally.asked >= 6 + 10 + 12 + 6 + 3 + 4 + 30
    check(report.tally)


async def test_every_figure_was_measured(report: Report) -> None:
    assert report.acknowledge.count == 6
    assert [each.delay for each in report.steady] == [0.0, 0.05]
    assert all(each.overhead.count == 6 and each.probe.count > 0 for each in report.steady)
    for row in rows(report):
        if not row.what.startswith(("growth", "transactions")):  # may well be 0 in so short a run
            assert all(value > 0 for value in row.measured), row.what
    assert report.turns.cpu.server > 0
    assert report.turns.cpu.postgres > 0
    assert report.turns_to_commits > 0
    assert report.machine.postgres.startswith("18")
    assert report.connections["rejoinder work"] > 0
    assert not any("bench" in name for name in report.connections)


async def test_a_turn_takes_its_commits_and_no_more(report: Report) -> None:
    for each in report.steady:
        # taken in, claimed, committed; beside them what a second of leases and an empty queue write
        assert 3 <= each.commits_a_turn < 20
        assert each.wal_bytes_a_turn > 1_000


async def test_the_stages_are_in_order(report: Report) -> None:
    for each in report.steady:
        assert each.stages is not None
        assert all(value > 0 for value in asdict(each.stages).values())
        assert each.stages.model >= each.delay * 1e3


async def test_turns_wait_together_for_a_slow_model(report: Report) -> None:
    assert report.crowd is not None
    assert report.crowd.asked == 4
    assert 1 <= report.crowd.most <= 4
    assert report.crowd.rss >= report.crowd.idle_rss > 0


async def test_two_servers_hold_different_numbers_of_messages(report: Report) -> None:
    assert report.growth is not None
    # in whole conversations of ten, and the two that made sure of the first reply
    assert (report.growth.few, report.growth.many) == (12, 32)
    assert all(ratio > 0 for ratio in report.growth.by_round)


async def test_a_second_message_stops_the_call_for_the_first(report: Report) -> None:
    found = report.interrupts
    assert found.asked == 3
    assert found.stopped is not None
    assert 1 <= found.stopped.count <= found.superseded <= 3


async def test_the_report_says_it_for_people_and_for_machines(report: Report) -> None:
    said = "\n".join(lines(report))
    assert all(row.what in said for row in rows(report))
    assert "0 refused, 0 lost, 0 answered twice" in said
    assert "take in" in said
    assert "the stub speaks gemini" in said
    read = from_json(to_json(report))
    assert read["turns"]["callers"] == 3
    assert read["tally"]["lost"] == 0
    assert {"one", "many"} == set(read["yardstick"])


async def test_a_budget_for_five_thousand_turns_is_none_for_fewer(report: Report) -> None:
    assert report.crowd is not None
    for most, budget in ((4_999, ()), (5_000, (500,))):
        crowd = replace(report.crowd, most=most)
        row = next(each for each in rows(replace(report, crowd=crowd)) if "in flight" in each.what)
        assert row.budget == budget


async def test_workers_and_a_kill_are_reported_where_they_were_measured(report: Report) -> None:
    slower = Ratio("full turns/s", "", "higher", 80, 100, [0.7, 0.8, 0.9])
    more = replace(report, fleet=Fleet(2, 3, 1.0, [slower]), recovery=Recovery(2, 7, 3.0, 10.5))
    said = "\n".join(lines(more))
    assert "2 worker processes beside a single process: 3 rounds of each" in said
    assert "0.80 (0.70–0.90)" in said
    assert "worse" in said
    row = next(each for each in rows(more) if "of its 7 turns" in each.what)
    assert (row.measured, verdict(row)) == ((10.5,), "budget")


async def test_what_was_not_asked_for_is_not_reported(report: Report) -> None:
    assert report.fleet is None
    assert report.recovery is None
    plain = replace(report, crowd=None, growth=None)
    said = "\n".join(lines(plain))
    for what in ("in flight", "growth", "worker processes", "kill"):
        assert what not in said


async def test_a_call_that_was_not_stopped_is_told(report: Report) -> None:
    some = Interrupts(5, 4, spread([0.01, 0.02]))
    said = "\n".join(lines(replace(report, interrupts=some)))
    assert "p99 of 2" in said
    assert (
        "Of 5 conversations with a second message 4 had their attempt superseded and 2 a call"
        in said
    )
    none = "\n".join(lines(replace(report, interrupts=Interrupts(5, 0, None))))
    assert "p99 of" not in none
    assert "and 0 a call stopped" in none


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
def test_a_lost_doubled_or_refused_message_fails_the_run(tally: Tally) -> None:
    with pytest.raises(RejoinderError, match="Of 9 conversations"):
        check(tally)
