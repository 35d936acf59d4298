"""What became of an event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Done:
    """Applied, or there was nothing to do."""


@dataclass(frozen=True, slots=True)
class Waits:
    """It can't be applied yet. Nothing of its `threads` may overtake it; `lasting` says to go on for long."""

    why: str
    threads: frozenset[str] = frozenset()
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Strange:
    """It can't be applied by this version, or not at all: a person should look."""

    why: str


Outcome: TypeAlias = Done | Waits | Strange
DONE = Done()


@dataclass(frozen=True, slots=True)
class Whole:
    """What became of a body: what waits in it, and what is strange about it."""

    waits: tuple[Waits, ...] = ()
    strange: tuple[Strange, ...] = ()

    @property
    def threads(self) -> frozenset[str]:
        """Those in which something waits that must not be overtaken."""
        return frozenset[str]().union(*(each.threads for each in self.waits))

    @property
    def lasting(self) -> bool:
        """Whether one of those that wait is to be tried for however long it takes."""
        return any(each.lasting for each in self.waits)

    @property
    def reason(self) -> str:
        """Why it is not applied, in words; the same said twice is said once."""
        told: tuple[Waits | Strange, ...] = (*self.waits, *self.strange)
        return "; ".join(dict.fromkeys(each.why for each in told))
