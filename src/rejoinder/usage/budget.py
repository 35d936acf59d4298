"""Whether what was spent is within its bounds: pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, Protocol, TypeAlias

Subject: TypeAlias = Literal["bot", "contact", "workspace"]
Period: TypeAlias = Literal["day", "month"]
Unit: TypeAlias = Literal["usd", "answers"]
State: TypeAlias = Literal["within", "downgrade", "stop"]

ALERTS: Final = (80, 100)
"""Percent of a bound at which somebody is told."""


class Bounds(Protocol):
    """What a bot is given to spend: `bots.policies.Spend`."""

    @property
    def bot_usd_a_day(self) -> float | None:
        """Of all its calls."""

    @property
    def bot_usd_a_month(self) -> float | None:
        """Of all its calls."""

    @property
    def contact_usd_a_day(self) -> float | None:
        """For one customer."""

    @property
    def contact_answers_a_day(self) -> int | None:
        """For one customer."""

    @property
    def downgrade_to(self) -> str | None:
        """The models that answer what is over a bound."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a workspace may cost, US dollars; None for no bound."""

    usd_a_day: Decimal | None = None
    usd_a_month: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Spending:
    """US dollars spent so far, and how many answers a contact got: today and this month, UTC."""

    workspace_day: Decimal = Decimal(0)
    workspace_month: Decimal = Decimal(0)
    bot_day: Decimal = Decimal(0)
    bot_month: Decimal = Decimal(0)
    contact_day: Decimal = Decimal(0)
    contact_answers: int = 0


@dataclass(frozen=True, slots=True)
class Budget:
    """One bound and what was spent of it."""

    subject: Subject
    period: Period
    unit: Unit
    limit: Decimal
    spent: Decimal

    @property
    def over(self) -> bool:
        """Whether nothing is left."""
        return self.spent >= self.limit

    @property
    def percent(self) -> int:
        """Of the bound that was spent, rounded down; 100 of one that is 0."""
        return int(self.spent * 100 / self.limit) if self.limit else 100

    @property
    def told(self) -> str:
        """In words."""
        amount = f"${self.limit.normalize():f}" if self.unit == "usd" else f"{self.limit} answers"
        return f"the {self.subject}'s budget of {amount} a {self.period} is used up"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`downgrade` is answered by cheaper models, `stop` by a person; `why` says which budget is used up."""

    state: State
    why: str = ""
    budget: Budget | None = None


WITHIN: Final = Verdict("within")


def is_bounded(bounds: Bounds, allowance: Allowance) -> bool:
    """Whether anything has to be reckoned at all."""
    return any(limit is not None for _, _, _, limit, _ in _all(bounds, allowance, Spending()))


def budgets(bounds: Bounds, allowance: Allowance, spent: Spending) -> list[Budget]:
    """Those that are set, the narrowest first."""
    return [
        Budget(subject, period, unit, Decimal(str(limit)), Decimal(used))
        for subject, period, unit, limit, used in _all(bounds, allowance, spent)
        if limit is not None
    ]


def decide(found: Sequence[Budget], *, can_downgrade: bool) -> Verdict:
    """Within all of them, else what is done about the first that is used up."""
    over = next((each for each in found if each.over), None)
    if over is None:
        return WITHIN
    return Verdict("downgrade" if can_downgrade else "stop", over.told, over)


def _all(
    bounds: Bounds, allowance: Allowance, spent: Spending
) -> Iterator[tuple[Subject, Period, Unit, float | Decimal | None, Decimal | int]]:
    yield "contact", "day", "answers", bounds.contact_answers_a_day, spent.contact_answers
    yield "contact", "day", "usd", bounds.contact_usd_a_day, spent.contact_day
    yield "bot", "day", "usd", bounds.bot_usd_a_day, spent.bot_day
    yield "bot", "month", "usd", bounds.bot_usd_a_month, spent.bot_month
    yield "workspace", "day", "usd", allowance.usd_a_day, spent.workspace_day
    yield "workspace", "month", "usd", allowance.usd_a_month, spent.workspace_month
