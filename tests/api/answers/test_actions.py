"""What answers did, over HTTP."""

from __future__ import annotations

from uuid import UUID

import aiohttp

from rejoinder.actions import store
from rejoinder.actions.model import CollectInfo
from rejoinder.actions.store import NewAction
from rejoinder.db import Batch, new_id
from tests.api.application import Application
from tests.api.say import body, read, send

EMAIL = CollectInfo("email", "Your e-mail?", "email")


async def _answered(client: aiohttp.ClientSession) -> tuple[str, str, str]:
    """A message that was answered: the thread, the conversation and the turn."""
    message = body()
    answer = await send(client, message, 200, wait=20)
    return str(message["conversation_id"]), answer["conversation_id"], answer["turn_id"]


async def _ask(program: Application, conversation_id: str, turn_id: str) -> UUID:
    """The turn also asked for an e-mail address."""
    asked = NewAction(new_id(), EMAIL.type, None, EMAIL.data(), "waiting")
    async with program.db.transaction(program.shop.workspace_id) as tx:
        batch = Batch(tx)
        store.add(batch, UUID(conversation_id), UUID(turn_id), [asked])
        await batch.send()
    return asked.action_id


async def test_a_conversation_s_actions(
    client: aiohttp.ClientSession, program: Application
) -> None:
    thread, conversation_id, turn_id = await _answered(client)
    asked = await _ask(program, conversation_id, turn_id)
    found = await read(client, f"/conversations/{conversation_id}/actions")
    assert [(each["action_type"], each["status"]) for each in found["items"]] == [
        ("send_message", "sent"),
        ("collect_info", "waiting"),
    ]
    assert found["next"] is None
    assert found["items"][1]["data"] == EMAIL.data()
    assert await read(client, f"/conversations/{thread}/actions", by="external") == found
    assert await read(client, f"/actions/{asked}") == found["items"][1]


async def test_page_by_page(client: aiohttp.ClientSession, program: Application) -> None:
    _, conversation_id, turn_id = await _answered(client)
    await _ask(program, conversation_id, turn_id)
    path = f"/conversations/{conversation_id}/actions"
    everything = (await read(client, path))["items"]
    first = await read(client, path, limit="1")
    assert first["items"] == everything[:1]
    assert (await read(client, path, limit="1", after=first["next"]))["items"] == everything[1:]


async def test_a_plain_reply_is_found_by_the_id_it_is_listed_under(
    client: aiohttp.ClientSession,
) -> None:
    _, conversation_id, _ = await _answered(client)
    (reply,) = (await read(client, f"/conversations/{conversation_id}/actions"))["items"]
    assert await read(client, f"/actions/{reply['action_id']}") == reply


async def test_what_is_not_there_or_not_one_s_own_is_told(
    client: aiohttp.ClientSession, program: Application
) -> None:
    _, conversation_id, turn_id = await _answered(client)
    asked = await _ask(program, conversation_id, turn_id)
    async with client.get(f"/api/v1/actions/{new_id()}") as response:
        assert response.status == 404
    async with client.get(f"/api/v1/conversations/{new_id()}/actions") as response:
        assert response.status == 404
    other = await program.token("admin", await program.neighbour())
    async with program.client(other) as neighbour:
        for path in (f"actions/{asked}", f"conversations/{conversation_id}/actions"):
            async with neighbour.get(f"/api/v1/{path}") as response:
                assert response.status == 404
