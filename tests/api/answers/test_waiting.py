"""The conversations that wait for a person, who waits longest first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import aiohttp
import pytest

from rejoinder.db import new_id
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
    items = (await waiting(client, limit="200"))["items"]
    return {"after": items[-1]["conversation_id"]} if items else {}


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
    assert (page["items"], page["next"]) == (found["items"][:1], first)
    await ask(client, "POST", f"/conversations/{first}/takeover", json={"agent": "anna"})
    rest = await waiting(client, after=first)
    assert rest["items"] == found["items"][1:]
    assert await read(client, f"/conversations/{second}") == rest["items"][0]


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
        assert (await waiting(other, after=conversation_id))["items"] == []


async def test_it_needs_an_operators_token(program: Application) -> None:
    async with program.client(await program.token(scope="ingest")) as caller:
        await ask(caller, "GET", "/conversations", 403)


@pytest.mark.parametrize("query", [{"state": "new"}, {"limit": "0"}, {"after": "x"}])
async def test_rubbish_is_refused(client: aiohttp.ClientSession, query: dict[str, str]) -> None:
    await ask(client, "GET", "/conversations", 422, params=query)


async def test_behind_what_is_not_there_is_nothing(client: aiohttp.ClientSession) -> None:
    assert await waiting(client, after=str(new_id())) == {"items": [], "next": None}
