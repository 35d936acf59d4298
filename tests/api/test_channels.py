"""Channels are made, listed and changed; what is wrong with them is said, and secrets are shown once."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest

from rejoinder.bots.reseal import keys_at_rest
from rejoinder.channels.rest.secret import new_secret
from tests.api.application import Application
from tests.api.problem import problem
from tests.api.say import read

CHANNELS = "/api/v1/channels"


def wanted(**given: object) -> dict[str, object]:
    """A good channel; what is given replaces or adds a field."""
    return {"platform": "rest", "name": f"Channel {uuid4()}", **given}


async def make(client: aiohttp.ClientSession, **given: object) -> dict[str, Any]:
    """Make it and return the answer's body."""
    async with client.post(CHANNELS, json=wanted(**given)) as response:
        answer: dict[str, Any] = await response.json(content_type=None)
        assert response.status == 201, answer
        return answer


async def test_a_channel_is_made_and_found_again(
    program: Application, client: aiohttp.ClientSession
) -> None:
    made = await make(client)
    assert made["webhook_url"] == f"{program.url}/api/v1/messages"
    assert made["bot_id"] == str(program.shop.bot.bot_id)
    secret = made.pop("signing_secret")
    assert secret.startswith("whsec_")
    found = await read(client, f"/channels/{made['channel_id']}")
    assert found.items() <= made.items()
    listed = await read(client, "/channels", limit="200")
    assert found in listed["items"]
    assert listed["next"] is None
    first = await read(client, "/channels", limit="1")
    rest = await read(client, "/channels", after=first["next"], limit="200")
    assert first["items"] + rest["items"] == listed["items"]


async def test_what_is_stored_does_not_hold_the_secret(
    program: Application, client: aiohttp.ClientSession
) -> None:
    secret = new_secret()
    made = await make(client, credentials={"signing_secret": secret})
    assert made["signing_secret"] == secret
    async with program.db.maintenance() as maintenance:
        row = await maintenance.connection.fetchval(
            "SELECT channels::text FROM channels WHERE channel_id = $1", UUID(made["channel_id"])
        )
    assert made["name"] in row
    assert secret.removeprefix("whsec_") not in row


async def test_a_channel_is_changed_where_something_is_given(
    client: aiohttp.ClientSession,
) -> None:
    made = await make(client, settings={"callback_url": "http://127.0.0.1:9/a"})
    path = f"{CHANNELS}/{made['channel_id']}"
    async with client.patch(path, json={"name": f"New {made['name']}"}) as response:
        changed = await response.json()
    assert changed["name"] == f"New {made['name']}"
    assert changed["settings"] == made["settings"]
    assert changed["signing_secret"] is None


async def test_the_first_callback_of_an_older_channel_brings_its_secret(
    program: Application, client: aiohttp.ClientSession
) -> None:
    listed = await read(client, "/channels", limit="200")
    sample = next(item for item in listed["items"] if item["name"] == "REST")
    path = f"{CHANNELS}/{sample['channel_id']}"
    callback = {"settings": {"callback_url": "http://127.0.0.1:9/a"}}
    async with client.patch(path, json=callback) as response:
        assert (await response.json())["signing_secret"].startswith("whsec_")
    async with client.patch(path, json={"settings": {}}) as response:
        assert (await response.json())["signing_secret"] is None


WRONG: dict[str, tuple[dict[str, object], str]] = {
    "another platform": ({"platform": "pigeon"}, "'rest'"),
    "no name": ({"name": ""}, "name"),
    "a blank name": ({"name": "  "}, "name"),
    "NUL": ({"name": "a\x00"}, "NUL"),
    "a line break in the name": ({"name": "a\nb"}, "name"),
    "an empty label": ({"settings": {"callback_url": "https://a..example/"}}, "label"),
    "a long label": ({"settings": {"callback_url": f"https://{'a' * 70}.example/"}}, "label"),
    "an unknown field": ({"colour": "red"}, "platform, name, bot_id"),
    "an unknown setting": ({"settings": {"url": "https://a.example"}}, "callback_url"),
    "an unknown credential": ({"credentials": {"token": "canary"}}, "signing_secret"),
    "no address": ({"settings": {"callback_url": "a.example/hook"}}, "http://"),
    "another scheme": ({"settings": {"callback_url": "ftp://a.example"}}, "http://"),
    "no host": ({"settings": {"callback_url": "https://"}}, "http://"),
    "a user name": ({"settings": {"callback_url": "https://me:canary@a.example"}}, "user name"),
    "a fragment": ({"settings": {"callback_url": "https://a.example/#a"}}, "fragment"),
    "a port beyond": ({"settings": {"callback_url": "https://a.example:70000"}}, "range"),
    "a space": ({"settings": {"callback_url": "https://a.example/ b"}}, "space"),
    "a long one": ({"settings": {"callback_url": f"https://a.example/{'a' * 2000}"}}, "2000"),
    "no such bot": ({"bot_id": str(uuid4())}, "no bot"),
    "a short secret": ({"credentials": {"signing_secret": "whsec_canary"}}, "whsec_"),
    "a secret of another form": ({"credentials": {"signing_secret": "canary" * 8}}, "whsec_"),
}


@pytest.mark.parametrize(("given", "told"), WRONG.values(), ids=WRONG.keys())
async def test_what_is_wrong_is_said(
    client: aiohttp.ClientSession, given: dict[str, object], told: str
) -> None:
    before = await read(client, "/channels", limit="200")
    async with client.post(CHANNELS, json=wanted(**given)) as response:
        said = await problem(response, 422, "invalid_request")
    assert told in str(said)
    assert "canary" not in str(said)
    assert await read(client, "/channels", limit="200") == before


PRIVATE = ["http://a.example/hook", "https://10.1.2.3/", "https://localhost:9/", "https://[::1]/"]


@pytest.mark.parametrize("url", PRIVATE)
async def test_a_stranger_s_callback_must_be_public_and_encrypted(
    program: Application, url: str
) -> None:
    token = await program.token(workspace_id=await program.neighbour())
    async with (
        program.client(token) as client,
        client.post(CHANNELS, json=wanted(settings={"callback_url": url})) as response,
    ):
        await problem(response, 422, "invalid_request")


async def test_a_name_is_taken_once(client: aiohttp.ClientSession) -> None:
    one, two = await make(client), await make(client)
    async with client.post(CHANNELS, json=wanted(name=one["name"])) as response:
        await problem(response, 409, "channel_exists")
    path = f"{CHANNELS}/{two['channel_id']}"
    async with client.patch(path, json={"name": one["name"]}) as response:
        await problem(response, 409, "channel_exists")


async def test_another_s_channel_is_none(
    program: Application, client: aiohttp.ClientSession
) -> None:
    made = await make(client)
    path = f"{CHANNELS}/{made['channel_id']}"
    async with program.client(
        await program.token(workspace_id=await program.neighbour())
    ) as next_door:
        async with next_door.get(path) as response:
            await problem(response, 404, "not_found")
        async with next_door.patch(path, json={"name": "Mine"}) as response:
            await problem(response, 404, "not_found")
        async with next_door.post(f"{path}/signing-secret") as response:
            await problem(response, 404, "not_found")
        message = {"conversation_id": "a", "text": "b", "channel_id": made["channel_id"]}
        async with next_door.post("/api/v1/messages", json=message) as response:
            await problem(response, 404, "not_found")


async def test_channels_are_the_administrator_s(program: Application) -> None:
    async with program.client(await program.token("operate")) as client:
        async with client.get(CHANNELS) as response:
            await problem(response, 403, "forbidden")
        async with client.post(CHANNELS, json=wanted()) as response:
            await problem(response, 403, "forbidden")


async def test_a_channel_of_the_chat_page_has_neither_callback_nor_secret(
    client: aiohttp.ClientSession,
) -> None:
    listed = await read(client, "/channels", limit="200")
    page = next(item for item in listed["items"] if item["platform"] == "widget")
    path = f"{CHANNELS}/{page['channel_id']}"
    assert page["webhook_url"] is None
    async with client.patch(path, json={"settings": {}}) as response:
        await problem(response, 422, "invalid_request")
    async with client.post(f"{path}/signing-secret") as response:
        await problem(response, 422, "invalid_request")


async def test_while_keys_are_rotated_a_channel_is_not_made_and_nothing_breaks(
    program: Application, client: aiohttp.ClientSession
) -> None:
    async with keys_at_rest(program.db), client.post(CHANNELS, json=wanted()) as response:
        await problem(response, 503, "unavailable")
        assert int(response.headers["Retry-After"]) > 0
    await make(client)
