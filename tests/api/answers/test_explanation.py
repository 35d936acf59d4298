"""Why a reply is as it is, over HTTP."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from rejoinder.db import new_id
from rejoinder.errors import ModelRefused
from rejoinder.testing import ScriptedModel
from tests.api.answers.ask import answer, ask
from tests.api.application import Application
from tests.api.say import body, read, send


async def why(client: aiohttp.ClientSession, message_id: str, **query: str) -> dict[str, Any]:
    return await read(client, f"/messages/{message_id}/explanation", **query)


async def test_a_message_and_its_reply_tell_the_same(
    client: aiohttp.ClientSession, model: ScriptedModel
) -> None:
    model.script.append(answer("We open at nine."))
    asked = body(text="When do you open?", message_id=f"m-{new_id()}")
    outcome = await send(client, asked, 200, wait=20)
    (reply,) = outcome["replies"]
    found = await why(client, outcome["message_id"])
    assert found == await why(client, reply["message_id"])
    assert found == await why(client, str(asked["message_id"]), by="external")
    assert (found["turn_id"], found["state"]) == (outcome["turn_id"], "committed")
    assert (found["decision"], found["model"]) == ("answer", "scripted")
    assert found["replies"] == [reply["message_id"]]
    assert [(each["attempt"], each["outcome"]) for each in found["attempts"]] == [(1, "committed")]
    assert found["waited_seconds"] > 0
    told = found["explanation"]
    assert told["read"]["asked"] == [outcome["message_id"]]
    assert told["calls"][0]["outcome"] == "ok"
    assert "When do you open" not in str(told)


async def test_while_the_turn_runs_there_is_none_yet(
    client: aiohttp.ClientSession, model: ScriptedModel
) -> None:
    model.hold()
    before = len(model.calls)
    given = body(text="When?")
    message = (await send(client, given))["message_id"]
    assert (await why(client, message))["explanation"] is None
    await model.called(before + 1)
    found = await why(client, message)
    assert (found["state"], found["explanation"], found["replies"]) == ("running", None, [])
    assert (found["waited_seconds"], found["decision"]) == (None, None)
    model.release()
    await read(client, f"/messages/{message}", wait="20")
    assert (await why(client, message))["explanation"] is not None


async def test_a_person_was_called(client: aiohttp.ClientSession, model: ScriptedModel) -> None:
    before = len(model.calls)
    outcome = await send(client, body(text="I want to talk to a human please"), 200, wait=20)
    found = await why(client, outcome["message_id"])
    assert (found["state"], found["decision"]) == ("handed_off", "hand_off")
    assert [each["rule"] for each in found["explanation"]["rules"] if each["fired"]] == [
        "asks_person"
    ]
    assert len(model.calls) == before
    assert found["explanation"]["calls"] == []
    conversation = await read(client, f"/conversations/{outcome['conversation_id']}")
    assert (conversation["state"], conversation["escalation_reason"]) == (
        "waiting",
        "the customer asks for a person",
    )


async def test_the_model_was_away(client: aiohttp.ClientSession, model: ScriptedModel) -> None:
    model.script.append(ModelRefused("It says no.", mend="Ask another."))
    outcome = await send(client, body(text="When?"), 200, wait=20)
    assert outcome["status"] == "failed"
    found = await why(client, outcome["message_id"])
    assert (found["state"], found["decision"]) == ("failed", "hand_off")
    assert found["error"]
    assert [each["outcome"] for each in found["explanation"]["calls"]] != ["ok"]
    assert len(found["replies"]) == 1


async def test_of_a_turn_that_another_took_up(
    client: aiohttp.ClientSession, model: ScriptedModel
) -> None:
    """A message that came while the first was answered: both are explained by the turn that answered them."""
    model.hold()
    before = len(model.calls)
    given = body(text="When do you open?")
    first = (await send(client, given))["message_id"]
    await model.called(before + 1)
    second = (await send(client, given | {"text": "On Sunday, I mean"}))["message_id"]
    model.release()
    await read(client, f"/messages/{second}", wait="20")
    found = await why(client, second)
    assert found == await why(client, first)
    assert (found["state"], found["explanation"]["read"]["asked"]) == ("committed", [first, second])


@pytest.mark.parametrize("sender", ["agent", "ai", "system"])
async def test_what_no_turn_answers_is_told(client: aiohttp.ClientSession, sender: str) -> None:
    given = body(text="We open at nine.", sender_type=sender)
    written = (await send(client, given, 200))["message_id"]
    refused = await ask(client, "GET", f"/messages/{written}/explanation", 404)
    assert refused["code"] == "not_found"
    assert "person" in refused["mend"]


async def test_one_that_is_not_there_or_is_anothers(
    program: Application, client: aiohttp.ClientSession
) -> None:
    outcome = await send(client, body(text="When?"), 200, wait=20)
    await ask(client, "GET", f"/messages/{new_id()}/explanation", 404)
    await ask(client, "GET", "/messages/no-uuid/explanation", 422)
    neighbour = await program.token("admin", await program.neighbour())
    async with program.client(neighbour) as other:
        await ask(other, "GET", f"/messages/{outcome['message_id']}/explanation", 404)
    async with program.client(await program.token(scope="ingest")) as caller:
        await ask(caller, "GET", f"/messages/{outcome['message_id']}/explanation", 403)
