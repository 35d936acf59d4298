"""When a body is tried again, and when that is given up."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from rejoinder.cli.doctor.work import judge_stuck
from rejoinder.inbound.intake.decide import (
    LASTING_TRIES,
    TRIES,
    Again,
    Quarantine,
    Settled,
    after,
    patience,
    pause,
)
from rejoinder.inbound.webhook.outcome import Strange, Waits, Whole

WHOLES = st.builds(
    Whole,
    waits=st.lists(
        st.builds(
            Waits,
            st.text(),
            st.frozensets(st.sampled_from(["mae", "nid"])),
            lasting=st.booleans(),
        ),
        max_size=3,
    ).map(tuple),
    strange=st.lists(st.builds(Strange, st.text()), max_size=3).map(tuple),
)


@given(WHOLES, st.integers(1, 10_000))
def test_what_waits_is_tried_again_but_not_for_ever(whole: Whole, attempts: int) -> None:
    decided = after(whole, attempts)
    if not whole.waits:
        assert decided == (Quarantine() if whole.strange else Settled())
    elif attempts >= LASTING_TRIES:
        assert decided == Quarantine()
    elif attempts >= TRIES:
        lasting = any(each.lasting for each in whole.waits)
        assert isinstance(decided, Again if lasting else Quarantine)
    else:
        assert decided == Again(pause(attempts))


@given(st.integers(1, 10_000))
def test_pauses_grow_and_are_bounded(attempts: int) -> None:
    assert timedelta(0) < pause(attempts) <= pause(attempts + 1) <= timedelta(seconds=10)


def test_an_edit_waits_about_a_minute_for_its_message() -> None:
    waited = sum((pause(each) for each in range(1, TRIES)), timedelta(0))
    assert timedelta(seconds=55) < waited < timedelta(seconds=75)


@given(st.integers(1, 10_000))
def test_an_event_gets_more_time_each_time(attempts: int) -> None:
    assert 0.5 < patience(attempts) <= patience(attempts + 1) <= 10


def test_a_lock_is_waited_for_an_hour() -> None:
    waited = sum((pause(each) for each in range(1, LASTING_TRIES)), timedelta(0))
    assert timedelta(minutes=55) < waited < timedelta(minutes=65)


def test_the_doctor_tells_of_what_is_quarantined() -> None:
    assert judge_stuck(0, 0, 0)[0].state == "ok"
    (finding,) = judge_stuck(0, 0, 2)
    assert (finding.state, finding.told) == ("warning", "2 webhooks are quarantined.")


def test_the_same_reason_is_told_once() -> None:
    whole = Whole(
        (Waits("locked", frozenset({"mae"})), Waits("locked", frozenset({"nid"}))),
        (Strange("odd"),),
    )
    assert whole.reason == "locked; odd"
    assert whole.threads == {"mae", "nid"}
