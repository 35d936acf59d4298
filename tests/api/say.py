"""Bodies of messages, and what is read back about them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import aiohttp

MESSAGES = "/api/v1/messages"


def body(**given: object) -> dict[str, object]:
    """A good message in a thread of its own; what is given replaces or adds a field."""
    return {"conversation_id": f"thread-{uuid4().hex[:12]}", "text": "hello", **given}


async def say(client: aiohttp.ClientSession, status: int = 202, **given: object) -> dict[str, Any]:
    """Hand a message in and return the answer's body."""
    return await send(client, body(**given), status)


async def send(
    client: aiohttp.ClientSession, given: dict[str, object], status: int = 202, wait: float = 0
) -> dict[str, Any]:
    """Hand this very message in."""
    query = {"wait": str(wait)} if wait else {}
    async with client.post(MESSAGES, json=given, params=query) as response:
        answer: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, answer
        return answer


async def read(client: aiohttp.ClientSession, path: str, **query: str) -> dict[str, Any]:
    """GET a resource that must be there."""
    async with client.get(f"/api/v1{path}", params=query) as response:
        answer: dict[str, Any] = await response.json(content_type=None)
        assert response.status == 200, answer
        return answer
