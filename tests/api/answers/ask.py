"""A conversation that is held to drafts, and what is asked of its drafts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import aiohttp

from rejoinder.llm.model import Answer, Step
from rejoinder.testing import ScriptedModel
from tests.api.say import body, read, send


def answer(text: str, *steps: Step) -> Answer:
    """What a good model gives."""
    return Answer(text, "answer", "", steps=steps, supported=1.0)


async def ask(
    client: aiohttp.ClientSession, method: str, path: str, status: int = 200, **given: Any
) -> Any:
    """One request under /api/v1 that ends so; its body."""
    async with client.request(method, f"/api/v1{path}", **given) as response:
        told = await response.json(content_type=None)
        assert response.status == status, told
        return told


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread whose answers are drafted."""

    client: aiohttp.ClientSession
    model: ScriptedModel
    thread_key: str
    conversation_id: str
    channel: dict[str, str]

    async def drafts(self, **query: str) -> list[dict[str, Any]]:
        """Its drafts, the newest first."""
        path = f"/conversations/{self.conversation_id}/drafts"
        found: list[dict[str, Any]] = (await read(self.client, path, **query))["items"]
        return found

    async def drafted(self, said: Answer | str = "We open at nine.", asked: str = "When?") -> Any:
        """The customer asks and the bot drafts: that draft."""
        self.model.script.append(answer(said) if isinstance(said, str) else said)
        await self.says(asked)
        return (await self.drafts())[0]

    async def says(self, text: str) -> dict[str, Any]:
        """The customer writes, and what comes of it is there."""
        given = body(conversation_id=self.thread_key, text=text, **self.channel)
        return await send(self.client, given, 200, wait=20)

    async def said(self) -> list[dict[str, Any]]:
        """What went out."""
        path = f"/conversations/{self.conversation_id}/messages"
        items = (await read(self.client, path))["items"]
        return [each for each in items if each["direction"] == "outbound"]


async def held_to_drafts(
    client: aiohttp.ClientSession, model: ScriptedModel, channel_id: str | None = None
) -> Thread:
    """A new thread that began with a plain answer."""
    channel = {"channel_id": channel_id} if channel_id else {}
    first = await send(client, body(text="hello", **channel), 200, wait=20)
    conversation_id = first["conversation_id"]
    given = {"auto_response_enabled": False}
    await ask(client, "PATCH", f"/conversations/{conversation_id}", json=given)
    return Thread(client, model, first["thread_key"], conversation_id, channel)
