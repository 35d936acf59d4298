"""Every decision about a turn: facts and `now` in, a decision out, nothing touched."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from rejoinder.turns.model import Guard, Plan, Policy, Turn


def arrival(
    now: datetime,
    policy: Policy,
    waiting: Turn | None,
    running: Turn | None,
    quiet: timedelta | None = None,
    priority: int = 0,
) -> Plan:
    """A customer's message came. `quiet` stands in for the policy's, 0 for callers who wait for the answer."""
    quiet = policy.quiet if quiet is None else quiet
    stopped = running if running is not None and interrupts(now, policy, running) else None
    opened_at = waiting.opened_at if waiting else now
    due_at = min(now + quiet, opened_at + policy.max_wait)
    if (
        waiting and waiting.attempt
    ):  # it failed before: the pause after that holds for this message too
        due_at = max(due_at, waiting.due_at)
    urgent = max([priority, *(turn.priority for turn in (waiting, stopped) if turn)])
    return Plan(
        extends=waiting.turn_id if waiting else None,
        supersedes=stopped.turn_id if stopped else None,
        opened_at=opened_at,
        due_at=due_at,
        first_unanswered_at=min(turn.first_unanswered_at for turn in (waiting, stopped) if turn)
        if waiting or stopped
        else now,
        interrupts=max(
            waiting.interrupts if waiting else 0, stopped.interrupts + 1 if stopped else 0
        ),
        # The attempt that was interrupted did not fail: it is given back.
        attempt=max(waiting.attempt if waiting else 0, stopped.attempt - 1 if stopped else 0),
        priority=urgent,
        wake=waiting is None
        or stopped is not None
        or due_at < waiting.due_at
        or urgent > waiting.priority,
    )


def interrupts(now: datetime, policy: Policy, running: Turn) -> bool:
    """Whether a new message stops the running turn. Bounded, so that someone who never stops typing is answered."""
    return (
        policy.overlap in ("interrupt", "rollback")
        and running.interrupts < policy.max_interrupts
        and now - running.first_unanswered_at < policy.interrupt_for
    )


def rejects(policy: Policy, waiting: Turn | None, running: Turn | None) -> bool:
    """Whether a caller is told to come again: its bot refuses messages while an answer is being made."""
    if policy.overlap != "reject":
        return False
    return running is not None or (waiting is not None and waiting.attempt > 0)


LONGEST_PAUSE = timedelta(minutes=10)


def retry(
    policy: Policy, attempt: int, dice: float, asked: float | None = None
) -> timedelta | None:
    """How long to pause after the `attempt`-th attempt (from 1) failed; None when it was the last.

    The bot's pause, doubled with each attempt and up to a quarter longer: `dice` in [0, 1) spreads those that failed
    together. A provider that `asked` for more seconds gets them. Ten minutes at most.
    """
    if attempt >= policy.max_attempts:
        return None
    pause = policy.retry * float(2 ** min(attempt - 1, 20)) * (1 + dice / 4)
    return min(max(pause, timedelta(seconds=asked or 0)), LONGEST_PAUSE)


def in_loop(guard: Guard) -> bool:
    """Whether it looks like two machines: too many answers without a pause, and no person on our side."""
    policy = guard.policy
    recent = guard.loop_last_at is not None and guard.now - guard.loop_last_at < policy.loop_for
    return 0 < policy.loop_turns <= guard.loop_count and recent


def loop_after(guard: Guard) -> tuple[int, datetime]:
    """The count of answers without a pause, and when the last was, after one more."""
    if guard.loop_last_at is None or guard.now - guard.loop_last_at >= guard.policy.loop_for:
        return 1, guard.now
    return guard.loop_count + 1, guard.now


Claim = Literal["claim", "nothing", "busy", "give_up", "loop"]


def claim(guard: Guard) -> Claim | timedelta:
    """A wake-up came. A timedelta is the rest to wait: the turn is not due yet."""
    waiting = guard.waiting
    if waiting is None or not guard.bot_answers:
        return "nothing"
    if guard.running is not None:
        return "busy"  # whatever ends it sends the next wake-up
    if guard.now < waiting.due_at:
        return waiting.due_at - guard.now
    if waiting.attempt >= guard.policy.max_attempts:
        return "give_up"
    return "loop" if in_loop(guard) else "claim"


def may_commit(guard: Guard, turn_id: UUID, fence: int) -> bool:
    """Whether the answer made under `fence` may still go out.

    A turn whose lease ran out but which nobody claimed or extended since keeps its fence while it waits, so its first
    owner may still commit; a turn fenced off never.
    """
    held = guard.turn(turn_id)
    return held is not None and held.fence == fence and guard.bot_answers


def reopening(now: datetime, waiting: Turn | None, priority: int) -> Plan:
    """Messages that no turn answers get one: the waiting turn, or a new one, due now."""
    due_at = now if waiting is None or not waiting.attempt else max(now, waiting.due_at)
    return Plan(
        extends=waiting.turn_id if waiting else None,
        supersedes=None,
        opened_at=waiting.opened_at if waiting else now,
        due_at=due_at,
        first_unanswered_at=waiting.first_unanswered_at if waiting else now,
        interrupts=waiting.interrupts if waiting else 0,
        attempt=waiting.attempt if waiting else 0,
        priority=max(priority, waiting.priority if waiting else 0),
        wake=True,
    )


def is_lost(now: datetime, running: Turn, worker_alive: bool) -> bool:
    """Whether a running turn must be taken from its worker: it is dead, or has not renewed its lease."""
    return not worker_alive or running.lease_until is None or running.lease_until < now


def merge(running: Turn, waiting: Turn, returned: bool, not_before: datetime) -> Plan:
    """A running turn that ended without an answer joins the waiting one; `returned`: its attempt does not count."""
    attempt = running.attempt - 1 if returned else running.attempt
    return Plan(
        extends=waiting.turn_id,
        supersedes=running.turn_id,
        opened_at=waiting.opened_at,
        due_at=max(waiting.due_at, not_before),
        first_unanswered_at=min(running.first_unanswered_at, waiting.first_unanswered_at),
        interrupts=max(running.interrupts, waiting.interrupts),
        attempt=max(attempt, waiting.attempt),
        priority=max(running.priority, waiting.priority),
        wake=True,
    )
