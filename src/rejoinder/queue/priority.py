"""Urgency and plan as one number for the queue: higher goes first.

The documents speak two scales. Urgency counts up (low 3, normal 5, high 7, urgent 9, critical 10); plans count down
(premium 1, pro 3, starter 5). Urgency decides; among equals the better plan goes first. docs/queues.md has the table.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

Urgency: TypeAlias = Literal["low", "normal", "high", "urgent", "critical"]
Plan: TypeAlias = Literal["starter", "pro", "premium"]

URGENCY: dict[Urgency, int] = {"low": 3, "normal": 5, "high": 7, "urgent": 9, "critical": 10}
PLAN: dict[Plan, int] = {"premium": 1, "pro": 3, "starter": 5}


def priority(urgency: Urgency = "normal", plan: Plan = "starter") -> int:
    """10 for each step of urgency, and up to 4 for the plan: from 30 (low, starter) to 104 (critical, premium)."""
    return 10 * URGENCY[urgency] + max(PLAN.values()) - PLAN[plan]


NORMAL = priority()
"""That of a message whose urgency nobody named, on the smallest plan."""


HIGHEST = 200
"""Where ageing ends: above all that is given, and the same for all, so that the oldest goes first there."""


def aged(given: int) -> int:
    """The priority of a job that has waited once more: 10 higher."""
    return min(given + 10, max(given, HIGHEST))
