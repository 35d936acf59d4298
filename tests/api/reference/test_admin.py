"""`/api/v1/admin/…` and `/api/v1/status/handler`, field by field as the document prints them."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from tests.api.problem import problem
from tests.api.reference.conftest import Shop


async def test_the_handlers_status(shop: Shop) -> None:
    assert await shop.get("/api/v1/status/handler") == {
        "initialized": True,
        "components": {
            "redis_connected": False,
            "lock_manager": True,
            "background_job_manager": {
                "redis_connected": False,
                "status": "healthy",
                "active_jobs": 0,
            },
        },
        "status": "healthy",
        "storage_backend": "PostgreSQL",
    }
    calls = len(shop.house.model.calls)
    shop.house.model.hold()
    held = asyncio.create_task(shop.handle("Hello"))
    await shop.house.model.called(calls + 1)
    told = await shop.get("/api/v1/status/handler")
    assert told["components"]["background_job_manager"]["active_jobs"] == 1
    shop.house.model.release()
    await held


async def test_conversations_are_listed_newest_first(shop: Shop) -> None:
    for number in range(3):
        await shop.handle("Hello", conversation_id=f"conv_{number}", message_id=f"msg_{number}")
    page = await shop.get("/api/v1/admin/conversations?limit=2")
    assert page["total_conversations"] == 3
    assert page["storage_backend"] == "PostgreSQL"
    first = page["conversations"][0]
    ours = first.pop("id")
    assert first.pop("last_message_timestamp") > 1699123456.789  # the reply is newer
    assert first == {
        "conversation_id": "conv_2",
        "last_message_id": "msg_2",
        "ai_processing": False,
        "context_size": 2,
        "state": "bot",
    }
    assert (await shop.get(f"/api/v1/conversations/{ours}"))["thread_key"] == "conv_2"
    rest = await shop.get(f"/api/v1/admin/conversations?limit=2&after={page['next']}")
    assert [each["conversation_id"] for each in rest["conversations"]] == ["conv_0"]
    assert rest["next"] is None
    async with shop.client.get("/api/v1/admin/conversations?limit=0") as response:
        await problem(response, 422, "invalid_request")


async def test_a_conversation_being_answered_shows_it_and_is_cancelled_by_its_name(
    shop: Shop,
) -> None:
    calls = len(shop.house.model.calls)
    shop.house.model.hold()
    held = asyncio.create_task(shop.handle("Hello", conversation_id="a/b", message_id="msg_1"))
    ask = await shop.house.model.called(calls + 1)
    (one,) = (await shop.get("/api/v1/admin/conversations"))["conversations"]
    assert one["ai_processing"] is True
    assert (await shop.get("/api/v1/admin/health"))["statistics"]["active_ai_tasks"] == 1
    assert (await shop.get("/api/v1/admin/stats"))["conversations"]["active_processing"] == 1
    told = await shop.post("/api/v1/admin/conversations/a/b/cancel")
    assert told == {
        "success": True,
        "message": "Processing cancelled",
        "conversation_id": "a/b",
        "id": one["id"],
        "cancelled": 1,
        "storage_backend": "PostgreSQL",
    }
    await shop.house.model.until(lambda: ask.state == "cancelled")
    assert (await held)["result"]["status"] == "silent"
    again = await shop.post(f"/api/v1/admin/conversations/{one['id']}/cancel")
    assert (again["success"], again["cancelled"]) == (True, 0)


async def test_a_cancel_of_nothing(shop: Shop) -> None:
    for named in ("no-such-thread", str(uuid4()), "%00"):
        async with shop.client.post(f"/api/v1/admin/conversations/{named}/cancel") as response:
            await problem(response, 404, "not_found")
    told = await shop.handle("Hello", conversation_id="conv_1")
    assert told["success"]
    (one,) = (await shop.get("/api/v1/admin/conversations"))["conversations"]
    await shop.post(f"/api/v1/conversations/{one['id']}/close")
    async with shop.client.post("/api/v1/admin/conversations/conv_1/cancel") as response:
        await problem(response, 409, "conversation_closed")


async def test_another_workspaces_conversations_are_not_there(shop: Shop) -> None:
    await shop.handle("Hello", conversation_id="conv_1")
    program = shop.house.program
    async with program.client(await program.token("admin", await program.neighbour())) as client:
        async with client.get("/api/v1/admin/conversations") as response:
            assert (await response.json())["total_conversations"] == 0
        async with client.post("/api/v1/admin/conversations/conv_1/cancel") as response:
            await problem(response, 404, "not_found")


async def test_health(shop: Shop) -> None:
    await shop.handle("Hello")
    told = await shop.get("/api/v1/admin/health")
    assert told.pop("timestamp") > 1.7e9
    assert told.pop("workers") >= 1
    assert told == {
        "status": "healthy",
        "statistics": {"total_conversations": 1, "active_ai_tasks": 0, "stuck_conversations": 0},
        "redis_status": "not_configured",
        "postgres_status": "connected",
        "storage_backend": "PostgreSQL",
        "stuck_conversations": [],
        "supported_action_types": [
            *("send_message", "send_quick_replies", "send_carousel"),
            *("transfer_to_agent", "collect_info", "end_conversation"),
        ],
    }


async def test_stats(shop: Shop) -> None:
    for _ in range(2):
        await shop.handle("Hello")
    async with shop.house.program.db.transaction(shop.workspace_id) as tx:
        await tx.connection.execute(
            """UPDATE conversations SET last_message_timestamp = now() - interval '25 hours'
               WHERE workspace_id = $1 AND conversation_id = (SELECT min(conversation_id::text)::uuid
                   FROM conversations WHERE workspace_id = $1)""",
            tx.workspace_id,
        )
    told = await shop.get("/api/v1/admin/stats")
    assert told["conversations"] == {"total": 2, "recent": 1, "old": 1, "active_processing": 0}
    assert told["redis_stats"] is None
    assert told["storage_backend"] == "PostgreSQL"
    postgres = told["postgres_stats"]
    assert 1 <= postgres["connections"] <= postgres["max_connections"]
    assert postgres["database_bytes"] > 1_000_000
    assert postgres["database_size"].split()[-1] in ("kB", "MB", "GB")


async def test_a_cleaning_by_hand(shop: Shop) -> None:
    for path in ("/api/v1/admin/system/cleanup?max_age_hours=24", "/admin/system/cleanup"):
        told = await shop.post(path)
        assert told["success"] is True
        assert told["max_age_hours"] == 24
        assert set(told["cleaned"]) >= {"finished_jobs", "failed_jobs", "events", "conversations"}
        assert told["storage_backend"] == "PostgreSQL"
    for wrong in ("-1", "nan", "inf", "x", "1e300"):
        async with shop.client.post(f"/admin/system/cleanup?max_age_hours={wrong}") as response:
            await problem(response, 422, "invalid_request")


async def test_who_may_not(shop: Shop) -> None:
    program = shop.house.program
    async with program.client(await program.token("operate")) as client:
        for path in ("conversations", "health", "stats"):
            async with client.get(f"/api/v1/admin/{path}") as response:
                await problem(response, 403, "forbidden")
        for path in ("/api/v1/admin/conversations/x/cancel", "/admin/system/cleanup"):
            async with client.post(path) as response:
                await problem(response, 403, "forbidden")
