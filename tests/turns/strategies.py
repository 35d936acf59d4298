"""Turns, policies and guarded conversations as real histories leave them, for the tests of the decisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args
from uuid import UUID

from hypothesis import strategies as st

from rejoinder.bots.model import Overlap
from rejoinder.conversations.model import State
from rejoinder.turns.model import Guard, Policy, Turn

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ID = UUID(int=0)
WAITING_ID, RUNNING_ID = UUID(int=1), UUID(int=2)

LONGEST_WAIT_S = 20
LONGEST_PAUSE_S = 600


def seconds(longest: float, shortest: float = 0) -> st.SearchStrategy[timedelta]:
    """A time of whole milliseconds."""
    return st.integers(int(shortest * 1000), int(longest * 1000)).map(
        lambda ms: timedelta(milliseconds=ms)
    )


policies = st.builds(
    Policy,
    quiet=seconds(5),
    max_wait=seconds(LONGEST_WAIT_S),
    overlap=st.sampled_from(get_args(Overlap)),
    max_interrupts=st.integers(0, 5),
    interrupt_for=seconds(60),
    max_attempts=st.integers(1, 5),
    retry=seconds(LONGEST_PAUSE_S),
    loop_turns=st.integers(0, 50),
    loop_for=seconds(600, 0.001),
)

priorities = st.integers(30, 104)

attempts_made = st.integers(0, 5)


@st.composite
def waitings(draw: st.DrawFn, attempts: st.SearchStrategy[int] = attempts_made) -> Turn:
    """A waiting turn as any history of arrivals, crashes, failures and interruptions may have left it.

    One that never failed is due within the longest wait, or since the moment a worker gave up what joined it. One that
    failed may be due only after a pause, whenever it was opened.
    """
    attempt = draw(attempts)
    if attempt:
        due_at = NOW + draw(seconds(LONGEST_PAUSE_S, -120))
        opened_at = due_at - draw(seconds(LONGEST_PAUSE_S + 120))
    else:
        opened_at = NOW - draw(seconds(120))
        longest = timedelta(seconds=LONGEST_WAIT_S)
        due_at = min(opened_at + draw(seconds(120)), max(opened_at + longest, NOW))
    return Turn(
        turn_id=WAITING_ID,
        state="waiting",
        opened_at=opened_at,
        due_at=due_at,
        first_unanswered_at=min(opened_at, NOW) - draw(seconds(60)),
        interrupts=draw(st.integers(0, 5)),
        attempt=attempt,
        fence=draw(st.integers(0, 9)),
        worker_no=None,
        lease_until=None,
        priority=draw(priorities),
    )


@st.composite
def runnings(draw: st.DrawFn) -> Turn:
    """A running turn: due, claimed once at least, under a fence."""
    turn = draw(waitings())
    return replace(
        turn,
        turn_id=RUNNING_ID,
        state="running",
        opened_at=min(turn.opened_at, NOW),
        due_at=min(turn.due_at, NOW),
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
    retry=timedelta(seconds=1),
    loop_turns=40,
    loop_for=timedelta(minutes=10),
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
    priority=50,
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
    loop: tuple[int, datetime | None] = (0, None),
) -> Guard:
    """A conversation under lock."""
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
        agent=None,
        loop_count=loop[0],
        loop_last_at=loop[1],
        now=now,
        policy=policy,
        waiting=waiting,
        running=running,
    )
