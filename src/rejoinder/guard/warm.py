"""The lists read and indexed at start-up, so that no customer waits for them (30 ms together, once)."""

from __future__ import annotations

from rejoinder.guard.wording.phrases import phrases


def warm() -> None:
    """Read every list of turns of phrase in the form its check wants."""
    for name in ("promise", "done", "unless", "leak", "persona", "offer", "abuse", "insult"):
        phrases(name, folded=False)
    for name in ("injection", "leak", "abuse"):
        phrases(name)
