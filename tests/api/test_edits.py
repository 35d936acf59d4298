"""`PATCH` and `DELETE /api/v1/messages/{id}`."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from rejoinder.db import new_id
from tests.api.application import Application
from tests.api.say import read, say


async def change(
    client: aiohttp.ClientSession, message: str, status: int, **query: str
) -> dict[str, Any]:
    """PATCH a message's text."""
    path = f"/api/v1/messages/{message}"
    async with client.patch(path, json={"text": "other words"}, params=query) as response:
        answer: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, answer
        return answer


async def test_a_message_is_changed_and_taken_back(client: aiohttp.ClientSession) -> None:
    external = f"m-{uuid4()}"
    said = await say(client, message_id=external)
    changed = await change(client, external, 200, by="external")
    assert changed["message_id"] == said["message_id"]
    path = f"/conversations/{said['conversation_id']}/messages"
    assert (await read(client, path))["items"][0]["text"] == "other words"
    for _ in range(2):
        async with client.delete(f"/api/v1/messages/{said['message_id']}") as response:
            assert response.status == 204
    assert (await read(client, path))["items"][0]["kind"] == "deleted"
    assert (await change(client, said["message_id"], 409))["code"] == "message_deleted"


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_one_that_is_not_there_or_is_anothers(
    program: Application, client: aiohttp.ClientSession, method: str
) -> None:
    said = await say(client)
    body = {"text": "other words"} if method == "PATCH" else None
    async with client.request(method, f"/api/v1/messages/{new_id()}", json=body) as response:
        assert response.status == 404
    neighbour = await program.neighbour()
    async with program.client(await program.token(workspace_id=neighbour)) as other:
        path = f"/api/v1/messages/{said['message_id']}"
        async with other.request(method, path, json=body) as response:
            assert response.status == 404
    path = f"/conversations/{said['conversation_id']}/messages"
    assert (await read(client, path))["items"][0]["text"] == "hello"
