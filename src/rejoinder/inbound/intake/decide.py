"""When a body is tried again, and when that is given up: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from rejoinder.inbound.webhook.outcome import Whole

_FIRST_S = 0.1
_LONGEST_S = 10.0
_FIRST_PATIENCE_S = 0.7
_LONGEST_PATIENCE_S = 10.0

TRIES = 13
"""For what may never come, the message that an edit is of: 63 s in all."""

LASTING_TRIES = 360
"""For what is only in the way, a lock: an hour. No transaction may hold one that long."""


@dataclass(frozen=True, slots=True)
class Again:
    """Try once more after `delay`."""

    delay: timedelta


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Keep it for a person."""


@dataclass(frozen=True, slots=True)
class Settled:
    """All of it is applied."""


Next: TypeAlias = Again | Quarantine | Settled


def after(whole: Whole, attempts: int) -> Next:
    """What follows the try of that number, which began with 1."""
    if not whole.waits:
        return Quarantine() if whole.strange else Settled()
    if attempts >= (LASTING_TRIES if whole.lasting else TRIES):
        return Quarantine()
    return Again(pause(attempts))


def patience(attempts: int) -> float:
    """Seconds for one event in the try of that number.

    Few at first, since who waits for a lock keeps a connection from others; more later, since a big message may take
    long on a slow machine.
    """
    return min(_FIRST_PATIENCE_S * attempts, _LONGEST_PATIENCE_S)


def pause(attempts: int) -> timedelta:
    """Before the next try: a tenth of a second, then twice as long each time, 10 s at most."""
    return timedelta(seconds=min(_FIRST_S * 2 ** min(attempts - 1, 20), _LONGEST_S))
