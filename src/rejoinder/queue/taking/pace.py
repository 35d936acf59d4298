"""A steady rate."""

from __future__ import annotations


class Pace:
    """Lets `rate` a second through: a bucket that fills steadily and holds a quarter of a second's worth, or one.

    So a burst after a silence is small, and a rate below one a second still lets one through when its time comes.
    Times are seconds of any clock that only goes forward.
    """

    def __init__(self, rate: float, now: float) -> None:
        self._rate = rate
        self._holds = max(1.0, rate / 4)
        self._level = self._holds
        self._at = now

    def allowance(self, now: float) -> int:
        """How many may begin now."""
        self._level = min(self._holds, self._level + (now - self._at) * self._rate)
        self._at = now
        return int(self._level)

    def spend(self) -> None:
        """One begins; the caller asked for the allowance."""
        self._level -= 1
