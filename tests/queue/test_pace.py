"""A steady rate, in a clock of the test's own."""

from __future__ import annotations

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rejoinder.queue.priority import HIGHEST, PLAN, URGENCY, aged, priority
from rejoinder.queue.taking.pace import Pace

RATES = st.floats(0.01, 60)
STEPS = st.lists(st.floats(0, 5), max_size=15)


def begun(rate: float, steps: list[float]) -> list[float]:
    """The times at which something begins when there is always more of it."""
    now, pace, times = 0.0, Pace(rate, 0.0), []
    for step in steps:
        now += step
        for _ in range(pace.allowance(now)):
            pace.spend()
            times.append(now)
    return times


@given(RATES, STEPS)
def test_no_stretch_of_time_has_more_than_the_rate_and_a_small_burst(
    rate: float, steps: list[float]
) -> None:
    times = begun(rate, steps)
    burst = max(1.0, rate / 4)
    for first, since in enumerate(times):
        for last in range(first, len(times)):
            assert last - first + 1 <= burst + rate * (times[last] - since) + 1e-6


@given(RATES, st.integers(1, 50))
def test_whoever_waits_long_enough_gets_through(rate: float, tries: int) -> None:
    assert len(begun(rate, [1.01 / rate] * tries)) >= tries


def test_what_was_not_used_is_not_saved_up() -> None:
    pace = Pace(8.0, 0.0)
    assert pace.allowance(3600.0) == 2


def test_an_urgency_is_above_every_plan_of_the_one_below() -> None:
    numbers = [[priority(urgency, plan) for plan in PLAN] for urgency in URGENCY]
    assert all(max(lower) < min(higher) for lower, higher in pairwise(numbers))
    assert priority("normal", "premium") > priority("normal", "pro") > priority("normal", "starter")
    assert (priority("low"), priority(), priority("critical", "premium")) == (30, 50, 104)


@given(st.integers(0, 400))
def test_ageing_goes_up_and_ends_above_all_that_is_given(given_priority: int) -> None:
    times = math.ceil(HIGHEST / 10)
    reached = given_priority
    for _ in range(times):
        assert aged(reached) >= reached
        reached = aged(reached)
    assert reached == max(HIGHEST, given_priority) > priority("critical", "premium")
