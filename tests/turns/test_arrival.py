"""What a customer's message does to the turns of its conversation."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from rejoinder.turns import decide
from rejoinder.turns.model import Plan, Policy, Turn
from tests.turns.strategies import (
    NOW,
    RUNNING_ID,
    WAITING,
    policies,
    priorities,
    runnings,
    seconds,
    waitings,
)


class TestArrival:
    """A customer's message came."""

    @given(policies, st.none() | waitings(), st.none() | runnings())
    def test_it_is_due_within_the_quiet_window_and_the_longest_wait(
        self, policy: Policy, waiting: Turn | None, running: Turn | None
    ) -> None:
        """Unless it failed before: then the pause after that may be longer."""
        plan = decide.arrival(NOW, policy, waiting, running)
        pause = waiting.due_at if waiting and waiting.attempt else NOW - timedelta(days=1)
        assert plan.due_at <= max(NOW + policy.quiet, pause)
        assert plan.due_at <= max(plan.opened_at + policy.max_wait, pause)
        # In the past only when the longest wait is over: then it is due at once.
        assert plan.due_at >= min(NOW, plan.opened_at + policy.max_wait)

    @given(policies, waitings(st.integers(1, 5)), st.none() | runnings(), st.none() | seconds(5))
    def test_the_pause_after_a_failure_holds_for_what_comes_meanwhile(
        self, policy: Policy, waiting: Turn, running: Turn | None, quiet: timedelta | None
    ) -> None:
        plan = decide.arrival(NOW, policy, waiting, running, quiet)
        assert plan.due_at >= waiting.due_at

    @given(policies, st.none() | runnings())
    def test_a_fresh_turn_keeps_the_whole_quiet_window(
        self, policy: Policy, running: Turn | None
    ) -> None:
        plan = decide.arrival(NOW, policy, None, running)
        assert plan.opened_at == NOW
        assert plan.due_at == NOW + min(policy.quiet, policy.max_wait)

    @given(policies, st.none() | waitings(st.just(0)), st.none() | runnings())
    def test_who_waits_for_the_answer_is_due_now(
        self, policy: Policy, waiting: Turn | None, running: Turn | None
    ) -> None:
        assert decide.arrival(NOW, policy, waiting, running, timedelta(0)).due_at <= NOW

    @given(policies, waitings(), st.none() | runnings())
    def test_it_joins_the_waiting_turn(
        self, policy: Policy, waiting: Turn, running: Turn | None
    ) -> None:
        plan = decide.arrival(NOW, policy, waiting, running)
        assert plan.extends == waiting.turn_id
        assert plan.opened_at == waiting.opened_at

    @given(policies, st.none() | waitings(), st.none() | runnings())
    def test_the_first_unanswered_message_stays_the_first(
        self, policy: Policy, waiting: Turn | None, running: Turn | None
    ) -> None:
        plan = decide.arrival(NOW, policy, waiting, running)
        joined = [turn for turn in (waiting, running if plan.supersedes else None) if turn]
        assert plan.first_unanswered_at == min(
            [NOW, *(turn.first_unanswered_at for turn in joined)]
        )

    @given(policies, st.none() | waitings(), st.none() | runnings())
    def test_an_interruption_costs_no_attempt_and_forgets_none(
        self, policy: Policy, waiting: Turn | None, running: Turn | None
    ) -> None:
        plan = decide.arrival(NOW, policy, waiting, running)
        failed = waiting.attempt if waiting else 0
        if running and plan.supersedes:
            failed = max(failed, running.attempt - 1)
        assert plan.attempt == failed

    @given(policies, st.none() | waitings(), runnings())
    def test_interruptions_are_counted_and_bounded(
        self, policy: Policy, waiting: Turn | None, running: Turn
    ) -> None:
        plan = decide.arrival(NOW, policy, waiting, running)
        if plan.supersedes is None:
            assert plan.interrupts == (waiting.interrupts if waiting else 0)
            return
        assert plan.supersedes == running.turn_id
        assert policy.overlap in ("interrupt", "rollback")
        assert running.interrupts < policy.max_interrupts
        assert NOW - running.first_unanswered_at < policy.interrupt_for
        assert plan.interrupts > running.interrupts

    @given(policies, st.none() | waitings(), st.none() | runnings())
    def test_a_wake_up_comes_with_a_new_turn_and_with_an_earlier_time(
        self, policy: Policy, waiting: Turn | None, running: Turn | None
    ) -> None:
        plan = decide.arrival(NOW, policy, waiting, running)
        if waiting is None or plan.due_at < waiting.due_at:
            assert plan.wake

    @given(policies, st.none() | waitings(), runnings())
    def test_a_wake_up_comes_when_the_running_turn_ends(
        self, policy: Policy, waiting: Turn | None, running: Turn
    ) -> None:
        """The waiting turn's own may have come while the other ran, and counted for nothing."""
        plan = decide.arrival(NOW, policy, waiting, running)
        assert plan.wake or plan.supersedes is None

    @given(policies, st.none() | waitings(), st.none() | runnings(), priorities)
    def test_the_most_urgent_message_says_how_urgent_the_turn_is(
        self, policy: Policy, waiting: Turn | None, running: Turn | None, priority: int
    ) -> None:
        plan = decide.arrival(NOW, policy, waiting, running, None, priority)
        joined = [turn for turn in (waiting, running if plan.supersedes else None) if turn]
        assert plan.priority == max([priority, *(turn.priority for turn in joined)])

    @given(policies, waitings(), priorities)
    def test_a_turn_that_gets_more_urgent_is_woken_anew(
        self, policy: Policy, waiting: Turn, priority: int
    ) -> None:
        """Its wake-up in the queue has the priority it was enqueued with."""
        plan = decide.arrival(NOW, policy, waiting, None, None, priority)
        assert plan.wake == (plan.priority > waiting.priority or plan.due_at < waiting.due_at)


class TestRejects:
    """A bot that refuses messages while it answers."""

    @given(policies, st.none() | waitings(), st.none() | runnings())
    def test_only_while_an_answer_is_made_or_tried_again(
        self, policy: Policy, waiting: Turn | None, running: Turn | None
    ) -> None:
        busy = running is not None or (waiting is not None and waiting.attempt > 0)
        assert decide.rejects(policy, waiting, running) == (policy.overlap == "reject" and busy)

    @given(policies, runnings())
    def test_where_it_may_not_refuse_it_lets_them_queue(
        self, policy: Policy, running: Turn
    ) -> None:
        """What a platform has delivered it won't deliver again."""
        policy = replace(policy, overlap="reject")
        assert decide.arrival(NOW, policy, None, running).supersedes is None


class TestReopening:
    """Messages that no turn answers get one after all."""

    @given(st.none() | waitings(), priorities)
    def test_it_is_due_now_but_for_the_pause_after_a_failure(
        self, waiting: Turn | None, priority: int
    ) -> None:
        plan = decide.reopening(NOW, waiting, priority)
        pause = waiting.due_at if waiting and waiting.attempt else NOW
        assert plan.due_at == max(NOW, pause)
        assert plan.supersedes is None
        assert plan.wake

    @given(waitings(), priorities)
    def test_they_join_the_waiting_turn_and_it_forgets_nothing(
        self, waiting: Turn, priority: int
    ) -> None:
        plan = decide.reopening(NOW, waiting, priority)
        assert plan.extends == waiting.turn_id
        assert (plan.first_unanswered_at, plan.interrupts, plan.attempt) == (
            waiting.first_unanswered_at,
            waiting.interrupts,
            waiting.attempt,
        )
        assert plan.priority == max(priority, waiting.priority)


class TestTypingWithoutEnd:
    """Someone who never stops typing is answered."""

    @given(
        policies,
        st.lists(st.integers(1, 3000), min_size=1, max_size=60),
        st.integers(0, 20_000),
    )
    def test_the_answer_goes_out_in_bounded_time(
        self, policy: Policy, gaps_ms: list[int], thinking_ms: int
    ) -> None:
        """One conversation, one worker that claims when due and thinks as long each time."""
        thinking = timedelta(milliseconds=thinking_ms)
        arrivals = [NOW + timedelta(milliseconds=ms) for ms in accumulate(gaps_ms)]
        waiting: Turn | None = None
        running: Turn | None = None
        ends, interrupted, answered = NOW, 0, None
        for at in arrivals:
            if running is None and waiting is not None and waiting.due_at <= at:
                running, ends, waiting = _claimed(waiting), waiting.due_at + thinking, None
            if running is not None and ends <= at:
                answered = ends
                break
            plan = decide.arrival(at, policy, waiting, running)
            if plan.supersedes is not None:
                running, interrupted = None, interrupted + 1
            waiting = _planned(plan)
        assert interrupted <= policy.max_interrupts
        if answered is None and running is None and waiting is not None:
            running, ends = _claimed(waiting), waiting.due_at + thinking
        # Each round waits max_wait and thinks once, and there are max_interrupts + 1 rounds.
        longest = (policy.max_interrupts + 1) * (policy.max_wait + thinking)
        assert (answered or ends) - arrivals[0] <= longest

    @given(policies, st.lists(st.integers(1, 2000), min_size=2, max_size=60))
    def test_nothing_is_interrupted_after_interrupt_for(
        self, policy: Policy, gaps_ms: list[int]
    ) -> None:
        """A message that comes the moment the turn is claimed, each time."""
        running: Turn | None = None
        for at in (NOW + timedelta(milliseconds=ms) for ms in accumulate(gaps_ms)):
            plan = decide.arrival(at, policy, None, running)
            if running is not None and plan.supersedes is None:
                return
            if running is not None:
                assert at - running.first_unanswered_at < policy.interrupt_for
                assert plan.first_unanswered_at == running.first_unanswered_at
            running = _claimed(_planned(plan))


def _planned(plan: Plan) -> Turn:
    return replace(
        WAITING,
        opened_at=plan.opened_at,
        due_at=plan.due_at,
        first_unanswered_at=plan.first_unanswered_at,
        interrupts=plan.interrupts,
        attempt=plan.attempt,
    )


def _claimed(waiting: Turn) -> Turn:
    return replace(waiting, turn_id=RUNNING_ID, state="running", attempt=waiting.attempt + 1)
