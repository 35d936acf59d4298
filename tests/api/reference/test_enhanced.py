"""`POST /api/v1/enhanced-handle-message`, field by field as the document prints it."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

from aiohttp import web

from rejoinder.errors import ModelRefused
from rejoinder.llm.model import Answer, Entity, Understanding
from tests.api.problem import problem
from tests.api.reference.conftest import ADMIN_TOKEN, PANCAKE_TOKEN, House, Shop
from tests.eventually import eventually

BOOKING = Answer(
    "Tôi sẽ giúp bạn đặt lịch khám bệnh.",
    "answer",
    "",
    Understanding(
        "book_appointment", "neutral", 0.95, (Entity("service_type", "medical_checkup"),)
    ),
)


def executed(count: int) -> web.Response:
    return web.json_response({"status": "success", "actions_executed": count})


async def test_completed(shop: Shop) -> None:
    shop.house.model.script.append(BOOKING)
    shop.house.backend.script.append(lambda: executed(2))
    told = await shop.handle("Tôi muốn đặt lịch khám bệnh", message_id="msg_67890")
    assert told.keys() == {"success", "result", "timestamp", "processing_time_ms"}
    assert told["success"] is True
    assert told["processing_time_ms"] > 0
    result = told["result"]
    response = result.pop("ai_response")
    assert response.pop("processing_time_ms") >= 0
    assert response == {
        "response_text": BOOKING.reply,
        "intent": "book_appointment",
        "confidence": 0.95,
        "entities": {"service_type": "medical_checkup"},
        "model_used": "scripted",
    }
    assert result == {
        "status": "completed",
        "extracted_actions": [{"type": "send_message", "data": {"message": BOOKING.reply}}],
        "pancake_result": {"status": "success", "actions_executed": 2},
        "message_id": "msg_67890",
        "storage_backend": "PostgreSQL",
        "distributed_lock_used": True,
    }


async def test_the_same_message_again_is_answered_with_the_same(shop: Shop) -> None:
    named = {"conversation_id": "conv_1", "message_id": "msg_1"}
    first = await shop.handle("Hello", **named)
    asked = len(shop.house.model.calls)
    again = await shop.handle("Hello", **named)
    assert again["result"] == first["result"]
    assert len(shop.house.model.calls) == asked


async def test_what_a_caller_sends_beside_is_passed_over(shop: Shop) -> None:
    told = await shop.handle("Hello", platform_version="3.1", timestamp=None)
    assert told["result"]["status"] == "completed"


async def test_locked_while_an_answer_is_made(shop: Shop) -> None:
    await shop.set_bot(overlap_policy="reject")
    held = await _held(shop, "One")
    refused = await shop.handle("Two", conversation_id="conv_1", message_id="msg_2")
    assert refused["success"] is True
    assert refused["result"] == {
        "status": "locked",
        "reason": "processing_in_progress",
        "message_id": "msg_2",
        "storage_backend": "PostgreSQL",
        "distributed_lock_used": True,
    }
    assert await shop.sql("SELECT count(*) FROM messages WHERE workspace_id = $1") == [(1,)]
    shop.house.model.release()
    assert (await held)["result"]["status"] == "completed"


async def test_restart_needed_when_newer_messages_wait(shop: Shop) -> None:
    await shop.set_bot(overlap_policy="enqueue")
    held = await _held(shop, "One")
    newer = asyncio.create_task(
        shop.handle("Two", conversation_id="conv_1", message_id="msg_2", timestamp=1699123457.789)
    )
    await _stored(shop, 2)
    shop.house.model.release()
    result = (await held)["result"]
    assert result["status"] == "restart_needed"
    assert result["newer_messages"] == [{"message_id": "msg_2", "timestamp": 1699123457.789}]
    current = result["current_result"]
    assert current.keys() == {"ai_response", "extracted_actions", "pancake_result"}
    assert current["ai_response"]["response_text"] == "Read: One"
    assert current["pancake_result"]["status"] == "success"
    assert (await newer)["result"]["status"] == "completed"


async def test_merged_is_locked_and_says_who_has_the_answer(shop: Shop) -> None:
    held = await _held(shop, "One")
    newer = asyncio.create_task(shop.handle("Two", conversation_id="conv_1", message_id="msg_2"))
    await shop.house.model.until(lambda: shop.house.model.calls[-1].asked == ["One", "Two"])
    shop.house.model.release()
    result = (await held)["result"]
    assert (result["status"], result["reason"]) == ("locked", "merged")
    assert result["answered_by"] == "msg_2"
    assert (await newer)["result"]["ai_response"]["response_text"] == "Read: One | Two"


async def test_a_model_that_fails_gives_the_fallback_and_a_person(shop: Shop) -> None:
    shop.house.model.script.append(ModelRefused("no such model"))
    told = await shop.handle("Hello")
    assert told["success"] is False
    result = told["result"]
    assert result["status"] == "failed"
    assert result["ai_response"]["response_text"] == "Later."
    assert {"type": "transfer_to_agent", "data": {"reason": "the model failed"}} in result[
        "extracted_actions"
    ]


async def test_handed_off(shop: Shop) -> None:
    shop.house.model.script.append(
        Answer("A colleague will call.", "hand_off", "asks for a person")
    )
    result = (await shop.handle("A person, please", conversation_id="conv_1"))["result"]
    assert result["status"] == "handed_off"
    assert result["reason"] == "asks for a person"
    assert [action["type"] for action in result["extracted_actions"]] == [
        "send_message",
        "transfer_to_agent",
    ]
    later = (await shop.handle("Hello?", conversation_id="conv_1"))["result"]
    assert (later["status"], later["turn_id"]) == ("handed_off", None)


async def test_pancake_refuses(shop: Shop) -> None:
    shop.house.backend.script.append(400)
    result = (await shop.handle("Hello"))["result"]
    assert result["status"] == "completed"
    assert result["pancake_result"]["status"] == "failed"
    assert result["pancake_result"]["actions_executed"] == 0
    assert "400" in result["pancake_result"]["error"]


async def test_pancake_never_answers(shop: Shop) -> None:
    shop.house.backend.script.append(None)
    result = (await shop.handle("Hello"))["result"]
    assert result["pancake_result"]["status"] == "unknown"


async def test_a_paused_channel_is_not_waited_for(shop: Shop) -> None:
    async with shop.house.program.db.transaction(shop.workspace_id) as tx:
        await tx.connection.execute(
            """UPDATE channels SET paused_until = 'infinity', paused_reason = 'a bad token'
               WHERE workspace_id = $1 AND platform = 'pancake'""",
            tx.workspace_id,
        )
    told = await shop.handle("Hello")
    assert told["result"]["pancake_result"] == {"status": "pending", "actions_executed": 0}
    assert told["processing_time_ms"] < 10_000, "a try and its answer are given 12 s"


async def test_pancake_is_not_configured(shop: Shop) -> None:
    async with shop.house.program.db.transaction(shop.workspace_id) as tx:
        await tx.connection.execute(
            "UPDATE channels SET settings = '{}' WHERE workspace_id = $1 AND platform = 'pancake'",
            tx.workspace_id,
        )
    posted = len(shop.house.backend.bodies)
    result = (await shop.handle("Hello"))["result"]
    assert result["status"] == "completed"
    assert result["pancake_result"] == {"status": "not_configured", "actions_executed": 0}
    assert len(shop.house.backend.bodies) == posted


async def test_a_workspace_without_the_channel_is_told(shop: Shop) -> None:
    async with shop.house.program.db.transaction(shop.workspace_id) as tx:
        await tx.connection.execute(
            "DELETE FROM channels WHERE workspace_id = $1 AND platform = 'pancake'", tx.workspace_id
        )
    body = {"conversation_id": "c", "message_id": "m", "message_content": "Hello"}
    async with shop.client.post("/api/v1/enhanced-handle-message", json=body) as response:
        await problem(response, 404, "not_found")


async def test_bad_bodies_are_refused_and_nothing_is_stored(shop: Shop) -> None:
    good: dict[str, Any] = {"conversation_id": "c", "message_id": "m", "message_content": "Hello"}
    for wrong in (
        {"message_content": "  "},
        {"message_content": "\x00"},
        {"message_id": ""},
        {"sender_type": "robot"},
        {"timestamp": 1699123456789},
        {"metadata": "none"},
    ):
        async with shop.client.post(
            "/api/v1/enhanced-handle-message", json=good | wrong
        ) as response:
            await problem(response, 422, "invalid_request")
    assert await shop.sql("SELECT count(*) FROM messages WHERE workspace_id = $1") == [(0,)]


async def test_the_environments_token_hands_messages_in_and_does_no_more(house: House) -> None:
    body = {
        "conversation_id": f"conv_{uuid4().hex[:8]}",
        "message_id": "msg_1",
        "message_content": "Hello",
    }
    async with house.program.client(PANCAKE_TOKEN) as client:
        async with client.post("/api/v1/enhanced-handle-message", json=body) as response:
            assert (await response.json())["result"]["status"] == "completed"
        async with client.get("/api/v1/admin/health") as response:
            await problem(response, 403, "forbidden")
    assert house.backend.headers[-1]["Authorization"] == f"Bearer {PANCAKE_TOKEN}"
    async with (
        house.program.client(ADMIN_TOKEN) as client,
        client.get("/api/v1/admin/health") as response,
    ):
        assert response.status == 200
    async with (
        house.program.client("no-token-of-ours") as client,
        client.get("/api/v1/admin/health") as response,
    ):
        await problem(response, 401, "unauthenticated")


async def _held(shop: Shop, text: str) -> asyncio.Task[dict[str, Any]]:
    """A message whose answer is being made: msg_1 in conv_1."""
    calls = len(shop.house.model.calls)
    shop.house.model.hold()
    task = asyncio.create_task(shop.handle(text, conversation_id="conv_1", message_id="msg_1"))
    await shop.house.model.called(calls + 1)
    return task


async def _stored(shop: Shop, count: int) -> None:
    """Until so many of the customer's messages are there."""

    async def there() -> bool:
        rows = await shop.sql(
            "SELECT count(*) FROM messages WHERE workspace_id = $1 AND direction = 'inbound'"
        )
        return bool(rows[0][0] == count)

    await eventually(there)
