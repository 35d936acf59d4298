"""What a customer wants or feels is asked for without an answer: same chain, same ledger, same errors."""

from __future__ import annotations

import aiohttp
import pytest
from pydantic_ai.models import Model

from rejoinder.errors import ModelRefused, ModelTransient
from rejoinder.llm.calling.analyse import Analysed, Analysis, analyse
from rejoinder.llm.calling.chain import Chain
from rejoinder.llm.calling.failure import DECLINED
from rejoinder.llm.local.model import LocalModel
from rejoinder.llm.model import Answer, Entity, Line, Understanding
from rejoinder.testing import OpenAIStub, ScriptedModel
from rejoinder.testing.model_stub import Canned
from rejoinder.testing.openai_stub import completion
from rejoinder.usage.model import Call

from .conftest import MakeModel

HISTORY = (Line("customer", "Hello"), Line("business", "How can I help?"))
ANGRY = Understanding("complaint", "very_negative", 0.9, (Entity("order_number", "A-17"),))
BUSY = ModelTransient("Overloaded")


async def look(
    *models: Model, what: Analysis = "intent_analysis", calls: list[Call] | None = None
) -> Analysed:
    record = (calls if calls is not None else []).append
    return await analyse(
        Chain(models), "A-17 came broken!", HISTORY, what, timeout=30, record=record
    )


async def test_the_understanding_and_whose_it_is() -> None:
    calls: list[Call] = []
    model = ScriptedModel([Answer("", "silent", "", ANGRY)])
    assert await look(model, calls=calls) == Analysed(ANGRY, "test", "scripted")
    assert model.calls[0].asked == ["A-17 came broken!"]
    assert "How can I help?" in model.calls[0].prompt
    assert [(call.outcome, call.input_tokens) for call in calls] == [("ok", 100)]


async def test_the_two_are_asked_for_differently() -> None:
    model = ScriptedModel()
    await look(model, what="intent_analysis")
    await look(model, what="sentiment_analysis")
    wants, feels = (call.prompt.partition("\n")[0] for call in model.calls)
    assert "what the customer wants" in wants
    assert "how the customer feels" in feels


async def test_no_reply_is_asked_for(model_at: MakeModel) -> None:
    async with OpenAIStub() as stub:
        await look(model_at(stub))
    body = stub.requests[0].body
    properties = body["response_format"]["json_schema"]["schema"]["properties"]
    assert list(properties) == ["intent", "sentiment", "language", "confidence", "entities"]
    assert '"reply"' not in str(body["messages"])


async def test_the_next_model_is_asked_and_each_call_is_booked(model_at: MakeModel) -> None:
    calls: list[Call] = []
    async with OpenAIStub(script=[Canned(body=completion("Rather angry."))]) as stub:
        found = await look(ScriptedModel([BUSY]), model_at(stub), LocalModel(), calls=calls)
    assert found.provider == "local"
    assert [call.outcome for call in calls] == ["error", "error", "ok"]


async def test_failures_are_those_of_an_answer() -> None:
    with pytest.raises(ModelTransient, match="Overloaded"):
        await look(ScriptedModel([BUSY]))
    with pytest.raises(ModelRefused, match="declined"):
        await look(ScriptedModel([ModelRefused("declined", code=DECLINED)]), ScriptedModel())


async def test_the_local_model_reads_and_says_nothing(http: aiohttp.ClientSession) -> None:
    calls: list[Call] = []
    found = await look(LocalModel(), calls=calls)
    assert found.understanding == Understanding("unknown", "neutral", 0.0)
    assert calls[0].output_tokens == 0
