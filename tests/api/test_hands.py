"""People and conversations: who takes one over, writes, releases, closes; and what is refused."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from rejoinder.db import new_id
from tests.api.application import Application
from tests.api.say import read, say


async def act(
    client: aiohttp.ClientSession,
    conversation: str,
    what: str,
    status: int = 200,
    /,
    query: dict[str, str] | None = None,
    **body: Any,
) -> dict[str, Any]:
    """POST what a person does."""
    path = f"/api/v1/conversations/{conversation}/{what}"
    async with client.post(
        path, json=body if body or what == "takeover" else None, params=query
    ) as response:
        answer: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, answer
        return answer


@pytest.fixture
async def conversation(client: aiohttp.ClientSession) -> str:
    """A conversation that has just begun."""
    return str((await say(client))["conversation_id"])


async def test_a_person_takes_over_writes_and_releases(
    client: aiohttp.ClientSession, conversation: str
) -> None:
    taken = await act(client, conversation, "takeover", agent="anna")
    assert (taken["state"], taken["agent"]) == ("agent", "anna")
    written = await act(client, conversation, "messages", 201, agent="anna", text="I am Anna.")
    messages = (await read(client, f"/conversations/{conversation}/messages"))["items"]
    assert messages[-1]["message_id"] == written["message_id"]
    assert (messages[-1]["sender_type"], messages[-1]["sender_id"]) == ("agent", "anna")
    released = await act(client, conversation, "release", agent="anna")
    assert (released["state"], released["agent"], released["turn_id"]) == ("bot", None, None)


async def test_another_is_told_who_holds_it(
    client: aiohttp.ClientSession, conversation: str
) -> None:
    await act(client, conversation, "takeover", agent="anna")
    for what, body in (("takeover", dict[str, Any]()), ("messages", {"text": "No, I do."})):
        refused = await act(client, conversation, what, 409, agent="bo", **body)
        assert refused["code"] == "held_by_another"
        assert "anna" in refused["detail"]


async def test_by_the_callers_own_name(client: aiohttp.ClientSession) -> None:
    thread = f"thread-{uuid4().hex}"
    await say(client, conversation_id=thread)
    taken = await act(client, thread, "takeover", query={"by": "external"}, agent="anna")
    assert taken["thread_key"] == thread


async def test_a_closed_one_says_so(client: aiohttp.ClientSession, conversation: str) -> None:
    assert (await act(client, conversation, "close"))["state"] == "closed"
    assert (await act(client, conversation, "close"))["state"] == "closed"
    refused = await act(client, conversation, "messages", 409, agent="anna", text="Hello?")
    assert refused["code"] == "conversation_closed"


async def test_the_same_message_again(client: aiohttp.ClientSession, conversation: str) -> None:
    given: dict[str, Any] = {"agent": "anna", "text": "Hi.", "message_id": f"r-{uuid4()}"}
    first = await act(client, conversation, "messages", 201, **given)
    again = await act(client, conversation, "messages", 200, **given)
    assert again["message_id"] == first["message_id"]
    refused = await act(client, conversation, "messages", 409, **given | {"text": "Ho."})
    assert refused["code"] == "message_conflict"


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("takeover", {}),
        ("takeover", {"agent": " "}),
        ("takeover", {"agent": "a\x00"}),
        ("takeover", {"agent": "anna", "force": True}),
        ("messages", {"agent": "anna"}),
        ("messages", {"agent": "anna", "text": " "}),
        ("messages", {"agent": "anna", "text": "x" * 32_769}),
        ("release", {"agent": 5}),
    ],
)
async def test_rubbish_changes_nothing(
    client: aiohttp.ClientSession, conversation: str, what: str, body: dict[str, Any]
) -> None:
    await act(client, conversation, what, 422, **body)
    assert (await read(client, f"/conversations/{conversation}"))["agent"] is None


@pytest.mark.parametrize("what", ["takeover", "release", "close", "messages"])
async def test_one_that_is_not_there_or_is_anothers(
    program: Application, client: aiohttp.ClientSession, conversation: str, what: str
) -> None:
    body: dict[str, Any] = {"agent": "anna"} | ({"text": "Hi."} if what == "messages" else {})
    await act(client, str(new_id()), what, 404, **body)
    neighbour = await program.neighbour()
    async with program.client(await program.token(workspace_id=neighbour)) as other:
        await act(other, conversation, what, 404, **body)
    assert (await read(client, f"/conversations/{conversation}"))["state"] != "closed"


async def test_it_needs_an_operators_token(program: Application, conversation: str) -> None:
    async with program.client(await program.token(scope="ingest")) as caller:
        await act(caller, conversation, "takeover", 403, agent="anna")
