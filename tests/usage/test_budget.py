"""What is done about a budget, and what a tally adds up to: pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.bots.policies import Spend
from rejoinder.usage.budget import (
    Allowance,
    Budget,
    Spending,
    budgets,
    decide,
    is_bounded,
)
from rejoinder.usage.tally import Row, Tally, midnight, settles

NOW = datetime(2026, 5, 17, 12, 30, tzinfo=UTC)
SPENT = Spending(
    workspace_day=Decimal(8),
    workspace_month=Decimal(80),
    bot_day=Decimal(4),
    bot_month=Decimal(40),
    contact_day=Decimal(2),
    contact_answers=3,
)


def test_without_bounds_nothing_is_reckoned() -> None:
    assert not is_bounded(Spend(downgrade_to="local"), Allowance())
    assert budgets(Spend(), Allowance(), SPENT) == []
    assert decide([], can_downgrade=False).state == "within"


@pytest.mark.parametrize(
    ("spend", "allowance", "over"),
    [
        (Spend(bot_usd_a_day=4), Allowance(), "the bot's budget of $4 a day is used up"),
        (Spend(bot_usd_a_day=4.01), Allowance(), None),
        (Spend(bot_usd_a_month=39.5), Allowance(), "the bot's budget of $39.5 a month is used up"),
        (Spend(contact_usd_a_day=2), Allowance(), "the contact's budget of $2 a day is used up"),
        (Spend(contact_answers_a_day=3), Allowance(), "the contact's budget of 3 answers a day"),
        (Spend(contact_answers_a_day=4), Allowance(), None),
        (Spend(), Allowance(Decimal(8)), "the workspace's budget of $8 a day is used up"),
        (Spend(), Allowance(None, Decimal(81)), None),
        (Spend(bot_usd_a_day=0), Allowance(), "the bot's budget of $0 a day is used up"),
        (Spend(bot_usd_a_day=100), Allowance(Decimal(100)), "$100 a day"),
    ],
)
def test_the_first_that_is_used_up_is_told(
    spend: Spend, allowance: Allowance, over: str | None
) -> None:
    spent = SPENT if "$100" not in (over or "") else Spending(bot_day=Decimal(100))
    assert is_bounded(spend, allowance)
    verdict = decide(budgets(spend, allowance, spent), can_downgrade=False)
    assert verdict.state == ("stop" if over else "within")
    assert (over or "") in verdict.why


def test_with_cheaper_models_they_answer() -> None:
    found = budgets(Spend(bot_usd_a_day=1), Allowance(), SPENT)
    assert decide(found, can_downgrade=True).state == "downgrade"


@given(st.decimals(0, 1000, places=4), st.decimals(0, 1000, places=4))
def test_it_is_over_exactly_when_all_is_spent(limit: Decimal, spent: Decimal) -> None:
    budget = Budget("bot", "day", "usd", limit, spent)
    assert budget.over == (budget.percent >= 100)
    assert budget.over == (spent >= limit)


def row(
    bot: UUID | None, contact: UUID | None, usd: int, *, settled: bool = False, answers: int = 1
) -> Row:
    return Row(bot, contact, settled, Decimal(usd), answers)


def test_a_tally_tells_workspace_bot_and_contact_apart() -> None:
    bot, other, contact = uuid4(), uuid4(), uuid4()
    tally = Tally(date(2026, 5, 17), NOW, {bot: Decimal(10), None: Decimal(5)})
    tally.bring(
        [row(bot, contact, 1, settled=True), row(bot, uuid4(), 2), row(other, contact, 4)], NOW
    )
    tally.bring([row(bot, contact, 3), row(None, None, 7)], NOW)
    assert tally.spending(bot, contact) == Spending(
        workspace_day=Decimal(11),
        workspace_month=Decimal(26),
        bot_day=Decimal(4),
        bot_month=Decimal(14),
        contact_day=Decimal(4),
        contact_answers=2,
    )


@given(st.timedeltas(timedelta(), timedelta(days=400)))
def test_what_is_final_is_of_today_and_a_minute_old(later: timedelta) -> None:
    now = NOW + later
    until = settles(now)
    assert midnight(now) <= until <= now
    assert until == midnight(now) or now - until == timedelta(seconds=60)


def test_a_day_begins_at_midnight_utc() -> None:
    bangkok = NOW.astimezone(tz=None)
    assert midnight(bangkok) == datetime(2026, 5, 17, tzinfo=UTC)
