"""Words that are meant to hurt people."""

from __future__ import annotations

from rejoinder.guard.wording.phrases import first, phrases
from rejoinder.guard.wording.said import Said


def abuse(said: Said) -> str:
    """Threats, hatred and sexual harassment, in five languages; swearing about a product or a service is none."""
    hit = first(phrases("abuse", folded=False), said.marked)
    if hit is None and said.marked.isascii():
        hit = first(phrases("abuse"), said.folded)
    return f"{hit.means}" if hit is not None else ""
