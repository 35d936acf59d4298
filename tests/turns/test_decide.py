"""The decisions about turns, for every state of the world hypothesis can think of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rejoinder.conversations.model import State
from rejoinder.turns import decide
from rejoinder.turns.model import Guard, Plan, Policy, Turn

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ID = UUID(int=0)
WAITING_ID, RUNNING_ID = UUID(int=1), UUID(int=2)


def seconds(longest: float) -> st.SearchStrategy[timedelta]:
    return st.integers(0, int(longest * 1000)).map(lambda ms: timedelta(milliseconds=ms))


policies = st.builds(
    Policy,
    quiet=seconds(5),
    max_wait=seconds(20),
    overlap=st.sampled_from(["interrupt", "enqueue"]),
    max_interrupts=st.integers(0, 5),
    interrupt_for=seconds(60),
    max_attempts=st.integers(1, 5),
)


@st.composite
def waitings(draw: st.DrawFn) -> Turn:
    """A waiting turn as any history of arrivals, crashes and interruptions may have left it."""
    opened_at = NOW - draw(seconds(120))
    return Turn(
        turn_id=WAITING_ID,
        state="waiting",
        opened_at=opened_at,
        due_at=opened_at + draw(seconds(130)),
        first_unanswered_at=opened_at - draw(seconds(60)),
        interrupts=draw(st.integers(0, 5)),
        attempt=draw(st.integers(0, 5)),
        fence=draw(st.integers(0, 9)),
        worker_no=None,
        lease_until=None,
    )


@st.composite
def runnings(draw: st.DrawFn) -> Turn:
    """A running turn: claimed once at least, under a fence."""
    turn = draw(waitings())
    return replace(
        turn,
        turn_id=RUNNING_ID,
        state="running",
        attempt=turn.attempt + 1,
        fence=turn.fence + 1,
        worker_no=7,
        lease_until=NOW + timedelta(seconds=draw(st.integers(-20, 15))),
    )


POLICY = Policy(
    quiet=timedelta(seconds=1.5),
    max_wait=timedelta(seconds=10),
    overlap="interrupt",
    max_interrupts=3,
    interrupt_for=timedelta(seconds=30),
    max_attempts=3,
)
RUNNING = Turn(
    turn_id=RUNNING_ID,
    state="running",
    opened_at=NOW,
    due_at=NOW,
    first_unanswered_at=NOW,
    interrupts=0,
    attempt=1,
    fence=4,
    worker_no=7,
    lease_until=NOW + timedelta(seconds=15),
)
WAITING = replace(
    RUNNING,
    turn_id=WAITING_ID,
    state="waiting",
    attempt=0,
    fence=0,
    worker_no=None,
    lease_until=None,
)


def guard(
    *,
    waiting: Turn | None = None,
    running: Turn | None = None,
    charge: State = "bot",
    ai_enabled: bool = True,
    now: datetime = NOW,
    policy: Policy = POLICY,
) -> Guard:
    return Guard(
        conversation_id=ID,
        channel_id=ID,
        contact_id=ID,
        bot_id=ID,
        platform="rest",
        sends=False,
        charge=charge,
        ai_enabled=ai_enabled,
        seq=10,
        fence=9,
        now=now,
        policy=policy,
        waiting=waiting,
        running=running,
    )


class TestArrival:
    """A customer's message came."""

    @given(policies, st.none() | waitings(), st.none() | runnings())
    def test_it_is_due_within_the_quiet_window_and_the_longest_wait(
        self, policy: Policy, waiting: Turn | None, running: Turn | None
    ) -> None:
        plan = decide.arrival(NOW, policy, waiting, running)
        assert plan.due_at <= NOW + policy.quiet
        assert plan.due_at <= plan.opened_at + policy.max_wait
        # In the past only when the longest wait is over: then it is due at once.
        assert plan.due_at >= min(NOW, plan.opened_at + policy.max_wait)

    @given(policies, st.none() | runnings())
    def test_a_fresh_turn_keeps_the_whole_quiet_window(
        self, policy: Policy, running: Turn | None
    ) -> None:
        plan = decide.arrival(NOW, policy, None, running)
        assert plan.opened_at == NOW
        assert plan.due_at == NOW + min(policy.quiet, policy.max_wait)

    @given(policies, st.none() | waitings(), st.none() | runnings())
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
        assert policy.overlap == "interrupt"
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
        plan = decide.merge(running, waiting, returned)
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
        plan = decide.merge(running, waiting, returned)
        assert (plan.opened_at, plan.due_at) == (waiting.opened_at, waiting.due_at)
