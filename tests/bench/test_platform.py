"""A small run whose messages come through a simulated platform: the same figures, and nothing lost. Never its speed."""

from __future__ import annotations

import asyncio

import pytest

from rejoinder.bench.platform import sizes_for
from rejoinder.bench.report.model import Report
from rejoinder.bench.report.rows import lines, rows
from rejoinder.bench.run import bench, check, run_bench
from rejoinder.bench.stretches.timed import Sizes
from rejoinder.errors import Setup
from tests.bench.test_run import SMALL

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
async def report() -> Report:
    """What a run of some fifteen seconds found."""
    return await bench(SMALL, lambda _: None, "gemini", platform="line")


async def test_every_customer_is_shown_one_reply(report: Report) -> None:
    assert (report.tally.refusals, report.tally.lost, report.tally.doubled) == ({}, 0, 0)
    # acknowledge 6, burst 10, overhead 6 at each of two delays, three callers at least once in two stretches
    assert report.tally.asked >= 6 + 10 + 12 + 6
    check(report.tally)


async def test_the_figures_are_those_of_rest(report: Report) -> None:
    assert report.platform == "line"
    assert report.acknowledge.count == 6
    assert all(each.overhead.count == 6 for each in report.steady)
    assert all(each.stages is not None for each in report.steady)
    for row in rows(report):
        if not row.what.startswith("transactions"):  # may well be 0 in so short a run
            assert all(value > 0 for value in row.measured), row.what
    assert any("through a simulated line" in line for line in lines(report))


def test_rates_stay_within_the_platform_s_own() -> None:
    sizes = sizes_for("whatsapp_cloud", Sizes())
    assert (sizes.acknowledge_rate, sizes.overhead_rate, sizes.burst) == (24, 24, 400)
    assert sizes_for("line", Sizes()) == Sizes()


def test_it_goes_with_no_other_measurement() -> None:
    with pytest.raises(Setup, match="--platform goes with none"):
        run_bench(1, None, platform="line", compare="HEAD")


def test_a_platform_that_is_none_is_told() -> None:
    with pytest.raises(Setup, match="no chat platform 'marble'"):
        asyncio.run(bench(SMALL, lambda _: None, platform="marble"))
