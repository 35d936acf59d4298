"""Contacts over HTTP: their names, and what they wish."""

from __future__ import annotations

from typing import Any

import aiohttp

from rejoinder.db import new_id
from tests.api.say import read, say


async def _contact(client: aiohttp.ClientSession) -> dict[str, Any]:
    conversation = (await say(client))["conversation_id"]
    of = (await read(client, f"/conversations/{conversation}"))["contact_id"]
    return await read(client, f"/contacts/{of}")


async def _channel(client: aiohttp.ClientSession) -> str:
    return str((await read(client, "/channels"))["items"][0]["channel_id"])


async def test_a_contact_shows_names_and_conversations(client: aiohttp.ClientSession) -> None:
    found = await _contact(client)
    assert len(found["identities"]) == 1
    assert len(found["conversations"]) == 1
    assert (found["opted_out_at"], found["merged_into"], found["consents"]) == (None, None, [])


async def test_a_wish_that_came_another_way(client: aiohttp.ClientSession) -> None:
    found = await _contact(client)
    body = {
        "change": "opt_out",
        "channel_id": await _channel(client),
        "words": "Said so on the phone.",
    }
    path = f"/api/v1/contacts/{found['contact_id']}/consents"
    async with client.post(path, json=body) as response:
        assert response.status == 201
        noted = await response.json()
    assert noted["opted_out_at"] is not None
    async with client.post(path, json=body | {"change": "opt_in"}) as response:
        noted = await response.json()
    assert noted["opted_out_at"] is None
    assert [each["change"] for each in noted["consents"]] == ["opt_out", "opt_in"]


async def test_who_writes_to_one_who_wants_no_messages_is_told(
    client: aiohttp.ClientSession,
) -> None:
    found = await _contact(client)
    body = {"change": "opt_out", "channel_id": await _channel(client), "words": "By phone."}
    async with client.post(f"/api/v1/contacts/{found['contact_id']}/consents", json=body):
        pass
    path = f"/api/v1/conversations/{found['conversations'][0]}/messages"
    async with client.post(path, json={"agent": "anna", "text": "Hello"}) as response:
        assert response.status == 201
        (warning,) = (await response.json())["warnings"]
    assert "no more messages" in warning


async def test_what_is_not_there_is_told(client: aiohttp.ClientSession) -> None:
    async with client.get(f"/api/v1/contacts/{new_id()}") as response:
        assert response.status == 404
    found = await _contact(client)
    body = {"change": "opt_out", "channel_id": str(new_id()), "words": "STOP"}
    path = f"/api/v1/contacts/{found['contact_id']}/consents"
    async with client.post(path, json=body) as response:
        assert response.status == 422
        assert (await response.json())["where"] == "channel_id"
    async with client.post(path, json=body | {"change": "maybe"}) as response:
        assert response.status == 422
