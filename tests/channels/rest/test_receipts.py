"""The receiver reports what became of a reply; a channel that doesn't deduplicate is never sent one twice."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import aiohttp

from tests.api.application import Application
from tests.api.problem import problem
from tests.api.say import read, say
from tests.channels.rest.conftest import CHANNELS
from tests.channels.rest.receiver import Receiver
from tests.eventually import eventually

FOR_GOOD = (
    "UPDATE channels SET paused_until = 'infinity', paused_reason = 'why' WHERE channel_id = $1"
)


async def test_a_reply_that_arrived_is_reported(
    client: aiohttp.ClientSession, channel: dict[str, Any], receiver: Receiver
) -> None:
    await say(client, channel_id=channel["channel_id"])
    await receiver.called(1)
    message_id = receiver.bodies[0]["data"]["message_id"]
    conversation_id = receiver.bodies[0]["data"]["conversation_id"]
    for status, stands in (("delivered", "delivered"), ("read", "read"), ("delivered", "read")):
        async with client.post(_receipt(message_id), json={"status": status}) as response:
            assert (response.status, await response.json()) == (
                200,
                {"message_id": message_id, "status": stands},
            )
    listed = await read(client, f"/conversations/{conversation_id}/messages")
    assert listed["items"][-1]["status"] == "read"


async def test_what_is_wrong_with_a_report_is_said(
    program: Application,
    client: aiohttp.ClientSession,
    channel: dict[str, Any],
    receiver: Receiver,
) -> None:
    told = await say(client, channel_id=channel["channel_id"])
    await receiver.called(1)
    message_id = receiver.bodies[0]["data"]["message_id"]
    for wrong in (
        {"status": "seen"},
        {"status": "read", "at": 1},
        {},
        {"status": "failed", "error": "\x00"},
    ):
        async with client.post(_receipt(message_id), json=wrong) as response:
            await problem(response, 422, "invalid_request")
    async with client.post(_receipt(told["message_id"]), json={"status": "read"}) as response:
        assert "customer" in str(await problem(response, 422, "invalid_request"))
    given = {"sender_type": "agent", "conversation_id": "by hand"}
    written = await say(client, 200, channel_id=channel["channel_id"], **given)
    async with client.post(_receipt(written["message_id"]), json={"status": "read"}) as response:
        await problem(response, 409, "not_sent_from_here")
    async with client.post(_receipt(str(uuid4())), json={"status": "read"}) as response:
        await problem(response, 404, "not_found")
    token = await program.token(workspace_id=await program.neighbour())
    async with (
        program.client(token) as next_door,
        next_door.post(_receipt(message_id), json={"status": "read"}) as response,
    ):
        await problem(response, 404, "not_found")


async def test_where_repeats_are_not_known_a_lost_answer_is_left_to_people(
    client: aiohttp.ClientSession, channel: dict[str, Any], receiver: Receiver
) -> None:
    path = f"{CHANNELS}/{channel['channel_id']}"
    settings = {"callback_url": receiver.url, "deduplicates": False}
    async with client.patch(path, json={"settings": settings}) as response:
        assert (await response.json())["settings"] == settings
    receiver.script += [None]
    told = await say(client, channel_id=channel["channel_id"])

    async def status() -> str:
        listed = await read(client, f"/conversations/{told['conversation_id']}/messages")
        return str(listed["items"][-1]["status"])

    async def is_unknown() -> bool:
        return await status() == "unknown"

    await eventually(is_unknown)
    message_id = receiver.bodies[0]["data"]["message_id"]
    async with client.post(_receipt(message_id), json={"status": "delivered"}) as response:
        assert response.status == 200
    assert await status() == "delivered"
    assert len(receiver.ids) == 1


async def test_a_paused_channel_says_so_and_is_resumed(
    program: Application,
    client: aiohttp.ClientSession,
    channel: dict[str, Any],
    receiver: Receiver,
) -> None:
    assert (channel["paused_until"], channel["paused_reason"]) == (None, None)
    await _pause(program, channel)
    path = f"/channels/{channel['channel_id']}"
    shown = await read(client, path)
    assert (shown["paused_until"], shown["paused_reason"]) == ("resumed", "why")
    await say(client, channel_id=channel["channel_id"])
    told = await say(client, channel_id=channel["channel_id"], conversation_id="another")
    waits = f"/messages/{told['message_id']}"
    assert (await read(client, waits, wait="10"))["status"] == "answered"
    assert receiver.ids == []
    async with client.post(f"/api/v1{path}/resume") as response:
        assert (response.status, (await response.json())["conversations"] >= 1) == (200, True)
    await receiver.called(2)
    assert (await read(client, path))["paused_until"] is None


async def test_a_new_secret_resumes_it_too(
    program: Application, client: aiohttp.ClientSession, channel: dict[str, Any]
) -> None:
    await _pause(program, channel)
    async with client.post(f"{CHANNELS}/{channel['channel_id']}/signing-secret") as response:
        assert response.status == 200
    assert (await read(client, f"/channels/{channel['channel_id']}"))["paused_until"] is None


async def test_another_name_leaves_it_paused(
    program: Application, client: aiohttp.ClientSession, channel: dict[str, Any]
) -> None:
    await _pause(program, channel)
    path = f"{CHANNELS}/{channel['channel_id']}"
    async with client.patch(path, json={"name": f"{uuid4()}"}) as response:
        assert (await response.json())["paused_until"] == "resumed"


async def test_no_channel_is_resumed_by_a_neighbour(
    program: Application, channel: dict[str, Any]
) -> None:
    token = await program.token(workspace_id=await program.neighbour())
    async with (
        program.client(token) as client,
        client.post(f"{CHANNELS}/{channel['channel_id']}/resume") as response,
    ):
        await problem(response, 404, "not_found")


def _receipt(message_id: str) -> str:
    return f"/api/v1/messages/{message_id}/receipt"


async def _pause(program: Application, channel: dict[str, Any]) -> None:
    async with program.db.maintenance() as maintenance:
        await maintenance.connection.execute(FOR_GOOD, UUID(channel["channel_id"]))
