"""Replies are posted to a REST channel's callback: signed, in order, again until they are taken."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import aiohttp
from aiohttp import web

from rejoinder.channels.rest.secret import new_secret
from rejoinder.outbound.upkeep import reconcile
from tests.api.application import Application
from tests.api.say import read, say
from tests.channels.rest.conftest import CHANNELS
from tests.channels.rest.receiver import Receiver
from tests.eventually import eventually

DUE_NOW = """
UPDATE deliveries SET next_try_at = clock_timestamp() - interval '1 minute' WHERE conversation_id = $1
AND status = 'queued'
"""


async def test_a_reply_is_posted_with_all_a_receiver_needs(
    client: aiohttp.ClientSession, channel: dict[str, Any], receiver: Receiver
) -> None:
    told = await say(
        client, channel_id=channel["channel_id"], conversation_id="t 1", message_id="m-1", text="Hi"
    )
    await receiver.called(1)
    body = receiver.bodies[0]
    assert body["type"] == "message.sent"
    assert body["data"]["thread_key"] == "t 1"
    assert body["data"]["answers"] == ["m-1"]
    assert body["data"]["conversation_id"] == told["conversation_id"]
    assert body["data"]["sender_type"] == "ai"
    listed = await read(client, f"/conversations/{told['conversation_id']}/messages")
    reply = listed["items"][-1]
    assert (body["data"]["message_id"], body["data"]["text"]) == (
        reply["message_id"],
        reply["text"],
    )
    await _status(client, told["conversation_id"], "sent")


async def test_threads_of_two_channels_may_have_one_name(
    client: aiohttp.ClientSession, channel: dict[str, Any], receiver: Receiver
) -> None:
    there = await say(client, channel_id=channel["channel_id"], conversation_id="same")
    here = await say(client, conversation_id="same")
    assert there["conversation_id"] != here["conversation_id"]
    query = {"by": "external", "channel_id": channel["channel_id"]}
    found = await read(client, "/conversations/same", **query)
    assert found["conversation_id"] == there["conversation_id"]


async def test_a_receiver_in_trouble_gets_it_again_under_the_same_id(
    program: Application,
    client: aiohttp.ClientSession,
    channel: dict[str, Any],
    receiver: Receiver,
) -> None:
    receiver.script += [500, None, lambda: web.Response(status=307, headers={"Location": "/x"})]
    told = await say(client, channel_id=channel["channel_id"])
    conversation_id = UUID(told["conversation_id"])
    for tries in (1, 2, 3):
        await receiver.called(tries)
        await _status(client, told["conversation_id"], "queued")
        await _hurry(program, conversation_id)
    await receiver.called(4)
    await _status(client, told["conversation_id"], "sent")
    assert len(set(receiver.ids)) == 1
    assert receiver.bodies[0] == receiver.bodies[3]


async def test_a_receiver_that_is_gone_ends_it(
    client: aiohttp.ClientSession, channel: dict[str, Any], receiver: Receiver
) -> None:
    receiver.script += [410]
    told = await say(client, channel_id=channel["channel_id"])
    await _status(client, told["conversation_id"], "failed")
    assert len(receiver.ids) == 1


async def test_two_secrets_sign_until_the_receiver_has_the_new_one(
    client: aiohttp.ClientSession, channel: dict[str, Any], receiver: Receiver
) -> None:
    secret, mine = f"{CHANNELS}/{channel['channel_id']}/signing-secret", new_secret()
    async with client.post(secret, json={"signing_secret": mine}) as response:
        told = await response.json()
        assert (response.status, told["signing_secret"]) == (200, mine)
    await say(client, channel_id=channel["channel_id"])
    await receiver.called(1)  # it still verifies with the former one
    receiver.secret = mine
    await say(client, channel_id=channel["channel_id"])
    await receiver.called(2)
    async with client.post(secret) as response:
        assert (await response.json())["signing_secret"] not in {mine, channel["signing_secret"]}
    await say(client, channel_id=channel["channel_id"])
    await receiver.called(3)
    assert receiver.forged == 0


async def test_a_secret_replaced_twice_leaves_the_receiver_its_day(
    client: aiohttp.ClientSession, channel: dict[str, Any], receiver: Receiver
) -> None:
    """The answer to the first call was lost, so it was called again: the receiver still has the oldest."""
    secret = f"{CHANNELS}/{channel['channel_id']}/signing-secret"
    for _ in range(2):
        async with client.post(secret) as response:
            assert response.status == 200
    await say(client, channel_id=channel["channel_id"])
    await receiver.called(1)
    assert receiver.forged == 0


async def test_a_callback_in_a_private_network_is_not_called_where_that_is_not_allowed(
    program: Application,
    client: aiohttp.ClientSession,
    channel: dict[str, Any],
    receiver: Receiver,
) -> None:
    """Allowed when it was set, and not any more: the address is looked at each time."""
    allow = "UPDATE workspaces SET allow_private_networks = $2 WHERE workspace_id = $1"
    workspace_id = program.shop.workspace_id
    async with program.db.transaction(workspace_id) as tx:
        await tx.connection.execute(allow, workspace_id, False)
    try:
        told = await say(client, channel_id=channel["channel_id"])
        await _status(client, told["conversation_id"], "failed")
    finally:
        async with program.db.transaction(workspace_id) as tx:
            await tx.connection.execute(allow, workspace_id, True)
    assert receiver.ids == []


async def test_a_channel_may_stop_posting(
    client: aiohttp.ClientSession, channel: dict[str, Any], receiver: Receiver
) -> None:
    path = f"{CHANNELS}/{channel['channel_id']}"
    async with client.patch(path, json={"settings": {"callback_url": None}}) as response:
        assert (response.status, (await response.json())["settings"]) == (200, {})
    told = await say(client, channel_id=channel["channel_id"])
    await _status(client, told["conversation_id"], "sent")
    assert receiver.ids == []


async def _status(client: aiohttp.ClientSession, conversation_id: str, status: str) -> None:
    async def is_so() -> bool:
        listed = await read(client, f"/conversations/{conversation_id}/messages")
        last = listed["items"][-1]
        return bool(last["direction"] == "outbound" and last["status"] == status)

    await eventually(is_so, 15)


async def _hurry(program: Application, conversation_id: UUID) -> None:
    """Overdue from now on, and found: by us, or by the worker's own sweep just before."""
    async with program.db.maintenance() as maintenance:
        await maintenance.connection.execute(DUE_NOW, conversation_id)
    await reconcile.sweep(program.db)
