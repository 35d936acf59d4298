"""Turns as operators see them, and as jobs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import aiohttp
import pytest

from tests.api.application import Application
from tests.api.problem import problem
from tests.api.say import body, send
from tests.api.work.conftest import Desk

SOON = timedelta(hours=1)


async def waiting(desk: Desk, **given: object) -> UUID:
    """A turn that is not due for long, with one message."""
    turn = await desk.turn("waiting", due_at=datetime.now(UTC) + SOON)
    await desk.message(turn, **given)
    turn_id = turn["turn_id"]
    assert isinstance(turn_id, UUID)
    return turn_id


async def test_turns_are_listed_by_state_and_conversation_in_pages(desk: Desk) -> None:
    first = await desk.turn("committed", decision="answer")
    second = await desk.turn("cancelled")
    third = await desk.turn("cancelled", conversation_id=first["conversation_id"])

    async def found(**query: str) -> list[str]:
        return [item["turn_id"] for item in (await desk.get("/turns", **query))["items"]]

    every = [str(turn["turn_id"]) for turn in (first, second, third)]
    assert await found() == every
    assert await found(state="cancelled") == every[1:]
    assert await found(conversation_id=str(first["conversation_id"])) == [every[0], every[2]]
    assert (
        await found(state="cancelled", conversation_id=str(first["conversation_id"])) == every[2:]
    )
    page = await desk.get("/turns", limit="2")
    assert await found(after=page["next"]) == every[2:]


async def test_an_answered_turn_shows_its_tries_messages_and_cost(program: Application) -> None:
    async with program.client(await program.token("operate")) as client:
        said = await send(client, body(text="When do you open?"), status=200, wait=20)
        async with client.get(f"/api/v1/turns/{said['turn_id']}") as response:
            assert response.status == 200
            turn = await response.json()
        assert turn["state"] in ("committed", "handed_off")
        assert turn["message_ids"] == [said["message_id"]]
        assert turn["reply_ids"] == [reply["message_id"] for reply in said["replies"]]
        (attempt,) = turn["attempts"]
        assert (attempt["attempt"], attempt["outcome"]) == (1, turn["state"])
        assert (turn["tokens"], turn["cost"]) == (attempt["tokens"], attempt["cost"])
        async with client.get(f"/api/v1/jobs/{said['turn_id']}") as response:
            job = await response.json()
    assert (job["kind"], job["status"], job["attempts"]) == ("ai_processing", "completed", 1)
    assert job["result"]["replies"] == said["replies"]
    assert job["result"]["response_text"] == "\n".join(r["text"] for r in said["replies"])
    assert job["result"]["model"] == "local"
    assert job["created_at"] <= job["started_at"] <= job["completed_at"]
    assert (job["error"], job["resources"]) == (None, None)


async def test_the_costs_of_all_tries_are_added(desk: Desk) -> None:
    turn = await desk.turn("committed", decision="answer")
    for number, tokens in enumerate((5, 7), 1):
        tried = {"turn_id": turn["turn_id"], "fence": number, "attempt": number, "worker": "w"}
        ended = {"outcome": "expired", "tokens": tokens, "cost": Decimal("0.25")}
        times = {"started_at": datetime.now(UTC), "ended_at": datetime.now(UTC)}
        await desk.house.add("turn_attempts", tried | ended | times)
    found = await desk.get(f"/turns/{turn['turn_id']}")
    assert (found["tokens"], float(found["cost"])) == (12, 0.5)
    assert [attempt["attempt"] for attempt in found["attempts"]] == [1, 2]


async def test_a_cancelled_turn_is_over_and_says_who_did_it(desk: Desk) -> None:
    turn_id = await waiting(desk)
    assert await desk.post(f"/turns/{turn_id}/cancel") == {
        "turn_id": str(turn_id),
        "cancelled": True,
    }
    found = await desk.get(f"/turns/{turn_id}")
    assert found["state"] == "cancelled"
    assert "token" in found["reason"]
    assert (await desk.get(f"/jobs/{turn_id}"))["status"] == "cancelled"


@pytest.mark.parametrize("path", ["/turns/{}/cancel", "/jobs/{}/cancel"])
@pytest.mark.parametrize("ended", ["committed", "cancelled", "handed_off", "failed"])
async def test_a_finished_turn_can_not_be_cancelled(desk: Desk, path: str, ended: str) -> None:
    turn = await desk.turn(ended)
    before = await desk.get(f"/turns/{turn['turn_id']}")
    async with desk.client.post("/api/v1" + path.format(turn["turn_id"])) as response:
        told = await problem(response, 409, "turn_ended")
    assert ended in told["detail"]
    assert await desk.get(f"/turns/{turn['turn_id']}") == before


PATHS = (
    ("GET", "/turns/{}"),
    ("POST", "/turns/{}/cancel"),
    ("GET", "/jobs/{}"),
    ("POST", "/jobs/{}/cancel"),
)


@pytest.mark.parametrize(("method", "path"), PATHS)
async def test_one_that_is_gone_or_anothers_is_not_found(
    desk: Desk, stranger: aiohttp.ClientSession, method: str, path: str
) -> None:
    turn_id = await waiting(desk)
    for client, name in ((desk.client, uuid4()), (stranger, turn_id)):
        async with client.request(method, "/api/v1" + path.format(name)) as response:
            await problem(response, 404, "not_found")
    assert (await desk.get(f"/turns/{turn_id}"))["state"] == "waiting"


async def test_a_job_is_followed_to_the_turn_that_has_its_messages(desk: Desk) -> None:
    last = await waiting(desk, metadata='{"resources": {"user_id": "7"}}')
    thread = (await desk.get(f"/turns/{last}"))["conversation_id"]
    middle = await desk.turn("superseded", conversation_id=UUID(thread), merged_into=last)
    first = await desk.turn(
        "superseded", conversation_id=UUID(thread), merged_into=middle["turn_id"]
    )
    job = await desk.get(f"/jobs/{first['turn_id']}")
    assert (job["job_id"], job["turn_id"]) == (str(first["turn_id"]), str(last))
    assert (job["status"], job["result"]) == ("queued", None)
    assert job["resources"] == {"user_id": "7"}
    answer = await desk.post(f"/jobs/{first['turn_id']}/cancel")
    assert answer == {"job_id": str(first["turn_id"]), "cancelled": True}
    assert (await desk.get(f"/turns/{last}"))["state"] == "cancelled"


STATES = {
    "running": ("running", None, "processing"),
    "failed": ("failed", "hand_off", "failed"),
    "handed off by the bot": ("handed_off", "hand_off", "completed"),
    "taken over by a person": ("handed_off", None, "cancelled"),
}


@pytest.mark.parametrize(("state", "decision", "status"), STATES.values(), ids=STATES.keys())
async def test_a_jobs_status_says_what_became_of_the_turn(
    desk: Desk, state: str, decision: str | None, status: str
) -> None:
    worker_no = await desk.house.connection.fetchval("SELECT max(worker_no) FROM workers")
    held = {"worker_no": worker_no, "lease_until": datetime.now(UTC) + SOON}
    turn = await desk.turn(
        state,
        decision=decision,
        reason="a reason",
        error="no model" if state == "failed" else None,
        **(held if state == "running" else {}),
    )
    job = await desk.get(f"/jobs/{turn['turn_id']}")
    assert job["status"] == status
    assert job["error"] == {"failed": "no model", "cancelled": "a reason"}.get(status)
    assert (job["result"] is not None) == (status == "completed")


async def test_who_hands_messages_in_may_ask_for_its_job_and_not_stop_it(
    desk: Desk, program: Application
) -> None:
    turn_id = await waiting(desk)
    async with program.client(await program.token("ingest", desk.house.workspace_id)) as client:
        async with client.get(f"/api/v1/jobs/{turn_id}") as response:
            assert response.status == 200
        async with client.post(f"/api/v1/jobs/{turn_id}/cancel") as response:
            await problem(response, 403, "forbidden")
