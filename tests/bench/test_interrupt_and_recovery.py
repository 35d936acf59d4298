"""What is counted where a message interrupts and where a worker dies."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.bench.findings import interrupts
from rejoinder.bench.measure import Tally, tally
from rejoinder.bench.stretches.interrupt import Interrupted, beyond_the_first
from rejoinder.bench.stretches.recovery import busiest, pid_of
from rejoinder.bench.stretches.store import Held

SOUND = Tally(2, 0, 0, {})


def _on(worker: str) -> Held:
    return Held(uuid4(), 1, worker)


def test_two_messages_merged_into_one_are_owed_one_reply() -> None:
    left = beyond_the_first(["a", "b", "c"], {"a", "b", "c"}, {"a": 1, "b": 2})
    assert tally(list("abc"), {}, left) == Tally(asked=3, lost=1, doubled=1, refusals={})


def test_two_messages_answered_apart_are_owed_two_replies() -> None:
    left = beyond_the_first(["a", "b", "c"], set(), {"a": 2, "b": 1, "c": 3})
    assert tally(list("abc"), {}, left) == Tally(asked=3, lost=1, doubled=1, refusals={})


@given(st.dictionaries(st.sampled_from("abcdef"), st.booleans()))
def test_what_was_promised_is_sound(merged: dict[str, bool]) -> None:
    threads = sorted(merged)
    replies = {thread: 1 if merged[thread] else 2 for thread in threads}
    left = beyond_the_first(threads, {each for each in threads if merged[each]}, replies)
    assert tally(threads, {}, left).sound


def test_the_times_of_all_rounds_are_taken_together() -> None:
    found = interrupts([Interrupted(2, 2, [0.1, 0.2], SOUND), Interrupted(2, 1, [0.3], SOUND)])
    assert (found.asked, found.superseded) == (4, 3)
    assert found.stopped is not None
    assert (found.stopped.count, found.stopped.worst) == (3, 300)


def test_without_a_stopped_call_there_is_no_time() -> None:
    assert interrupts([Interrupted(2, 0, [], SOUND)]).stopped is None


def test_the_worker_with_most_turns_is_killed() -> None:
    assert busiest([_on("host:1"), _on("host:22"), _on("host:22")]) == "host:22"
    with pytest.raises(ValueError, match="no turn runs"):
        busiest([])


def test_a_workers_name_tells_its_process() -> None:
    assert pid_of("a:strange-host:4711") == 4711
