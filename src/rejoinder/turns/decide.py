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
) -> Plan:
    """A customer's message came. `quiet` stands in for the policy's, 0 for callers who wait for the answer."""
    quiet = policy.quiet if quiet is None else quiet
    stopped = running if running is not None and interrupts(now, policy, running) else None
    opened_at = waiting.opened_at if waiting else now
    due_at = min(now + quiet, opened_at + policy.max_wait)
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
        wake=waiting is None or stopped is not None or due_at < waiting.due_at,
    )


def interrupts(now: datetime, policy: Policy, running: Turn) -> bool:
    """Whether a new message stops the running turn. Bounded, so that someone who never stops typing is answered."""
    return (
        policy.overlap == "interrupt"
        and running.interrupts < policy.max_interrupts
        and now - running.first_unanswered_at < policy.interrupt_for
    )


Claim = Literal["claim", "nothing", "busy", "give_up"]


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
    return "claim"


def may_commit(guard: Guard, turn_id: UUID, fence: int) -> bool:
    """Whether the answer made under `fence` may still go out.

    A turn whose lease ran out but which nobody claimed or extended since keeps its fence while it waits, so its first
    owner may still commit; a turn fenced off never.
    """
    held = next(
        (turn for turn in (guard.running, guard.waiting) if turn and turn.turn_id == turn_id), None
    )
    return held is not None and held.fence == fence and guard.bot_answers


def is_lost(now: datetime, running: Turn, worker_alive: bool) -> bool:
    """Whether a running turn must be taken from its worker: it is dead, or has not renewed its lease."""
    return not worker_alive or running.lease_until is None or running.lease_until < now


def merge(running: Turn, waiting: Turn, returned: bool) -> Plan:
    """A running turn that lost its worker joins the waiting one; `returned` says its attempt does not count."""
    attempt = running.attempt - 1 if returned else running.attempt
    return Plan(
        extends=waiting.turn_id,
        supersedes=running.turn_id,
        opened_at=waiting.opened_at,
        due_at=waiting.due_at,
        first_unanswered_at=min(running.first_unanswered_at, waiting.first_unanswered_at),
        interrupts=max(running.interrupts, waiting.interrupts),
        attempt=max(attempt, waiting.attempt),
        wake=True,
    )
