"""What becomes of a delivery that was tried."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from rejoinder.channels.model import NotTaken, Refused, Taken
from rejoinder.outbound.decide import LONGEST_ASKED, PAUSES, Again, Failed, Sent, after

DICE = st.floats(0, 1, exclude_max=True)
ATTEMPTS = st.integers(1, len(PAUSES))


@given(st.integers(1, 100), DICE)
def test_what_was_taken_is_sent_and_what_was_refused_failed(attempt: int, dice: float) -> None:
    assert after(Taken(), attempt, dice) == Sent()
    assert after(Refused("gone"), attempt, dice) == Failed("gone")


@given(ATTEMPTS, DICE)
def test_what_was_not_taken_is_tried_again_each_time_later(attempt: int, dice: float) -> None:
    match after(NotTaken("500"), attempt, dice):
        case Again(pause, "500"):
            assert PAUSES[attempt - 1] <= pause <= PAUSES[attempt - 1] * 1.25
        case other:
            raise AssertionError(other)


@given(st.integers(len(PAUSES) + 1, 1000), DICE, st.none() | st.floats(0, 1e9))
def test_it_is_given_up_in_the_end_whatever_the_receiver_asks(
    attempt: int, dice: float, asked: float | None
) -> None:
    assert after(NotTaken("500", asked), attempt, dice) == Failed("500")


@given(ATTEMPTS, DICE, st.floats(0, 1e300))
def test_a_receiver_that_names_a_pause_gets_it_up_to_an_hour_and_never_a_shorter_one_than_ours(
    attempt: int, dice: float, asked: float
) -> None:
    match after(NotTaken("429", asked), attempt, dice):
        case Again(pause, "429"):
            wanted = timedelta(seconds=min(asked, LONGEST_ASKED.total_seconds()))
            ours = PAUSES[attempt - 1]
            assert max(wanted, ours) <= pause <= max(wanted + timedelta(seconds=1), ours * 1.25)
        case other:
            raise AssertionError(other)


def test_the_pauses_grow_and_end_within_half_a_day() -> None:
    assert list(PAUSES) == sorted(PAUSES)
    assert timedelta(hours=8) < sum(PAUSES, timedelta()) < timedelta(hours=12)
