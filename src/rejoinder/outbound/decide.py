"""What becomes of a delivery that was tried, and of one that its platform reports on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypeAlias

from pydantic import JsonValue

from rejoinder.channels.port.event import Failure
from rejoinder.channels.port.outgoing import (
    BadCredential,
    NotTaken,
    Receipt,
    RecipientThrottled,
    Refused,
    Taken,
    Throttled,
    Unsure,
    WindowClosed,
)

Status: TypeAlias = Literal[
    "queued", "sending", "sent", "delivered", "read", "failed", "unknown", "withheld"
]
Reported: TypeAlias = Literal["delivered", "read", "failed"]
Heard: TypeAlias = Literal["sent", "delivered", "read", "failed"]
"""What a chat platform's receipts and echoes say; callers of the API report no `sent`."""

# Short pauses outlast a restart of the receiver, long ones a night's outage: 10.5 hours in all.
PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600, 7200, 10_800, 14_400)
)
LONGEST_ASKED = timedelta(hours=1)
"""A receiver that asks for a longer pause than ours gets it, up to this one."""

THROTTLED = (timedelta(seconds=2), timedelta(seconds=30))
"""The first and the longest pause of a channel whose platform asks it to slow down and doesn't say for how long: twice
as long each time the same message met that."""

SHORTEST = timedelta(seconds=1)
"""A throttled try costs nothing, so that one that may come at once must not become a loop."""

HOLD = timedelta(seconds=15)
"""The bot's later messages wait this long behind one of unknown fate: receipts and echoes come within seconds."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Done: the receiver has it. `noted` goes into the message's metadata; `platform_ids` is what it is called there.

    `as_template` says that the channel's template went in its place.
    """

    noted: dict[str, JsonValue] | None = None
    platform_ids: tuple[str, ...] = ()
    as_template: bool = False


@dataclass(frozen=True, slots=True)
class Again:
    """Back to the queue, for `pause` at least."""

    pause: timedelta
    error: str


@dataclass(frozen=True, slots=True)
class Paused:
    """Back to the queue, at no cost, and so is all that leaves through the channel: for `pause`, None until resumed."""

    pause: timedelta | None
    error: str


@dataclass(frozen=True, slots=True)
class AsTemplate:
    """Back to the queue, at no cost, to leave as the channel's template: the window for free text has closed."""

    error: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Given up; a person has to look."""

    error: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody knows whether the receiver has it, and it could not tell a second one: a person has to look."""

    error: str


Next: TypeAlias = Sent | Again | Paused | AsTemplate | Failed | Unknown


def after(
    receipt: Receipt, attempt: int, dice: float, *, template: bool = False, uncounted: int = 0
) -> Next:
    """What to do after the `attempt`-th try that counts (from 1). `dice` in [0, 1) spreads what failed together.

    `template` says that the channel's template may go in its place; `uncounted` tries were throttled before.
    """
    match receipt:
        case Taken(noted, platform_ids):
            return Sent(noted, platform_ids)
        case WindowClosed(error) if template:
            return AsTemplate(error)
        case Refused(error) | WindowClosed(error):
            return Failed(error)
        case Unsure(error):
            return Unknown(error)
        case BadCredential(error):
            return Paused(None, error)
        case Throttled(error, asked):
            wanted = _slower(uncounted) if asked is None else asked
            return Paused(max(SHORTEST, _at_least(wanted, dice)), error)
        case NotTaken(error, asked) | RecipientThrottled(error, asked):
            if attempt > len(PAUSES):
                return Failed(error)
            # What a receiver asks for is the least (RFC 9110, 10.2.3): a busy one's "1 s" must not use up the tries.
            ours = PAUSES[attempt - 1] * (1 + dice / 4)
            return Again(max(ours, _at_least(asked or 0.0, dice)), error)


def _slower(uncounted: int) -> float:
    first, longest = (pause.total_seconds() for pause in THROTTLED)
    return min(longest, first * 2.0 ** min(uncounted, 10))


def _at_least(asked: float, dice: float) -> timedelta:
    return timedelta(seconds=min(asked, LONGEST_ASKED.total_seconds()) + dice)


def fallen(
    failure: Failure | None, error: str, attempt: int, dice: float, *, template: bool
) -> Again | Paused | AsTemplate | Failed:
    """What to do when the platform reports that it could not deliver what it had taken at the `attempt`-th try.

    It says so for certain, so that what may pass is sent again. `template` and `dice` as in `after`.
    """
    match failure:
        case "window_closed" if template:
            return AsTemplate(error)
        case "credential":
            return Paused(None, error)
        case "transient" | "throttled" | "recipient_throttled" if attempt <= len(PAUSES):
            return Again(PAUSES[max(attempt, 1) - 1] * (1 + dice / 4), error)
        case _:
            return Failed(error)


# What a report moves a delivery to. They come early, late, twice and in any order, so most change nothing: whatever is
# read was delivered, and what was delivered can't fail any more. One that failed may have arrived all the same.
_FORWARD: dict[Status, tuple[Heard, ...]] = {
    "queued": ("sent", "delivered", "read", "failed"),
    "sending": ("sent", "delivered", "read", "failed"),
    "unknown": ("sent", "delivered", "read", "failed"),
    "sent": ("delivered", "read", "failed"),
    "delivered": ("read",),
    "failed": ("delivered", "read"),
}


def reported(status: Status, attempts: int, what: Heard) -> Heard | None:
    """Where a report of the platform's moves a delivery; None when it says nothing new.

    One that waits in the queue may have been taken at an earlier try whose answer got lost; one that was never tried
    can't have been.
    """
    if status == "queued" and not attempts:
        return None
    return what if what in _FORWARD.get(status, ()) else None
