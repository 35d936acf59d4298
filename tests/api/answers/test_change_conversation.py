"""How far the bot may go in one conversation, and what becomes of what is under way."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from rejoinder.db import new_id
from rejoinder.testing import ScriptedModel
from tests.api.answers.ask import answer, ask
from tests.api.application import Application
from tests.api.say import body, read, send


@pytest.fixture
async def begun(client: aiohttp.ClientSession) -> dict[str, Any]:
    """A conversation in which the bot has answered."""
    return await send(client, body(), 200, wait=20)


def at(begun: dict[str, Any]) -> str:
    return f"/conversations/{begun['conversation_id']}"


async def test_all_of_it(client: aiohttp.ClientSession, begun: dict[str, Any]) -> None:
    given = {
        "ai_enabled": False,
        "auto_response_enabled": False,
        "customer_satisfaction": 4.5,
    }
    changed = await ask(client, "PATCH", at(begun), json=given)
    assert {name: changed[name] for name in given} == given
    assert await ask(client, "PATCH", at(begun), json={}) == changed
    assert await ask(client, "PATCH", at(begun), json=dict.fromkeys(given)) == changed
    assert await read(client, at(begun)) == changed
    by_name = f"/conversations/{begun['thread_key']}"
    again = await ask(client, "PATCH", by_name, params={"by": "external"}, json=given)
    assert again == changed


@pytest.mark.parametrize(
    "given",
    [
        {"ai_enabled": "perhaps"},
        {"auto_response_enabled": 5},
        {"customer_satisfaction": -1},
        {"customer_satisfaction": 5.1},
        {"customer_satisfaction": "very"},
        {"state": "closed"},
        [],
    ],
)
async def test_rubbish_changes_nothing(
    client: aiohttp.ClientSession, begun: dict[str, Any], given: object
) -> None:
    before = await read(client, at(begun))
    await ask(client, "PATCH", at(begun), 422, json=given)
    assert await read(client, at(begun)) == before


async def test_a_closed_one_takes_no_modes_but_an_opinion(
    client: aiohttp.ClientSession, begun: dict[str, Any]
) -> None:
    await ask(client, "POST", f"{at(begun)}/close")
    for given in ({"ai_enabled": True}, {"auto_response_enabled": False, "ai_enabled": False}):
        refused = await ask(client, "PATCH", at(begun), 409, json=given)
        assert refused["code"] == "conversation_closed"
    changed = await ask(client, "PATCH", at(begun), json={"customer_satisfaction": 2})
    assert (changed["customer_satisfaction"], changed["state"]) == (2, "closed")


async def test_one_that_is_not_there_or_is_anothers(
    program: Application, client: aiohttp.ClientSession, begun: dict[str, Any]
) -> None:
    given = {"ai_enabled": False}
    await ask(client, "PATCH", f"/conversations/{new_id()}", 404, json=given)
    async with program.client(await program.token("admin", await program.neighbour())) as other:
        await ask(other, "PATCH", at(begun), 404, json=given)
    async with program.client(await program.token(scope="ingest")) as caller:
        await ask(caller, "PATCH", at(begun), 403, json=given)
    assert (await read(client, at(begun)))["ai_enabled"] is True


async def test_off_while_it_answers_and_on_again_answers_once(
    client: aiohttp.ClientSession, model: ScriptedModel, begun: dict[str, Any]
) -> None:
    before = len(model.calls)
    model.hold()
    given = body(conversation_id=begun["thread_key"], text="When do you open?")
    first = (await send(client, given))["message_id"]
    call = await model.called(before + 1)
    await ask(client, "PATCH", at(begun), json={"ai_enabled": False})
    await model.until(lambda: call.state == "cancelled")
    model.release()
    assert (await read(client, f"/messages/{first}"))["status"] == "handed_off"
    second = (await send(client, given | {"text": "Hello?"}, 200))["message_id"]
    model.script.append(answer("We open at nine."))
    for _ in range(2):
        await ask(client, "PATCH", at(begun), json={"ai_enabled": True})
    told = await read(client, f"/messages/{second}", wait="20")
    assert [each["text"] for each in told["replies"]] == ["We open at nine."]
    assert [call.asked for call in model.calls[before + 1 :]] == [["When do you open?", "Hello?"]]
    said = (await read(client, f"{at(begun)}/messages"))["items"]
    assert [each["direction"] for each in said][2:] == ["inbound", "inbound", "outbound"]


async def test_on_again_under_a_person_is_theirs(
    client: aiohttp.ClientSession, model: ScriptedModel, begun: dict[str, Any]
) -> None:
    before = len(model.calls)
    await ask(client, "PATCH", at(begun), json={"ai_enabled": False})
    given = body(conversation_id=begun["thread_key"], text="When do you open?")
    await send(client, given, 200)
    await ask(client, "POST", f"{at(begun)}/takeover", json={"agent": "anna"})
    await ask(client, "PATCH", at(begun), json={"ai_enabled": True})
    assert len(model.calls) == before
    model.script.append(answer("We open at nine."))
    released = await ask(client, "POST", f"{at(begun)}/release", json={"agent": "anna"})
    assert released["turn_id"]


async def test_on_again_writes_no_second_draft_over_one_that_was_sent(
    client: aiohttp.ClientSession, model: ScriptedModel, begun: dict[str, Any]
) -> None:
    await ask(client, "PATCH", at(begun), json={"auto_response_enabled": False})
    model.script.append(answer("We open at nine."))
    given = body(conversation_id=begun["thread_key"], text="When do you open?")
    await send(client, given, 200, wait=20)
    (draft,) = (await read(client, f"{at(begun)}/drafts"))["items"]
    await ask(client, "POST", f"/drafts/{draft['draft_id']}/send", json={"agent": "anna"})
    calls = len(model.calls)
    for on in (False, True):
        await ask(client, "PATCH", at(begun), json={"ai_enabled": on})
    model.script.append(answer("On Sundays at ten."))
    await send(client, given | {"text": "And on Sundays?"}, 200, wait=20)
    assert [call.asked for call in model.calls[calls:]] == [["And on Sundays?"]]
