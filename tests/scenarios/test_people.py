"""When the bot can't or shouldn't answer, a person is told."""

from __future__ import annotations

import pytest

from rejoinder.errors import ModelRefused, ModelTransient
from rejoinder.llm.model import Answer
from rejoinder.testing import ScriptedModel
from tests.scenarios.conftest import OpenShop
from tests.scenarios.shop import FALLBACK, Shop

pytestmark = pytest.mark.usefixtures("work")


async def test_the_model_fails_three_times(shop: Shop, model: ScriptedModel) -> None:
    model.script.extend(ModelTransient("Overloaded.") for _ in range(3))
    message = await shop.says("Hello")
    outcome = await shop.outcome(message)
    assert outcome.status == "failed"
    assert [reply.text for reply in outcome.replies] == [FALLBACK]
    assert [ask.state for ask in model.calls] == ["raised"] * 3
    assert (await shop.conversation(message)).state == "waiting"
    assert (await shop.events())[-2:] == ["turn.failed", "conversation.handed_off"]
    logged = await shop.sql("SELECT outcome FROM ai_response_logs WHERE workspace_id = $1")
    assert [row["outcome"] for row in logged] == ["error"] * 3


async def test_what_the_customer_writes_then_is_for_the_person(
    shop: Shop, model: ScriptedModel
) -> None:
    model.script.append(ModelRefused("The key is wrong."))
    await shop.outcome(await shop.says("Hello"))
    later = await shop.says("Is anyone there?")
    assert later.turn_id is None
    assert (await shop.outcome(later)).status == "handed_off"
    assert await shop.turns() == ["failed"]
    assert len(model.calls) == 1


async def test_the_model_asks_for_a_person(shop: Shop, model: ScriptedModel) -> None:
    model.script.append(Answer("I get someone for you.", "hand_off", "wants a refund"))
    message = await shop.says("I want my money back")
    outcome = await shop.outcome(message)
    assert (outcome.status, outcome.reason) == ("handed_off", "wants a refund")
    assert await shop.replies(message) == ["I get someone for you."]
    assert (await shop.conversation(message)).state == "waiting"


async def test_what_came_meanwhile_goes_to_the_person_too(
    opens: OpenShop, model: ScriptedModel
) -> None:
    shop = await opens(overlap_policy="enqueue")
    model.script.append(Answer("", "hand_off", "angry"))
    model.hold()
    await shop.says("I am angry")
    await model.called(1)
    meanwhile = await shop.says("very angry")
    model.release()
    assert (await shop.outcome(meanwhile)).status == "handed_off"
    assert await shop.turns() == ["handed_off", "handed_off"]
    assert await shop.replies(meanwhile) == []


async def test_the_model_may_stay_silent(shop: Shop, model: ScriptedModel) -> None:
    model.script.append(Answer("", "silent", "only thanks"))
    thanks = await shop.says("Thanks!")
    assert (await shop.outcome(thanks)).status == "silent"
    assert await shop.replies(thanks) == []
    assert (await shop.outcome(await shop.says("One more thing"))).status == "answered"


async def test_history_is_stored_and_read_but_not_answered(
    shop: Shop, model: ScriptedModel
) -> None:
    told = await shop.says("We open at nine.", sender_type="ai")
    assert (await shop.outcome(told)).status == "stored"
    await shop.outcome(await shop.says("When do you open?"))
    assert "We open at nine." in model.calls[0].prompt


async def test_a_bot_switched_off_answers_nothing(shop: Shop, model: ScriptedModel) -> None:
    await shop.outcome(await shop.says("Hello"))
    await shop.sql("UPDATE conversations SET ai_enabled = false WHERE workspace_id = $1")
    message = await shop.says("Hello?")
    assert message.turn_id is None
    assert len(model.calls) == 1
