"""How long to pause after a failure, and when two machines talk to each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rejoinder.turns import decide
from rejoinder.turns.decide import LONGEST_PAUSE
from rejoinder.turns.model import Policy
from tests.turns.strategies import NOW, POLICY, RUNNING, WAITING, guard, policies, seconds

dice = st.floats(0, 1, exclude_max=True)
asked = st.none() | st.floats(0, 10_000)


class TestRetry:
    """An attempt failed."""

    @pytest.mark.parametrize(("attempt", "pause"), [(1, 1), (2, 2), (3, 4), (4, 8)])
    def test_the_pauses_of_a_bot_of_five_attempts(self, attempt: int, pause: int) -> None:
        policy = replace(POLICY, max_attempts=5)
        assert decide.retry(policy, attempt, 0) == timedelta(seconds=pause)

    @given(policies, st.integers(1, 30), dice, asked)
    def test_the_last_attempt_has_none_after_it(
        self, policy: Policy, attempt: int, dice: float, asked: float | None
    ) -> None:
        pause = decide.retry(policy, attempt, dice, asked)
        assert (pause is None) == (attempt >= policy.max_attempts)

    @given(policies, st.integers(1, 2000), dice, asked)
    def test_it_is_never_negative_and_ten_minutes_at_most(
        self, policy: Policy, attempt: int, dice: float, asked: float | None
    ) -> None:
        pause = decide.retry(replace(policy, max_attempts=5000), attempt, dice, asked)
        assert pause is not None
        assert timedelta(0) <= pause <= LONGEST_PAUSE == timedelta(minutes=10)

    @given(policies, st.integers(1, 20))
    def test_it_doubles_until_the_longest(self, policy: Policy, attempt: int) -> None:
        policy = replace(policy, max_attempts=50)
        one, next_one = (decide.retry(policy, number, 0) for number in (attempt, attempt + 1))
        assert one is not None
        assert next_one == min(2 * one, LONGEST_PAUSE)

    @given(policies, st.integers(1, 30), dice, dice)
    def test_those_that_failed_together_are_spread_over_a_quarter(
        self, policy: Policy, attempt: int, one: float, other: float
    ) -> None:
        policy = replace(policy, max_attempts=50)
        least = decide.retry(policy, attempt, 0)
        pauses = [decide.retry(policy, attempt, dice) for dice in sorted((one, other))]
        assert least is not None
        assert pauses[0] is not None
        assert pauses[1] is not None
        assert least <= pauses[0] <= pauses[1] <= 1.25 * least

    @given(seconds(100, 1), dice, dice)
    def test_the_dice_count(self, retry: timedelta, one: float, other: float) -> None:
        assume(abs(one - other) > 0.001)
        policy = replace(POLICY, retry=retry)
        assert decide.retry(policy, 1, one) != decide.retry(policy, 1, other)

    @given(policies, st.integers(1, 30), dice, st.floats(0, 10_000))
    def test_a_provider_that_asks_for_more_gets_it(
        self, policy: Policy, attempt: int, dice: float, asked: float
    ) -> None:
        policy = replace(policy, max_attempts=50)
        own = decide.retry(policy, attempt, dice)
        assert own is not None
        pause = decide.retry(policy, attempt, dice, asked)
        assert pause == min(max(own, timedelta(seconds=asked)), LONGEST_PAUSE)


class TestLoop:
    """Answers without a person on our side are counted."""

    @staticmethod
    def talk(policy: Policy, times: list[datetime]) -> int:
        """How many answers go out when a machine writes at those times."""
        count: int = 0
        since: datetime | None = None
        for answered, now in enumerate(times):
            found = guard(waiting=WAITING, now=now, policy=policy, loop=(count, since))
            if decide.claim(found) == "loop":
                return answered
            count, since = decide.loop_after(found)
        return len(times)

    @given(st.integers(1, 30), seconds(600, 60), st.data())
    def test_it_stops_at_the_count(
        self, turns: int, within: timedelta, data: st.DataObject
    ) -> None:
        policy = replace(POLICY, loop_turns=turns, loop_for=within)
        gaps = data.draw(st.lists(seconds(1), min_size=turns + 1, max_size=turns + 5))
        times = [NOW + sum(gaps[:number], timedelta(0)) for number in range(len(gaps))]
        assert self.talk(policy, times) == turns

    @given(policies, st.lists(seconds(2000), min_size=1, max_size=60))
    def test_it_never_lets_more_out_without_a_pause(
        self, policy: Policy, gaps: list[timedelta]
    ) -> None:
        """However slowly they write: only a pause, or a person, starts the count anew."""
        assume(policy.loop_turns > 0 and policy.loop_for > timedelta(0))
        times = [NOW + sum(gaps[:number], timedelta(0)) for number in range(len(gaps))]
        out = times[: self.talk(policy, times)]
        run = 0
        for before, at in zip([None, *out], out, strict=False):
            run = run + 1 if before is not None and at - before < policy.loop_for else 1
            assert run <= policy.loop_turns

    @given(st.integers(1, 30), seconds(600, 60))
    def test_it_forgets_after_the_time(self, turns: int, within: timedelta) -> None:
        policy = replace(POLICY, loop_turns=turns, loop_for=within)
        found = guard(waiting=WAITING, policy=policy, loop=(turns, NOW - within))
        assert decide.claim(found) == "claim"
        assert decide.loop_after(found) == (1, NOW)

    @given(policies, st.integers(0, 10_000))
    def test_no_count_is_no_limit(self, policy: Policy, count: int) -> None:
        policy = replace(policy, loop_turns=0)
        assert not decide.in_loop(guard(policy=policy, loop=(count, NOW)))

    @given(st.integers(0, 100))
    def test_a_slow_talk_is_no_loop(self, turns: int) -> None:
        policy = replace(POLICY, loop_turns=1, loop_for=timedelta(minutes=1))
        times = [NOW + number * timedelta(minutes=1) for number in range(turns)]
        assert self.talk(policy, times) == turns

    def test_what_runs_is_not_broken_off(self) -> None:
        found = guard(waiting=WAITING, running=RUNNING, loop=(POLICY.loop_turns, NOW))
        assert decide.claim(found) == "busy"

    def test_attempts_used_up_are_told_first(self) -> None:
        waiting = replace(WAITING, attempt=POLICY.max_attempts)
        found = guard(waiting=waiting, loop=(POLICY.loop_turns, NOW))
        assert decide.claim(found) == "give_up"
