"""What becomes of a delivery that was tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from rejoinder.channels.model import NotTaken, Receipt, Refused, Taken

# Short pauses outlast a restart of the receiver, long ones a night's outage: 10.5 hours in all.
PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600, 7200, 10_800, 14_400)
)
LONGEST_ASKED = timedelta(hours=1)
"""A receiver that asks for a longer pause than ours gets it, up to this one."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Done: the receiver has it."""


@dataclass(frozen=True, slots=True)
class Again:
    """Back to the queue, for `pause` at least."""

    pause: timedelta
    error: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Given up; a person has to look."""

    error: str


Next: TypeAlias = Sent | Again | Failed


def after(receipt: Receipt, attempt: int, dice: float) -> Next:
    """What to do after the `attempt`-th try (from 1). `dice` in [0, 1) spreads those that failed together."""
    match receipt:
        case Taken():
            return Sent()
        case Refused(error):
            return Failed(error)
        case NotTaken(error, asked):
            if attempt > len(PAUSES):
                return Failed(error)
            # What a receiver asks for is the least (RFC 9110, 10.2.3): a busy one's "1 s" must not use up the tries.
            least = min(asked or 0.0, LONGEST_ASKED.total_seconds()) + dice
            return Again(max(PAUSES[attempt - 1] * (1 + dice / 4), timedelta(seconds=least)), error)
