"""Which checks a reply fails."""

from __future__ import annotations

from rejoinder.bots.policies import Check
from rejoinder.guard.after import after
from rejoinder.guard.model import Facts

ASKED = Facts(asked=("Where is my order?",), language="en")


def failing(reply: str, facts: Facts = ASKED, check: Check | None = None) -> set[str]:
    return {finding.check for finding in after(reply, facts, check or Check()) if not finding.ok}
