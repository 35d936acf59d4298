"""Budgets against the ledger: what counts, from when, and how often anybody is asked."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from rejoinder.bots.policies import Spend
from rejoinder.db import Database, connect
from rejoinder.errors import Unavailable
from rejoinder.telemetry.metrics import BUDGETS
from rejoinder.usage import store
from rejoinder.usage.budget import Verdict
from rejoinder.usage.budgets import REMEMBERED_S, Budgets

from .calls import call, record

MONTHS = timedelta(days=70)


class Till:
    """Budgets of one bot and one contact, with a clock that is moved by hand."""

    def __init__(self, db: Database, workspace_id: UUID) -> None:
        self.db = db
        self.workspace_id = workspace_id
        self.bot_id, self.contact_id = uuid4(), uuid4()
        self.now = 0.0
        self.budgets = Budgets(db, lambda: self.now)

    async def look(self, **spend: Any) -> Verdict:
        return await self.budgets.look(
            self.workspace_id,
            bot_id=self.bot_id,
            spend=Spend(**spend),
            contact_id=self.contact_id,
        )

    async def spend(self, *usd: int, ago: timedelta | None = None, **given: Any) -> None:
        """Book calls of these prices, of one turn that was answered."""
        calls = [call(cost=Decimal(each), bot_id=self.bot_id, **given) for each in usd]
        await record(
            self.db,
            self.workspace_id,
            *calls,
            contact_id=self.contact_id,
            turn_id=uuid4(),
            message_id=uuid4(),
            ago=ago,
        )

    async def allow(self, **given: Any) -> None:
        """Give the workspace bounds."""
        async with self.db.transaction(self.workspace_id) as tx:
            await store.allow(tx, **{name: (True, usd) for name, usd in given.items()})


@pytest.fixture
def till(db: Database, workspace_id: UUID) -> Till:
    return Till(db, workspace_id)


async def test_what_is_spent_is_seen_within_seconds(till: Till) -> None:
    assert (await till.look(bot_usd_a_day=2)).state == "within"
    await till.spend(2)
    assert (await till.look(bot_usd_a_day=2)).state == "within"
    till.now += REMEMBERED_S
    verdict = await till.look(bot_usd_a_day=2)
    assert (verdict.state, verdict.why) == ("stop", "the bot's budget of $2 a day is used up")
    assert (await till.look(bot_usd_a_day=2, downgrade_to="local")).state == "downgrade"


async def test_what_this_process_books_counts_at_once_and_once(till: Till) -> None:
    assert (await till.look(bot_usd_a_day=3)).state == "within"
    await till.spend(2)
    booked = [call(cost=Decimal(2), bot_id=till.bot_id)]
    till.budgets.booked(till.workspace_id, till.contact_id, booked)
    assert (await till.look(bot_usd_a_day=2)).state == "stop"
    for _ in range(3):
        till.now += REMEMBERED_S
        assert (await till.look(bot_usd_a_day=3)).state == "within"


async def test_a_contact_has_so_many_answers(till: Till) -> None:
    await till.spend(1, 1)  # two calls of one turn are one answer
    assert (await till.look(contact_answers_a_day=2)).state == "within"
    till.budgets.booked(till.workspace_id, till.contact_id, [call(bot_id=till.bot_id)] * 2)
    assert (await till.look(contact_answers_a_day=2)).state == "stop"
    till.contact_id = uuid4()
    assert (await till.look(contact_answers_a_day=2)).state == "within"


async def test_an_answer_that_was_not_sent_costs_and_is_none(till: Till) -> None:
    async with till.db.transaction(till.workspace_id) as tx:
        unsent = [call(bot_id=till.bot_id)]
        await store.book(tx, contact_id=till.contact_id, turn_id=uuid4(), calls=unsent)
    assert (await till.look(contact_answers_a_day=1)).state == "within"
    assert (await till.look(contact_usd_a_day=1)).state == "stop"


async def test_evaluations_cost_the_workspace_alone(till: Till) -> None:
    await till.spend(5, purpose="evaluate")
    assert (await till.look(bot_usd_a_day=1, contact_answers_a_day=1)).state == "within"
    await till.allow(day=Decimal(5))
    till.now += REMEMBERED_S
    verdict = await till.look()
    assert (verdict.state, verdict.why) == ("stop", "the workspace's budget of $5 a day is used up")
    await till.allow(day=None)
    till.now += REMEMBERED_S
    assert (await till.look()).state == "within"


async def test_yesterday_and_last_month_are_over(till: Till) -> None:
    await till.spend(5, ago=MONTHS)
    await till.allow(day=Decimal(1), month=Decimal(1))
    assert (await till.look(bot_usd_a_day=1, bot_usd_a_month=1, contact_usd_a_day=1)).state == (
        "within"
    )


async def test_without_bounds_nothing_is_asked(dsn: str, workspace_id: UUID) -> None:
    """The workspace is asked for its own, once in a while."""
    away = await connect(dsn, size=1, name="rejoinder tests away")
    till = Till(away, workspace_id)
    await till.look()
    await away.close()
    assert (await till.look()).state == "within"
    with pytest.raises(Unavailable):
        await till.look(bot_usd_a_day=1)
    till.now += REMEMBERED_S
    with pytest.raises(Unavailable):
        await till.look()


async def test_somebody_is_told_once_at_80_and_at_100_percent(till: Till) -> None:
    def counted(percent: str) -> float:
        value: float = BUDGETS.labels("bot", percent)._value.get()
        return value

    before = counted("80"), counted("100")
    await till.spend(8)
    with capture_logs() as logs:
        for _ in range(2):
            await till.look(bot_usd_a_day=10)
        assert [entry["percent"] for entry in logs] == [80]
        await till.spend(3)
        till.now += REMEMBERED_S
        for _ in range(2):
            await till.look(bot_usd_a_day=10)
    assert [entry["percent"] for entry in logs] == [80, 100]
    assert logs[0]["subject_id"] == str(till.bot_id)
    assert (counted("80"), counted("100")) == (before[0] + 1, before[1] + 1)


async def test_the_state_of_all_is_told(till: Till) -> None:
    await till.spend(3)
    await till.allow(month=Decimal(6))
    found = await till.budgets.state(
        till.workspace_id, [(till.bot_id, Spend(bot_usd_a_day=2, contact_usd_a_day=1))]
    )
    assert [(owner, each.subject, each.percent, each.over) for owner, each in found] == [
        (None, "workspace", 50, False),
        (till.bot_id, "bot", 150, True),
    ]


async def test_a_months_bound_that_comes_later_is_reckoned_too(till: Till) -> None:
    await till.spend(2)
    assert (await till.look(bot_usd_a_day=5)).state == "within"
    assert (await till.look(bot_usd_a_month=2)).state == "stop"
