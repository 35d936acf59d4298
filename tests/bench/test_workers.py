"""Worker processes under the bench: beside a single process, and one of them killed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from rejoinder.bench.pair.workers import workers
from rejoinder.bench.run import Extras, run_bench
from rejoinder.bench.stretches.recovery import recovery
from rejoinder.bench.under_test.processes import Stub, stub
from rejoinder.bench.under_test.program import THIS
from rejoinder.errors import Setup
from tests.bench.test_run import SMALL


@pytest.fixture(scope="module")
async def model() -> AsyncIterator[Stub]:
    async with stub("gemini") as provider:
        yield provider


async def test_workers_work_beside_a_single_process(model: Stub) -> None:
    fleet, tally = await workers(THIS, model, replace(SMALL, pairs=1), 2, lambda _: None)
    assert tally.sound, tally
    assert tally.asked >= 2 * 15
    assert (fleet.workers, fleet.pairs) == (2, 1)
    by_name = {each.what: each for each in fleet.ratios}
    # three processes and their pools beside one
    assert by_name["connections"].this > by_name["connections"].that > 0
    assert by_name["RSS of the server"].this > by_name["RSS of the server"].that > 0
    assert by_name["full turns/s"].this > 0


async def test_what_a_killed_worker_held_runs_again(model: Stub) -> None:
    found = await recovery(THIS, model, 2, 4)
    assert found.tally.sound, found.tally
    assert found.tally.asked == 4
    assert 1 <= found.lost <= 4
    assert 0 < found.first <= found.last


@pytest.mark.parametrize(
    "extras",
    [Extras(growth=1_000), Extras(in_flight=1), Extras(workers=2), Extras(recovery=True)],
)
def test_two_commits_are_compared_in_nothing_else(extras: Extras) -> None:
    with pytest.raises(Setup, match="goes with none of"):
        run_bench(1.0, None, compare="HEAD", extras=extras)
