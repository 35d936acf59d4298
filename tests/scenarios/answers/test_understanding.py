"""What a customer's words mean is stored with them."""

from __future__ import annotations

import pytest

from rejoinder.llm.model import Answer
from rejoinder.testing import ScriptedModel
from tests.scenarios.answers.told import ASKS, TELLS, answered, classified, explained
from tests.scenarios.shop import Shop

pytestmark = pytest.mark.usefixtures("work")


@pytest.mark.parametrize("language", ASKS)
async def test_a_question_is_answered_and_what_it_meant_is_kept(
    shop: Shop, model: ScriptedModel, language: str
) -> None:
    model.script.append(answered(TELLS[language], language=language))
    message = await shop.says(ASKS[language])
    outcome = await shop.outcome(message)
    assert (outcome.status, await shop.replies(message)) == ("answered", [TELLS[language]])
    told = await classified(shop, message)
    assert (told["intent"], told["language"], told["source"]) == ("question", language, "model")
    (stored,) = [m for m in await shop.messages(message) if m.message_id == message.message_id]
    assert stored.ai_confidence_score is not None
    assert stored.ai_confidence_score > 0.7


@pytest.mark.parametrize("language", ASKS)
async def test_rules_understand_where_the_model_says_nothing(
    shop: Shop, model: ScriptedModel, language: str
) -> None:
    model.script.append(Answer(TELLS[language], "answer", ""))
    message = await shop.says(ASKS[language])
    await shop.outcome(message)
    told = await classified(shop, message)
    assert (told["intent"], told["language"], told["source"]) == ("question", language, "local")


async def test_the_explanation_tells_all_of_it(shop: Shop, model: ScriptedModel) -> None:
    model.script.append(answered(TELLS["en"]))
    message = await shop.says("When do you close? My phone is +66812345678")
    await shop.outcome(message)
    told = await explained(shop, message)
    assert told["read"]["asked"] == [str(message.message_id)]
    assert told["understanding"]["by_rules"]["entities"]["phone"] == "+66812345678"
    assert {each["rule"] for each in told["rules"]} >= {"asks_person", "low_confidence", "vip"}
    assert set(told["guard"]["after"]["passed"]) >= {"leaked_prompt", "promise"}
    assert told["guard"]["after"]["found"] == []
    (call,) = told["calls"]
    assert (call["model"], call["outcome"], call["input_tokens"]) == ("scripted", "ok", 100)
    assert set(told["times_ms"]) >= {"read", "search", "model", "answer"}
