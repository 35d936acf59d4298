"""`POST /api/v1/chat/message`, field by field as the document prints it."""

from __future__ import annotations

import asyncio
import json
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from tests.api.problem import problem
from tests.api.reference.conftest import Shop
from tests.eventually import eventually

PRINTED = {
    "success",
    "status",
    "message",
    "error",
    "action",
    "ai_job_id",
    "lock_id",
    "consolidated_messages",
    "bot_name",
}
PATH = "/api/v1/chat/message"


async def chat(shop: Shop, history: str, thread: str | None, **given: object) -> dict[str, Any]:
    """What the chat's caller is told."""
    return await shop.post(PATH, {"conversation_id": thread, "history": history, **given})


async def said(shop: Shop) -> list[tuple[Any, ...]]:
    """(sender, text, whether a turn answers it) of each message, in order."""
    return await shop.sql(
        """SELECT sender_type, text, turn_id IS NOT NULL FROM messages WHERE workspace_id = $1
           ORDER BY conversation_id, seq"""
    )


async def done(shop: Shop, job_id: str) -> dict[str, Any]:
    """The job, once it is completed."""

    async def look() -> dict[str, Any] | None:
        found = await shop.get(f"/api/v1/jobs/{job_id}")
        return found if found["status"] == "completed" else None

    found = await eventually(look)
    assert found is not None
    return found


async def test_the_answer_is_begun(shop: Shop) -> None:
    told = await chat(
        shop,
        "<USER>Hello, how are you?</USER><br><BOT>I'm doing well!</BOT><br><USER>When do you open?</USER><br>",
        None,
        resources={"user_id": "123", "session_type": "web"},
    )
    assert told.keys() == PRINTED | {"conversation_id"}
    UUID(told.pop("conversation_id"))
    UUID(told.pop("lock_id"))
    job_id = told.pop("ai_job_id")
    assert told == {
        "success": True,
        "status": "ai_processing_started",
        "message": "Message received and AI processing started",
        "error": None,
        "action": "lock_acquired",
        "consolidated_messages": 1,
        "bot_name": "Default Bot",
    }
    job = await done(shop, job_id)
    assert job["result"]["response_text"] == "Read: When do you open?"
    assert job["resources"] == {"user_id": "123", "session_type": "web"}
    assert await said(shop) == [
        ("customer", "Hello, how are you?", False),
        ("ai", "I'm doing well!", False),
        ("customer", "When do you open?", True),
        ("ai", "Read: When do you open?", True),
    ]
    prompt = shop.house.model.calls[-1].prompt
    assert prompt.index("Hello, how are you?") < prompt.index("I'm doing well!")


async def test_the_same_request_again_is_the_same_job(shop: Shop) -> None:
    shop.house.model.hold()
    history = "<USER>One</USER><br>"
    first = await chat(shop, history, "t")
    again = await chat(shop, f" {history}\n", "t")
    assert again["ai_job_id"] == first["ai_job_id"]
    assert (again["status"], again["action"], again["success"]) == ("locked", "lock_exists", True)
    shop.house.model.release()
    await done(shop, first["ai_job_id"])
    later = await chat(shop, history, "t")
    assert (later["status"], later["action"]) == ("completed", None)
    assert later["ai_job_id"] == first["ai_job_id"]
    assert [row[:2] for row in await said(shop)] == [("customer", "One"), ("ai", "Read: One")]


async def test_two_requests_at_once_are_one_job(shop: Shop) -> None:
    shop.house.model.hold()
    history = "<USER>a</USER><BOT>b</BOT><USER>c</USER><USER>d</USER>"
    told = await asyncio.gather(*(chat(shop, history, "t") for _ in range(4)))
    assert len({each["ai_job_id"] for each in told}) == 1
    assert [row[1] for row in await said(shop)] == ["a", "b", "c", "d"]


async def test_a_longer_history_adds_its_new_lines(shop: Shop) -> None:
    shop.house.model.hold()
    calls = len(shop.house.model.calls)
    first = await chat(shop, "<USER>One</USER><br>", "t")
    await shop.house.model.called(calls + 1)
    told = await chat(shop, "<USER>One</USER><br><USER>Two</USER><br><USER>Three</USER>", "t")
    assert (told["status"], told["action"]) == ("locked", "lock_exists")
    assert told["consolidated_messages"] == 3
    assert told["lock_id"] == first["lock_id"]
    shop.house.model.release()
    job = await done(shop, told["ai_job_id"])
    assert job["result"]["response_text"] == "Read: One | Two | Three"
    old = await shop.get(f"/api/v1/jobs/{first['ai_job_id']}")
    assert old["turn_id"] == job["turn_id"]


async def test_our_own_answers_in_the_history_are_not_stored_again(shop: Shop) -> None:
    await done(shop, (await chat(shop, "<USER>One</USER>", "t"))["ai_job_id"])
    told = await chat(shop, "<USER>One</USER><br><BOT>Read: One</BOT><br><USER>Two</USER><br>", "t")
    assert told["action"] == "lock_acquired"
    await done(shop, told["ai_job_id"])
    assert [row[1] for row in await said(shop)] == ["One", "Read: One", "Two", "Read: Two"]


async def test_several_lines_are_one_answer(shop: Shop) -> None:
    await shop.set_bot(quiet_seconds=0.5)
    told = await chat(shop, "<USER>One</USER><USER>a < b & c\nd > e</USER>", "t")
    assert told["consolidated_messages"] == 2
    assert told["action"] == "lock_acquired"
    job = await done(shop, told["ai_job_id"])
    assert job["result"]["response_text"] == "Read: One | a < b & c\nd > e"


async def test_a_history_that_was_left_half_way_is_completed(shop: Shop) -> None:
    """A caller whose first request broke off sends it again."""
    history = "<USER>a</USER><BOT>b</BOT><USER>c</USER>"
    told = await chat(shop, history, "t")
    await done(shop, told["ai_job_id"])
    async with shop.house.program.db.transaction(
        shop.workspace_id
    ) as tx:  # as if only `a` was stored
        for table in ("messages", "events"):
            await tx.connection.execute(
                f"DELETE FROM {table} WHERE workspace_id = $1 AND seq > 2", tx.workspace_id
            )
        await tx.connection.execute("DELETE FROM turns WHERE workspace_id = $1", tx.workspace_id)
    assert [row[1] for row in await said(shop)] == ["a"]
    await done(shop, (await chat(shop, history, "t"))["ai_job_id"])
    assert [row[1] for row in await said(shop)] == ["a", "b", "c", "Read: c"]


async def test_a_bot_that_rejects(shop: Shop) -> None:
    await shop.set_bot(overlap_policy="reject")
    shop.house.model.hold()
    calls = len(shop.house.model.calls)
    first = await chat(shop, "<USER>One</USER>", "t")
    await shop.house.model.called(calls + 1)
    told = await chat(shop, "<USER>One</USER><USER>Two</USER>", "t")
    assert (told["success"], told["status"], told["action"]) == (False, "locked", "lock_exists")
    assert told["error"] == "processing_in_progress"
    assert told["ai_job_id"] is None
    assert told["lock_id"] == first["lock_id"]
    assert [row[1] for row in await said(shop)] == ["One"]
    shop.house.model.release()
    await done(shop, first["ai_job_id"])
    again = await chat(shop, "<USER>One</USER><USER>Two</USER>", "t")
    assert again["action"] == "lock_acquired"


async def test_a_person_holds_the_conversation(shop: Shop) -> None:
    first = await chat(shop, "<USER>One</USER>", "t")
    await done(shop, first["ai_job_id"])
    await shop.post(f"/api/v1/conversations/{first['lock_id']}/takeover", {"agent": "Mai"})
    told = await chat(shop, "<USER>One</USER><BOT>Read: One</BOT><USER>Two</USER>", "t")
    assert (told["success"], told["status"], told["ai_job_id"]) == (True, "handed_off", None)
    assert (await said(shop))[-1] == ("customer", "Two", False)


async def test_the_same_words_in_two_threads_are_two_messages(shop: Shop) -> None:
    one, two = [await chat(shop, "<USER>Hello</USER>", name) for name in ("t1", "t2")]
    assert one["ai_job_id"] != two["ai_job_id"]


async def test_broken_histories_store_nothing(shop: Shop) -> None:
    for history in ("<USER>Hello", "Hello", "<USER>a</USER><BOT>b</BOT>", "<br>"):
        async with shop.client.post(PATH, json={"history": history}) as response:
            await problem(response, 422, "broken_history")
    many = "".join(f"<USER>{number}</USER>" for number in range(51))
    for body in (
        {"history": many},
        {"history": ""},
        {"history": None},
        {"history": "<USER>a\x00</USER>"},
        {"history": "<USER>a</USER>", "resources": {"big": "x" * 65_536}},
        {"history": "<USER>a</USER>", "resources": ["list"]},
        {"history": "<USER>a</USER>", "conversation_id": ""},
    ):
        async with shop.client.post(PATH, json=body) as response:
            await problem(response, 422, "invalid_request")
    large = BytesIO(json.dumps({"history": "<USER>a</USER>" * 90_000}).encode())
    kind = {"Content-Type": "application/json"}
    async with shop.client.post(PATH, data=large, headers=kind) as response:
        await problem(response, 413, "body_too_large")
    assert await said(shop) == []


async def test_a_long_past_is_kept_as_far_as_any_bot_reads(shop: Shop) -> None:
    past = "".join(f"<USER>q{number}</USER><BOT>a{number}</BOT>" for number in range(120))
    told = await chat(shop, f"{past}<USER>now</USER>", str(uuid4()))
    await done(shop, told["ai_job_id"])
    stored = await said(shop)
    assert len(stored) == 200 + 2
    assert stored[0][1] == "q20"
