"""What a model costs is booked with each call and summed for each attempt, stopped ones too."""

from __future__ import annotations

from decimal import Decimal

from rejoinder.db import Database
from rejoinder.testing import ScriptedModel
from tests.eventually import eventually
from tests.scenarios.conftest import OpenShop
from tests.scenarios.shop import working

BOOKED = """
SELECT l.outcome, l.cost, (SELECT sum(t.cost) FROM turn_attempts t WHERE t.workspace_id = $1)
FROM ai_response_logs l WHERE l.workspace_id = $1 ORDER BY l.created_at
"""


class Priced(ScriptedModel):
    """A scripted model that goes by the name of one with a price: 0.25 and 2 dollars a million tokens."""

    @property
    def system(self) -> str:
        return "openai"

    @property
    def model_name(self) -> str:
        return "gpt-5-mini"


async def test_an_answer_costs_what_the_list_says(db: Database, opens: OpenShop) -> None:
    shop = await opens()
    async with working(db, Priced(tokens=(100_000, 10_000))):
        await shop.outcome(await shop.says("Hello"))
    ((outcome, cost, of_attempts),) = await shop.sql(BOOKED)
    assert (outcome, cost, of_attempts) == ("ok", Decimal("0.045"), Decimal("0.045"))


async def test_a_call_that_was_stopped_has_cost_money_too(db: Database, opens: OpenShop) -> None:
    shop, model = await opens(), Priced(tokens=(100_000, 10_000))
    model.hold()
    async with working(db, model):
        await shop.says("a cup")
        stopped = await model.called(1)
        last = await shop.says("no, two")
        await model.until(lambda: stopped.state == "cancelled")
        model.release()
        await shop.outcome(last)

        async def both() -> bool:
            return len(await shop.sql(BOOKED)) == 2

        await eventually(both)
        rows = await shop.sql(BOOKED)
    assert {row[0] for row in rows} == {"cancelled", "ok"}
    assert all(row[1] > 0 for row in rows)
    assert sum(row[1] for row in rows) == rows[0][2]
