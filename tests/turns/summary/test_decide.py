"""When a conversation is summarised, and up to where."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rejoinder.turns.summary.decide import due, kept, older

windows = st.integers(1, 200)


@given(windows, st.integers(0, 900))
def test_what_is_done_is_not_due(window: int, said: int) -> None:
    """Whatever is left after a summary is in the window."""
    left = said - len(older(range(said), window))
    assert left <= window
    assert len(older(range(left), window)) == 0


@given(windows, st.integers(0, 900))
def test_no_message_falls_between_summary_and_window(window: int, said: int) -> None:
    summarised = len(older(range(said), window))
    in_window = range(max(0, said - window), said)
    assert in_window.start <= summarised or not in_window


@given(windows, st.integers(0, 900))
def test_what_is_due_is_done_or_just_about_to_be(window: int, said: int) -> None:
    """The turn's own messages come on top of those that make it due."""
    assert due(said, window) == (len(older(range(said + 1), window)) > 0)


@given(st.integers(0, 900))
def test_without_a_window_nothing_is(said: int) -> None:
    assert not due(said, 0)
    assert older(range(said), 0) == ()


def test_half_of_the_window_is_left_to_it() -> None:
    assert kept(20) == 10
    assert list(older(range(1, 22), 20)) == list(range(1, 12))
    assert older(range(20), 20) == ()
