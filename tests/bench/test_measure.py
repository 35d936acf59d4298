"""The bench's statistics."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.bench.measure import (
    Moments,
    Sample,
    Tally,
    arrivals,
    middle,
    quantile,
    rate,
    spread,
    stages,
    tally,
    together,
)

SECONDS = st.floats(min_value=0, max_value=1e4, allow_nan=False)


def test_quantiles_of_a_hundred_are_its_ranks() -> None:
    hundred = [float(number) for number in range(1, 101)]
    assert quantile(hundred, 0.5) == 50
    assert quantile(hundred, 0.99) == 99
    assert quantile(hundred, 1.0) == 100
    assert quantile([7.0], 0.99) == 7


def test_there_is_no_quantile_of_nothing() -> None:
    with pytest.raises(ValueError, match="no values"):
        quantile([], 0.5)
    with pytest.raises(ValueError, match="no values"):
        spread([])


@given(st.lists(SECONDS, min_size=1), st.floats(min_value=0, max_value=1))
def test_a_quantile_is_a_value_that_enough_do_not_exceed(values: list[float], share: float) -> None:
    ordered = sorted(values)
    found = quantile(ordered, share)
    assert found in ordered
    assert sum(value <= found for value in ordered) >= math.floor(share * len(ordered))
    below = sum(value < found for value in ordered)
    assert below == 0 or below < share * len(ordered)


@given(st.lists(SECONDS, min_size=1))
def test_a_spread_is_ordered_and_in_milliseconds(values: list[float]) -> None:
    found = spread(values)
    assert found.count == len(values)
    assert min(values) * 1e3 <= found.p50 <= found.p99 <= found.worst == max(values) * 1e3
    assert spread(reversed(values)) == found


def test_latency_counts_from_when_a_message_was_due() -> None:
    late = Sample(due=1.0, sent=1.5, done=1.75)
    assert late.latency == 0.75


def test_a_rate_spans_the_first_send_to_the_last_answer() -> None:
    samples = [Sample(0, 1.0, 1.5), Sample(0, 1.25, 3.0), Sample(0, 2.0, 2.5)]
    assert rate(samples) == 1.5
    assert rate([Sample(0, 1.0, 1.0)]) == 0
    with pytest.raises(ValueError, match="no samples"):
        rate([])


@given(st.floats(min_value=1, max_value=1e3), st.floats(min_value=0, max_value=5))
def test_arrivals_keep_their_rate(each_second: float, seconds: float) -> None:
    due = arrivals(each_second, seconds)
    assert due[0] == 0
    assert len(due) == max(1, round(each_second * seconds))
    gaps = [later - earlier for earlier, later in pairwise(due)]
    assert all(gap == pytest.approx(1 / each_second, rel=1e-6) for gap in gaps)


def test_a_median_is_not_moved_by_one_bad_round() -> None:
    assert middle([300, 10, 310]) == 300
    assert middle([]) == 0


def test_lost_and_doubled_replies_are_seen() -> None:
    found = tally(["a", "b", "c", "d"], {}, {"a": 1, "b": 2, "d": 3, "elsewhere": 1})
    assert found == Tally(asked=4, lost=1, doubled=2, refusals={})
    assert not found.sound


def test_a_refused_message_is_not_a_lost_one() -> None:
    found = tally(["a", "b"], {"HTTP 503": 1}, {"a": 1})
    assert (found.refused, found.lost, found.doubled) == (1, 0, 0)
    assert not found.sound


def test_a_message_answered_once_is_sound() -> None:
    assert tally(["a", "b"], {}, {"a": 1, "b": 1}).sound


@given(st.lists(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 3))))
def test_tallies_add_up(stretches: list[dict[str, int]]) -> None:
    each = [tally(list("abcd"), {"HTTP 500": 1}, replies) for replies in stretches]
    total = together(each)
    assert total.asked == 4 * len(each)
    assert total.refused == len(each)
    assert total.doubled == sum(one.doubled for one in each)
    assert total.lost == sum(one.lost for one in each)


def test_stages_lie_between_the_moments() -> None:
    samples = [Sample(1.0, 1.1, 1.5), Sample(1.0, 1.3, 1.7)]  # on average from 1.2 to 1.6
    moments = Moments(2, received=101.25, claimed=101.3, model=0.1, locked=101.42, ended=101.45)
    found = stages(samples, 100.0, moments)
    assert found.take_in == pytest.approx(50)
    assert found.claim == pytest.approx(50)
    assert found.read == pytest.approx(20)
    assert found.model == pytest.approx(100)
    assert found.commit == pytest.approx(30)
    assert found.deliver == pytest.approx(150)
    with pytest.raises(ValueError, match="no samples"):
        stages([], 0.0, moments)


@given(
    st.lists(st.tuples(SECONDS, SECONDS, SECONDS), min_size=1),
    st.lists(SECONDS, min_size=5, max_size=5),
)
def test_stages_add_up_to_what_the_callers_waited(
    times: list[tuple[float, float, float]], moments: list[float]
) -> None:
    samples = [Sample(*sorted(each)) for each in times]
    found = stages(samples, 0.0, Moments(len(samples), *moments))
    waited = sum(sample.done - sample.sent for sample in samples) / len(samples)
    assert found.total == pytest.approx(waited * 1e3, abs=1e-3)
