"""The decisions about turns, for every state of the world hypothesis can think of."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rejoinder.conversations.model import State
from rejoinder.turns import decide
from rejoinder.turns.model import Policy, Turn
from tests.turns.strategies import (
    ID,
    NOW,
    RUNNING,
    RUNNING_ID,
    WAITING,
    guard,
    policies,
    runnings,
    seconds,
    waitings,
)


class TestClaim:
    """A wake-up came."""

    @pytest.mark.parametrize(
        ("waiting", "running", "charge", "ai_enabled", "expected"),
        [
            (WAITING, None, "bot", True, "claim"),
            (None, None, "bot", True, "nothing"),
            (None, RUNNING, "bot", True, "nothing"),
            (WAITING, RUNNING, "bot", True, "busy"),
            (WAITING, None, "waiting", True, "nothing"),
            (WAITING, None, "agent", True, "nothing"),
            (WAITING, None, "closed", True, "nothing"),
            (WAITING, None, "bot", False, "nothing"),
            (replace(WAITING, attempt=2), None, "bot", True, "claim"),
            (replace(WAITING, attempt=3), None, "bot", True, "give_up"),
            (replace(WAITING, attempt=9), None, "bot", True, "give_up"),
            (replace(WAITING, attempt=3), RUNNING, "bot", True, "busy"),
        ],
    )
    def test_what_it_does(
        self,
        waiting: Turn | None,
        running: Turn | None,
        charge: State,
        ai_enabled: bool,
        expected: str,
    ) -> None:
        found = guard(waiting=waiting, running=running, charge=charge, ai_enabled=ai_enabled)
        assert decide.claim(found) == expected

    @given(waitings())
    def test_too_early_it_says_how_much_is_left(self, waiting: Turn) -> None:
        assume(waiting.due_at > NOW)
        assert decide.claim(guard(waiting=waiting)) == waiting.due_at - NOW

    @given(waitings(), policies)
    def test_a_due_turn_is_claimed_or_given_up(self, waiting: Turn, policy: Policy) -> None:
        found = decide.claim(guard(waiting=waiting, policy=policy, now=waiting.due_at))
        assert found == ("claim" if waiting.attempt < policy.max_attempts else "give_up")


class TestMayCommit:
    """Only the newest owner of a turn may answer."""

    @pytest.mark.parametrize(
        ("waiting", "running", "charge", "allowed"),
        [
            (None, RUNNING, "bot", True),
            (WAITING, RUNNING, "bot", True),
            (None, RUNNING, "agent", False),  # a person took over
            (None, RUNNING, "waiting", False),
            (None, RUNNING, "closed", False),
            (None, replace(RUNNING, fence=5), "bot", False),  # another worker claimed it
            (None, replace(RUNNING, turn_id=ID), "bot", False),  # superseded: another turn runs
            (None, None, "bot", False),  # it has ended
            # its lease ran out, nobody claimed it and nothing joined it
            (replace(RUNNING, state="waiting"), None, "bot", True),
            # its lease ran out and a message joined it, which clears the fence
            (replace(RUNNING, state="waiting", fence=0), None, "bot", False),
            (WAITING, None, "bot", False),
        ],
    )
    def test_who_may(
        self, waiting: Turn | None, running: Turn | None, charge: State, allowed: bool
    ) -> None:
        found = guard(waiting=waiting, running=running, charge=charge)
        assert decide.may_commit(found, RUNNING_ID, 4) is allowed

    def test_a_bot_switched_off_may_not(self) -> None:
        assert not decide.may_commit(guard(running=RUNNING, ai_enabled=False), RUNNING_ID, 4)

    @given(st.none() | waitings(), st.none() | runnings(), st.integers(1, 20))
    def test_at_most_one_of_all_fences_may(
        self, waiting: Turn | None, running: Turn | None, fence: int
    ) -> None:
        found = guard(waiting=waiting, running=running)
        may = {number for number in range(1, 25) if decide.may_commit(found, RUNNING_ID, number)}
        assert may == ({running.fence} if running else set())


class TestIsLost:
    """Whether a running turn is taken from its worker."""

    @pytest.mark.parametrize(
        ("left", "alive", "lost"),
        [(15, True, False), (0, True, False), (-1, True, True), (15, False, True)],
    )
    def test_by_lease_and_by_life(self, left: int, alive: bool, lost: bool) -> None:
        running = replace(RUNNING, lease_until=NOW + timedelta(seconds=left))
        assert decide.is_lost(NOW, running, alive) is lost


class TestMerge:
    """A running turn that lost its worker joins the waiting one."""

    @given(runnings(), waitings(), st.booleans())
    def test_nothing_is_forgotten(self, running: Turn, waiting: Turn, returned: bool) -> None:
        plan = decide.merge(running, waiting, returned, NOW)
        assert (plan.extends, plan.supersedes) == (waiting.turn_id, running.turn_id)
        assert plan.first_unanswered_at == min(
            running.first_unanswered_at, waiting.first_unanswered_at
        )
        assert plan.interrupts == max(running.interrupts, waiting.interrupts)
        assert plan.attempt == max(running.attempt - returned, waiting.attempt)
        assert plan.wake

    @given(runnings(), waitings(), st.booleans())
    def test_the_quiet_window_of_what_came_meanwhile_lives(
        self, running: Turn, waiting: Turn, returned: bool
    ) -> None:
        plan = decide.merge(running, waiting, returned, NOW)
        assert (plan.opened_at, plan.due_at) == (waiting.opened_at, max(waiting.due_at, NOW))

    @given(runnings(), waitings(), st.booleans(), seconds(600))
    def test_the_pause_after_the_failure_holds(
        self, running: Turn, waiting: Turn, returned: bool, pause: timedelta
    ) -> None:
        plan = decide.merge(running, waiting, returned, NOW + pause)
        assert plan.due_at == max(waiting.due_at, NOW + pause)

    @given(runnings(), waitings(), st.booleans())
    def test_the_more_urgent_of_the_two_counts(
        self, running: Turn, waiting: Turn, returned: bool
    ) -> None:
        plan = decide.merge(running, waiting, returned, NOW)
        assert plan.priority == max(running.priority, waiting.priority)
