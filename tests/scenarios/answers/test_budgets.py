"""A budget that is used up stops the bot, or has a cheaper model answer."""

from __future__ import annotations

import pytest

from rejoinder.bots.policies import BotSettings
from rejoinder.db import Database
from rejoinder.llm.calling.chain import Chain
from rejoinder.llm.chains import Chains
from rejoinder.net.http import session
from rejoinder.settings import Settings
from rejoinder.testing import OpenAIStub, ScriptedModel
from rejoinder.worker import Work
from tests.knowledge.embedders import accounts
from tests.scenarios.answers.told import answered, explained
from tests.scenarios.conftest import OpenShop
from tests.scenarios.shop import FALLBACK, nowhere, working
from tests.scenarios.test_costs import Priced


def spends(**spend: object) -> BotSettings:
    return BotSettings.model_validate({"spend": spend})


@pytest.mark.parametrize(
    "spend", [{"contact_answers_a_day": 1}, {"contact_usd_a_day": 0.04}, {"bot_usd_a_day": 0.04}]
)
async def test_what_is_used_up_stops(
    db: Database, opens: OpenShop, spend: dict[str, object]
) -> None:
    shop, model = await opens(settings=spends(**spend)), Priced(tokens=(100_000, 10_000))
    model.script.append(answered("At nine."))
    async with working(db, model):
        first = await shop.says("When do you open?")
        assert (await shop.outcome(first)).status == "answered"
        second = await shop.says("And when do you close?")
        assert (await shop.outcome(second)).status == "handed_off"
    assert await shop.replies(first) == ["At nine.", FALLBACK]
    assert len(model.calls) == 1
    assert (await explained(shop, second))["budget"]


async def test_or_a_cheaper_model_goes_on(db: Database, opens: OpenShop) -> None:
    shop = await opens(settings=spends(contact_answers_a_day=1, downgrade_to="openai:cheap"))
    model = ScriptedModel([answered("At nine.")])
    async with OpenAIStub(reply=_cheaply) as stub, session() as http:
        chains = Chains(accounts(openai=stub.base_url), http, Chain([model]))
        settings = Settings.model_construct(drain_seconds=0.0)
        async with chains.open(), Work(db, chains, settings, nowhere).running():
            first = await shop.says("When do you open?")
            await shop.outcome(first)
            second = await shop.says("And when do you close?")
            assert (await shop.outcome(second)).status == "answered"
    assert await shop.replies(first) == ["At nine.", "At six."]
    assert [call["model"] for call in (await explained(shop, second))["calls"]] == ["cheap"]


def _cheaply(_: object) -> dict[str, object]:
    return {"reply": "At six.", "supported": 1.0}
