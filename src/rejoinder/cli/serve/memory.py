"""How often Python looks for objects that hold each other."""

from __future__ import annotations

import gc

# A turn makes some thousand objects and leaves next to no cycles. With Python's 700 the collector took 4 % of a busy
# server's time, most of it looking again at what start-up had made.
_NEW_OBJECTS = 20_000


def settled() -> None:
    """To be called once everything is made: that is never looked at again, and new objects less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 10, 10)
