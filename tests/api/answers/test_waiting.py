"""The conversations that wait for a person, who waits longest first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import aiohttp
import pytest

from rejoinder.llm.model import Answer
from rejoinder.testing import ScriptedModel
from tests.api.answers.ask import ask
from tests.api.application import Application
from tests.api.say import body, read, send


async def called(client: aiohttp.ClientSession, model: ScriptedModel, reason: str) -> str:
    """A conversation in which a person was called for that reason."""
    model.script.append(Answer("A colleague will call.", "hand_off", reason))
    outcome = await send(client, body(text="It is about my parcel"), 200, wait=20)
    assert outcome["status"] == "handed_off"
    return str(outcome["conversation_id"])


async def waiting(client: aiohttp.ClientSession, **query: str) -> dict[str, Any]:
    found: dict[str, Any] = await read(client, "/conversations", state="waiting", **query)
    return found


@pytest.fixture
async def last(client: aiohttp.ClientSession) -> dict[str, str]:
    """The query for what is called from now on: the tests share a workspace."""
    query: dict[str, str] = {}
    while following := (await waiting(client, limit="1", **query))["next"]:
        query = {"after": following}
    return query


async def test_who_waits_why_and_since_when(
    client: aiohttp.ClientSession, model: ScriptedModel, last: dict[str, str]
) -> None:
    first = await called(client, model, "wants a discount")
    second = await called(client, model, "the parcel is lost")
    found = await waiting(client, **last)
    assert [(each["conversation_id"], each["escalation_reason"]) for each in found["items"]] == [
        (first, "wants a discount"),
        (second, "the parcel is lost"),
    ]
    since = [datetime.fromisoformat(each["escalated_at"]) for each in found["items"]]
    assert since == sorted(since)
    page = await waiting(client, **last, limit="1")
    assert page["items"] == found["items"][:1]
    await ask(client, "POST", f"/conversations/{first}/takeover", json={"agent": "anna"})
    rest = await waiting(client, after=page["next"])
    assert rest["items"] == found["items"][1:]
    assert await read(client, f"/conversations/{second}") == rest["items"][0]


async def test_one_who_calls_again_meanwhile_hides_nobody(
    client: aiohttp.ClientSession, model: ScriptedModel, last: dict[str, str]
) -> None:
    first, second, third = [await called(client, model, "first call") for _ in range(3)]
    page = await waiting(client, **last, limit="1")
    assert [each["conversation_id"] for each in page["items"]] == [first]
    await ask(client, "POST", f"/conversations/{first}/release", json={"agent": "anna"})
    model.script.append(Answer("A colleague will call.", "hand_off", "second call"))
    thread = (await read(client, f"/conversations/{first}"))["thread_key"]
    again = await send(client, body(conversation_id=thread, text="And now?"), 200, wait=20)
    assert again["conversation_id"] == first
    rest = await waiting(client, after=page["next"])
    assert [(each["conversation_id"], each["escalation_reason"]) for each in rest["items"]] == [
        (second, "first call"),
        (third, "first call"),
        (first, "second call"),
    ]


async def test_others_are_listed_by_their_state(
    client: aiohttp.ClientSession, model: ScriptedModel
) -> None:
    outcome = await send(client, body(), 200, wait=20)
    found = (await read(client, "/conversations", state="bot", limit="200"))["items"]
    assert {each["state"] for each in found} == {"bot"}
    assert found[-1]["conversation_id"] == outcome["conversation_id"]
    assert found[-1]["escalated_at"] is None


async def test_a_workspace_sees_its_own(
    program: Application, client: aiohttp.ClientSession, model: ScriptedModel
) -> None:
    conversation_id = await called(client, model, "wants a discount")
    elsewhere = await program.token("admin", await program.neighbour())
    async with program.client(elsewhere) as other:
        found = (await waiting(other, limit="200"))["items"]
        assert conversation_id not in [each["conversation_id"] for each in found]
        behind = f"0.{conversation_id}"
        found = (await waiting(other, limit="200", after=behind))["items"]
        assert conversation_id not in [each["conversation_id"] for each in found]


async def test_it_needs_an_operators_token(program: Application) -> None:
    async with program.client(await program.token(scope="ingest")) as caller:
        await ask(caller, "GET", "/conversations", 403)


@pytest.mark.parametrize("query", [{"state": "new"}, {"limit": "0"}, {"after": "x"}])
async def test_rubbish_is_refused(client: aiohttp.ClientSession, query: dict[str, str]) -> None:
    await ask(client, "GET", "/conversations", 422, params=query)


SOMEBODY = "01890a5d-ac96-774b-bcce-b302099a8057"
MARK = f"1700000000000000.{SOMEBODY}"


@pytest.mark.parametrize(
    "after",
    [
        SOMEBODY,  # a mark of before they held the time
        MARK[1:-1],
        MARK.replace(".", ","),
        f"{MARK}.1",
        f"-{MARK}",
        f"99999999{MARK}",
        f"999999999999999999.{SOMEBODY}",
        "\u0967.00000000-0000-0000-0000-000000000000",
        "",
    ],
)
async def test_a_mark_that_is_none_is_told(client: aiohttp.ClientSession, after: str) -> None:
    query = {"state": "waiting", "after": after}
    told = await ask(client, "GET", "/conversations", 422, params=query)
    assert "`next` of the page before" in told["mend"]


async def test_a_mark_of_who_waits_is_none_elsewhere(client: aiohttp.ClientSession) -> None:
    for state in ({}, {"state": "bot"}):
        told = await ask(client, "GET", "/conversations", 422, params={**state, "after": MARK})
        assert "same `state`" in told["mend"]


async def test_behind_the_newest_is_nothing(client: aiohttp.ClientSession) -> None:
    assert await waiting(client, after=f"9{MARK}") == {"items": [], "next": None}
