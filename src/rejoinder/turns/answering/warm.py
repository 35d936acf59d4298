"""Word lists, dictionaries and patterns are read before the first customer writes."""

from __future__ import annotations

from rejoinder.guard.warm import warm as guard
from rejoinder.understanding.warm import warm as understanding


def warm() -> None:
    """Blocks for half a second; once a process."""
    understanding()
    guard()
