"""What the models took, and what is left of the budgets."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from rejoinder.api.bodies import View
from rejoinder.bots import store as bots
from rejoinder.db import Database
from rejoinder.errors import Invalid
from rejoinder.inbound.rest.callers import needs
from rejoinder.usage import store
from rejoinder.usage.budget import Budget, Period, Subject
from rejoinder.usage.budgets import Budgets
from rejoinder.usage.model import Priced, Purpose
from rejoinder.usage.report import BY, By, Fate, report
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens

_USUAL = timedelta(days=30)
_LONGEST = timedelta(days=366)
_FIRST = UUID(int=0)
_MOST_BOTS = 1_000


class SumView(View):
    """`cached_tokens` are among the `input_tokens`; `cost` is US dollars of the calls that have a price."""

    calls: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    cost: float
    unpriced: int


class SpentView(SumView):
    """Calls that have something in common; null for what was not asked for, or is not known."""

    day: date | None
    bot_id: UUID | None
    provider: str | None
    model: str | None
    purpose: Purpose | None
    priced: Priced | None
    fate: Fate | None


class BudgetView(BaseModel):
    """A bound in US dollars, and what was spent of it. `bot_id` is null for the workspace's."""

    subject: Subject
    bot_id: UUID | None
    period: Period
    limit: float
    spent: float
    percent: int
    used_up: bool


class UsageView(BaseModel):
    """From `since` to `until`, both included, UTC. `superseded` and `evaluation` are parts of the `total`."""

    since: date
    until: date
    items: list[SpentView]
    total: SumView
    superseded: SumView
    evaluation: SumView
    budgets: list[BudgetView]


def routes(db: Database, tokens: Tokens) -> APIRouter:
    """For who administers the workspace."""
    router = APIRouter(prefix="/api/v1/usage", tags=["usage"])
    Admin = Annotated[Caller, Depends(needs(tokens, "admin"))]  # noqa: N806 - a type
    budgets = Budgets(db)

    @router.get("")
    async def get_usage(
        caller: Admin,
        since: Annotated[
            date | None, Query(description="30 days before `until` if left out.")
        ] = None,
        until: Annotated[date | None, Query(description="Today (UTC) if left out.")] = None,
        by: Annotated[
            str, Query(description=f"Some of {', '.join(BY)}, with commas between.", max_length=100)
        ] = "day",
    ) -> UsageView:
        """What calls of models took, those of superseded answers and of evaluations also apart; and the budgets."""
        last = until or datetime.now(UTC).date()
        first = since or last - _USUAL
        if not timedelta() <= last - first <= _LONGEST:
            raise Invalid(
                "`since` is after `until`, or more than 366 days before it.",
                mend="Ask for less.",
                where="query.since",
            )
        wanted = _by(by)
        async with db.read(caller.workspace_id) as read:
            rows = await store.spent_by(
                read, _begin(first), _begin(last + timedelta(days=1)), wanted
            )
            known = await bots.bots(read, _FIRST, _MOST_BOTS)
        found = report(rows, wanted)
        state = await budgets.state(
            caller.workspace_id, [(bot.bot_id, bot.settings.spend) for bot in known]
        )
        return UsageView(
            since=first,
            until=last,
            items=[
                SpentView(**key._asdict(), **SumView.model_validate(some).model_dump())
                for key, some in found.items
            ],
            total=SumView.model_validate(found.total),
            superseded=SumView.model_validate(found.superseded),
            evaluation=SumView.model_validate(found.evaluation),
            budgets=[_budget(bot_id, budget) for bot_id, budget in state],
        )

    return router


def _by(given: str) -> frozenset[By]:
    words = {word.strip() for word in given.split(",") if word.strip()}
    unknown = words - set(BY)
    if unknown:
        raise Invalid(
            f"`by` names {', '.join(sorted(unknown))}.",
            mend=f"Name some of {', '.join(BY)}.",
            where="query.by",
        )
    return frozenset(each for each in BY if each in words)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _budget(bot_id: UUID | None, budget: Budget) -> BudgetView:
    return BudgetView(
        subject=budget.subject,
        bot_id=bot_id,
        period=budget.period,
        limit=float(budget.limit),
        spent=float(budget.spent),
        percent=budget.percent,
        used_up=budget.over,
    )
