"""What becomes of a delivery that was tried."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from rejoinder.channels.port.event import Failure
from rejoinder.channels.port.outgoing import (
    BadCredential,
    NotTaken,
    RecipientThrottled,
    Refused,
    Taken,
    Throttled,
    Unsure,
    WindowClosed,
)
from rejoinder.outbound.decide import (
    LONGEST_ASKED,
    PAUSES,
    SHORTEST,
    Again,
    AsTemplate,
    Failed,
    Heard,
    Paused,
    Sent,
    Status,
    Unknown,
    after,
    fallen,
    reported,
)

DICE = st.floats(0, 1, exclude_max=True)
ATTEMPTS = st.integers(1, len(PAUSES))


@given(st.integers(1, 100), DICE)
def test_what_was_taken_is_sent_and_what_was_refused_failed(attempt: int, dice: float) -> None:
    assert after(Taken(), attempt, dice) == Sent()
    assert after(Refused("gone"), attempt, dice) == Failed("gone")
    assert after(WindowClosed("24 hours"), attempt, dice) == Failed("24 hours")
    assert after(Unsure("no answer"), attempt, dice) == Unknown("no answer")
    assert after(BadCredential("401"), attempt, dice) == Paused(None, "401")


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
    assert after(RecipientThrottled("429", asked), attempt, dice) == after(
        NotTaken("429", asked), attempt, dice
    )
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


@given(st.integers(1, 1000), DICE, st.none() | st.floats(0, 1e300))
def test_a_throttled_channel_pauses_however_often_for_a_second_at_least_and_an_hour_at_most(
    attempt: int, dice: float, asked: float | None
) -> None:
    match after(Throttled("429", asked), attempt, dice):
        case Paused(timedelta() as pause, "429"):
            wanted = min(timedelta(seconds=min(asked or 0, 1e6)), LONGEST_ASKED)
            assert max(wanted, SHORTEST) <= pause <= LONGEST_ASKED + timedelta(seconds=1)
        case other:
            raise AssertionError(other)


@given(st.integers(0, 10_000), DICE)
def test_a_pause_nobody_named_grows(uncounted: int, dice: float) -> None:
    match (
        after(Throttled("429"), 1, dice, uncounted=uncounted),
        after(Throttled("429"), 1, dice, uncounted=uncounted + 1),
    ):
        case Paused(timedelta() as first, _), Paused(timedelta() as following, _):
            assert timedelta(seconds=2) <= first <= following <= timedelta(seconds=31)
        case others:
            raise AssertionError(others)


# How far each is on its way. One that failed counts as little as one that was sent: it may have arrived all the same.
FAR: dict[Status, int] = {
    "queued": 0, "sending": 0, "unknown": 0, "sent": 1, "failed": 2, "delivered": 3, "read": 4, "withheld": 5,
}  # fmt: skip
REPORTS = st.lists(st.sampled_from(("sent", "delivered", "read", "failed")))


@given(st.sampled_from(sorted(FAR)), REPORTS)
def test_reports_only_move_a_delivery_forward_in_whatever_order_they_come(
    status: Status, reports: list[Heard]
) -> None:
    began = status
    for report in reports:
        moved = reported(status, 1, report)
        if moved is not None:
            assert moved == report
            assert FAR[moved] > FAR[status]
            status = moved
        assert reported(status, 1, report) is None  # twice is once
    if began == "withheld":
        assert status == began
    elif "read" in reports or began == "read":
        assert status == "read"
    elif "delivered" in reports or began == "delivered":
        assert status == "delivered"
    elif "failed" in reports or began == "failed":
        assert status == "failed"
    elif "sent" in reports or began == "sent":
        assert status == "sent"


@given(st.sampled_from(("sent", "delivered", "read", "failed")))
def test_what_was_never_tried_can_t_have_arrived(report: Heard) -> None:
    assert reported("queued", 0, report) is None


@given(st.none() | st.sampled_from(get_args(Failure)), st.integers(0, 1000), DICE, st.booleans())
def test_what_the_platform_could_not_deliver(
    failure: Failure | None, attempt: int, dice: float, template: bool
) -> None:
    match fallen(failure, "131000", attempt, dice, template=template):
        case AsTemplate("131000"):
            assert failure == "window_closed"
            assert template
        case Paused(None, "131000"):
            assert failure == "credential"
        case Again(pause, "131000"):
            assert failure in ("transient", "throttled", "recipient_throttled")
            assert attempt <= len(PAUSES)
            assert PAUSES[0] <= pause <= PAUSES[-1] * 1.25
        case Failed("131000"):
            assert failure in (None, "permanent", "window_closed") or attempt > len(PAUSES)
            assert not (failure == "window_closed" and template)
        case other:
            raise AssertionError(other)


@given(st.integers(1, 1000), DICE)
def test_a_closed_window_is_a_templates_turn(attempt: int, dice: float) -> None:
    assert after(WindowClosed("closed"), attempt, dice, template=True) == AsTemplate("closed")
    assert after(WindowClosed("closed"), attempt, dice) == Failed("closed")
