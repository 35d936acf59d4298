"""`POST /api/v1/messages/{id}/process`: the processing types of the AI engine's description."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from rejoinder.app.models import models_when_asked, no_models
from rejoinder.errors import Conflict, ModelRefused, ModelTransient
from rejoinder.llm.model import Answer, Entity, Understanding
from rejoinder.settings import load
from rejoinder.turns.answering.judging.words import handed_over
from tests.api.problem import problem
from tests.api.reference.conftest import Shop

PRINTED = {
    "success",
    "intent",
    "sentiment",
    "entities",
    "confidence",
    "response_text",
    "response_type",
    "response_metadata",
    "should_escalate",
    "escalation_reason",
    "processing_time",
    "error",
}
UPSET = Understanding("complaint", "very_negative", 0.8, (Entity("order_number", "A-17"),))


async def say(shop: Shop, text: str, wait: float = 10, **given: object) -> dict[str, Any]:
    """Hand a message in through the REST channel, and its outcome."""
    body = {"conversation_id": f"t-{uuid4().hex[:8]}", "text": text, **given}
    async with shop.client.post(f"/api/v1/messages?wait={wait}", json=body) as response:
        answer: dict[str, Any] = await response.json()
        assert response.status in {200, 202}, answer
        return answer


async def process(shop: Shop, message: dict[str, Any], kind: str, status: int = 200) -> Any:
    return await shop.post(
        f"/api/v1/messages/{message['message_id']}/process", {"processing_type": kind}, status
    )


async def ledger(shop: Shop) -> list[tuple[Any, ...]]:
    return await shop.sql(
        "SELECT message_id::text, outcome FROM ai_response_logs WHERE workspace_id = $1 ORDER BY log_id"
    )


async def test_an_answer_is_the_one_that_was_given(shop: Shop) -> None:
    shop.house.model.script.append(Answer("We are sorry.", "answer", "", UPSET, supported=0.9))
    message = await say(shop, "My order A-17 never came!")
    calls = len(shop.house.model.calls)
    told = await process(shop, message, "ai_response")
    assert told.keys() == PRINTED
    assert told.pop("processing_time") >= 0
    metadata = told.pop("response_metadata")
    assert metadata["turn_id"] == message["turn_id"]
    assert metadata["reply_ids"] == [reply["message_id"] for reply in message["replies"]]
    assert told == {
        "success": True,
        "intent": "complaint",
        "sentiment": "very_negative",
        "entities": {"order_number": "A-17"},
        "confidence": 0.8,
        "response_text": f"We are sorry.\n\n{handed_over('en')}",
        "response_type": "text",
        "should_escalate": True,
        "escalation_reason": "very negative sentiment",
        "error": None,
    }
    assert len(shop.house.model.calls) == calls


async def test_an_answer_that_is_being_made_is_waited_for(shop: Shop) -> None:
    calls = len(shop.house.model.calls)
    shop.house.model.hold()
    message = await say(shop, "Hello", wait=0)
    await shop.house.model.called(calls + 1)
    waiting = asyncio.create_task(process(shop, message, "ai_response"))
    shop.house.model.release()
    assert (await waiting)["response_text"] == "Read: Hello"


async def test_a_message_that_failed_is_answered_after_all(shop: Shop) -> None:
    shop.house.model.script.append(ModelRefused("no such model"))
    message = await say(shop, "Hello")
    assert message["status"] == "failed"
    told = await process(shop, message, "ai_response")
    assert (told["success"], told["response_text"]) == (True, "Read: Hello")
    shop.house.model.script.append(ModelRefused("no such model"))
    again = await say(shop, "Once more")
    shop.house.model.script.append(ModelRefused("no such model"))
    told = await process(shop, again, "ai_response")
    assert (told["success"], told["should_escalate"]) == (False, True)
    assert told["response_text"] == "Later."
    assert told["error"] == "AI response generation failed: the model failed"


async def test_a_message_that_was_handed_off_is_answered_after_all(shop: Shop) -> None:
    shop.house.model.script.append(Answer("", "hand_off", "asks for a person"))
    message = await say(shop, "A person, please")
    assert message["status"] == "handed_off"
    assert (await process(shop, message, "ai_response"))[
        "response_text"
    ] == "Read: A person, please"


async def test_a_persons_conversation_is_theirs(shop: Shop) -> None:
    message = await say(shop, "Hello")
    thread = {"conversation_id": message["thread_key"]}
    await shop.post(
        f"/api/v1/conversations/{message['conversation_id']}/takeover", {"agent": "Mai"}
    )
    second = await say(shop, "Hello?", **thread)
    told = await process(shop, second, "ai_response", 409)
    assert told["code"] == "held_by_another"


async def test_what_a_message_wants(shop: Shop) -> None:
    message = await say(shop, "My order A-17 never came!")
    shop.house.model.script.append(Answer("", "answer", "", UPSET))
    told = await process(shop, message, "intent_analysis")
    assert told["response_metadata"] == {"provider": "test", "model": "scripted"}
    assert (told["intent"], told["entities"]) == ("complaint", {"order_number": "A-17"})
    assert (told["confidence"], told["sentiment"], told["response_text"]) == (0.8, None, None)
    assert shop.house.model.calls[-1].asked == ["My order A-17 never came!"]
    kept = await shop.sql(
        """SELECT ai_confidence_score, intent_classification FROM messages
           WHERE workspace_id = $1 AND direction = 'inbound'"""
    )
    assert kept == [(0.8, UPSET.told())]
    assert await ledger(shop) == [(message["message_id"], "ok")] * 2


async def test_how_a_message_sounds(shop: Shop) -> None:
    first = await say(shop, "Hello")
    message = await say(shop, "This is a shame!", conversation_id=first["thread_key"])
    shop.house.model.script.append(Answer("", "answer", "", UPSET))
    told = await process(shop, message, "sentiment_analysis")
    assert (told["success"], told["sentiment"], told["confidence"]) == (True, "very_negative", 0.8)
    assert (told["intent"], told["entities"]) == (None, None)
    prompt = shop.house.model.calls[-1].prompt
    assert "Hello" in prompt, "what was said before is read"
    replies = await shop.sql(
        "SELECT count(*) FROM messages WHERE workspace_id = $1 AND sender_type = 'ai'"
    )
    assert replies == [(2,)], "an analysis answers nobody"


async def test_a_model_that_fails_is_told_and_booked(shop: Shop) -> None:
    message = await say(shop, "Hello")
    shop.house.model.script += [ModelTransient("it is overloaded")] * 20
    told = await process(shop, message, "intent_analysis")
    assert told["success"] is False
    assert told["error"].startswith("Intent analysis failed: ")
    assert {outcome for _, outcome in await ledger(shop)} == {"ok", "error"}


async def test_an_unknown_type_names_those_there_are(shop: Shop) -> None:
    message = await say(shop, "Hello")
    path = f"/api/v1/messages/{message['message_id']}/process"
    async with shop.client.post(path, json={"processing_type": "mood"}) as response:
        told = await problem(response, 422, "invalid_request")
    assert "Unknown processing type: mood" in told["detail"]
    for name in ("ai_response", "intent_analysis", "sentiment_analysis"):
        assert name in told["detail"]


async def test_what_cant_be_processed(shop: Shop) -> None:
    message = await say(shop, "Hello")
    kinds = ("ai_response", "intent_analysis")
    for kind in kinds:
        body = {"processing_type": kind}
        async with shop.client.post(f"/api/v1/messages/{uuid4()}/process", json=body) as response:
            await problem(response, 404, "not_found")
        reply = message["replies"][0]["message_id"]
        async with shop.client.post(f"/api/v1/messages/{reply}/process", json=body) as response:
            await problem(response, 409, "not_a_customers")
    async with shop.house.program.db.transaction(shop.workspace_id) as tx:
        await tx.connection.execute(
            "UPDATE conversations SET ai_enabled = false WHERE workspace_id = $1", tx.workspace_id
        )
    for kind in kinds:
        async with shop.client.post(
            f"/api/v1/messages/{message['message_id']}/process", json={"processing_type": kind}
        ) as response:
            told = await problem(response, 409, "ai_not_enabled")
            assert told["detail"] == "AI processing not enabled for this conversation."


async def test_a_message_by_the_callers_own_name(shop: Shop) -> None:
    await say(shop, "Hello", message_id="msg 1/a")
    told = await shop.post(
        "/api/v1/messages/msg%201%2Fa/process?by=external", {"processing_type": "ai_response"}
    )
    assert told["response_text"] == "Read: Hello"


async def test_a_server_without_a_model_says_so() -> None:
    with pytest.raises(Conflict) as refused:
        await no_models()
    assert (refused.value.status, refused.value.code) == (409, "no_model_here")
    assert refused.value.mend


async def test_a_server_beside_its_workers_loads_its_models_once() -> None:
    async with models_when_asked(load(model="local")) as models:
        chain = await models()
        assert chain.first.model_name == "local"
        assert await models() is chain
