"""What gave up is looked at, tried again or put away, one by one or many at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest

from rejoinder.db import new_id
from tests.api.problem import problem
from tests.api.work.conftest import Desk
from tests.eventually import eventually


def ids(answer: dict[str, Any]) -> list[UUID]:
    return [UUID(item["dead_letter_id"]) for item in answer["items"]]


async def state(desk: Desk) -> list[tuple[object, ...]]:
    """All that a replay or a discard would change."""
    return [
        tuple(row)
        for row in await desk.house.connection.fetch(
            """SELECT 'letter', dead_letter_id, resolution FROM dead_letters WHERE workspace_id = $1
               UNION ALL SELECT 'turn', turn_id, state FROM turns WHERE workspace_id = $1
               UNION ALL SELECT 'message', message_id, turn_id::text FROM messages WHERE workspace_id = $1
               ORDER BY 1, 2""",
            desk.house.workspace_id,
        )
    ]


async def test_they_are_listed_oldest_first_and_in_pages(desk: Desk) -> None:
    made = [(await desk.failed())["dead_letter_id"] for _ in range(3)]
    first = await desk.get("/dead-letters", limit="2")
    assert ids(first) == made[:2]
    assert ids(await desk.get("/dead-letters", after=first["next"], limit="2")) == made[2:]
    assert first["items"][0] == await desk.get(f"/dead-letters/{made[0]}")
    assert (first["items"][0]["kind"], first["items"][0]["error"]) == ("turn", "no model")


async def test_they_are_found_by_kind_conversation_and_resolution(desk: Desk) -> None:
    turn = await desk.failed()
    delivery = await desk.letter("delivery", new_id(), turn["conversation_id"])
    other = await desk.failed()
    await desk.post(f"/dead-letters/{other['dead_letter_id']}/discard")
    found = await desk.get("/dead-letters", conversation_id=str(turn["conversation_id"]))
    assert ids(found) == [turn["dead_letter_id"], delivery["dead_letter_id"]]
    assert ids(await desk.get("/dead-letters", kind="delivery")) == [delivery["dead_letter_id"]]
    (settled,) = (await desk.get("/dead-letters", resolved="true"))["items"]
    assert settled["dead_letter_id"] == str(other["dead_letter_id"])
    assert settled["resolution"] == "discarded"
    assert settled["resolved_by"].startswith("token ")


async def test_a_replayed_turn_is_answered(desk: Desk) -> None:
    letter = await desk.failed("When do you open?")
    replayed = await desk.post(f"/dead-letters/{letter['dead_letter_id']}/replay")
    assert replayed["kind"] == "turn"

    async def answered() -> bool:
        turn = await desk.get(f"/turns/{replayed['turn_id']}")
        return bool(turn["state"] in ("committed", "handed_off") and turn["reply_ids"])

    assert await eventually(answered, seconds=20)
    settled = await desk.get(f"/dead-letters/{letter['dead_letter_id']}")
    assert (settled["resolution"], settled["replayed_as"]) == ("replayed", replayed["turn_id"])
    job = await desk.get(f"/jobs/{letter['subject_id']}")
    assert (job["turn_id"], job["status"]) == (replayed["turn_id"], "completed")


async def test_a_discarded_one_is_settled_and_its_turn_stays(desk: Desk) -> None:
    letter = await desk.failed()
    answer = await desk.post(f"/dead-letters/{letter['dead_letter_id']}/discard")
    assert answer == {"dead_letter_id": str(letter["dead_letter_id"]), "discarded": True}
    assert (await desk.get(f"/turns/{letter['subject_id']}"))["state"] == "failed"
    assert ids(await desk.get("/dead-letters")) == []


@pytest.mark.parametrize("action", ["replay", "discard"])
async def test_twice_is_refused_and_changes_nothing(desk: Desk, action: str) -> None:
    letter = await desk.failed()
    await desk.post(f"/dead-letters/{letter['dead_letter_id']}/discard")
    before = await state(desk)
    path = f"/api/v1/dead-letters/{letter['dead_letter_id']}/{action}"
    async with desk.client.post(path) as response:
        told = await problem(response, 409, "dead_letter_resolved")
    assert "discarded" in told["detail"]
    assert await state(desk) == before


@pytest.mark.parametrize("path", ["", "/replay", "/discard"])
async def test_one_that_is_gone_or_anothers_is_not_found(
    desk: Desk, stranger: aiohttp.ClientSession, path: str
) -> None:
    letter = await desk.failed()
    before = await state(desk)
    method = "POST" if path else "GET"
    for client, name in ((desk.client, uuid4()), (stranger, letter["dead_letter_id"])):
        async with client.request(method, f"/api/v1/dead-letters/{name}{path}") as response:
            await problem(response, 404, "not_found")
    assert await state(desk) == before


async def test_many_are_answered_one_by_one(desk: Desk) -> None:
    good, settled, gone = await desk.failed(), await desk.failed(), uuid4()
    await desk.post(f"/dead-letters/{settled['dead_letter_id']}/discard")
    named = [str(each) for each in (good["dead_letter_id"], settled["dead_letter_id"], gone, gone)]
    answer = await desk.post("/dead-letters/discard", ids=named)
    assert [(item["dead_letter_id"], item["status"]) for item in answer["items"]] == [
        (named[0], "discarded"),
        (named[1], "refused"),
        (named[2], "refused"),
    ]
    first, second, third = (item["detail"] for item in answer["items"])
    assert first is None
    assert "discarded already" in second
    assert "no dead letter" in third


async def test_all_of_a_kind_are_meant_at_once(desk: Desk) -> None:
    turns = [await desk.failed() for _ in range(2)]
    kept = await desk.letter("delivery", new_id(), turns[0]["conversation_id"])
    answer = await desk.post("/dead-letters/replay", kind="turn", all=True)
    assert [item["status"] for item in answer["items"]] == ["replayed", "replayed"]
    assert answer["next"] is None
    assert ids(await desk.get("/dead-letters")) == [kept["dead_letter_id"]]


async def test_one_that_can_not_be_replayed_now_stays(desk: Desk) -> None:
    letter = await desk.failed()
    await desk.house.connection.execute(
        "UPDATE conversations SET state = 'agent', agent = 'Lan' WHERE conversation_id = $1",
        letter["conversation_id"],
    )
    answer = await desk.post("/dead-letters/replay", all=True)
    assert [item["status"] for item in answer["items"]] == ["refused"]
    assert "Lan" in answer["items"][0]["detail"]
    assert ids(await desk.get("/dead-letters")) == [letter["dead_letter_id"]]


WRONG: dict[str, dict[str, object]] = {
    "neither": {},
    "both": {"ids": [str(uuid4())], "all": True},
    "no ids": {"ids": []},
    "too many": {"ids": [str(uuid4()) for _ in range(501)]},
    "ids of a kind": {"ids": [str(uuid4())], "kind": "turn"},
    "no such kind": {"all": True, "kind": "pigeon"},
    "no id": {"ids": ["one"]},
    "another field": {"all": True, "workspace_id": str(uuid4())},
}


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG.keys())
async def test_a_body_that_names_none_or_too_many_is_refused(
    desk: Desk, body: dict[str, object]
) -> None:
    await desk.failed()
    before = await state(desk)
    async with desk.client.post("/api/v1/dead-letters/discard", json=body) as response:
        await problem(response, 422, "invalid_request")
    assert await state(desk) == before
