"""What a visitor of the chat page taps reaches the conversation with its payload."""

from __future__ import annotations

from uuid import uuid4

import aiohttp
import pytest

from tests.api.application import Application
from tests.api.say import read


@pytest.mark.parametrize(
    ("payload", "content"),
    [
        ("colour=red", [{"kind": "choice", "title": "Red", "payload": "colour=red"}]),
        (None, []),
    ],
)
async def test_what_is_tapped_is_a_choice(
    program: Application,
    client: aiohttp.ClientSession,
    payload: str | None,
    content: list[dict[str, str]],
) -> None:
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(program.url, cookie_jar=jar) as visitor:
        async with visitor.post("/widget/session", json={}) as response:
            assert response.status == 200
        given = {"message_id": str(uuid4()), "text": "Red", "payload": payload}
        async with visitor.post("/widget/messages", json=given) as response:
            assert response.status == 202
            said = await response.json()
        async with visitor.post("/widget/messages", json=given | {"payload": "a\x00"}) as refused:
            assert refused.status == 422
    found = await read(client, f"/conversations/{said['conversation_id']}/messages")
    assert found["items"][0]["text"] == "Red"
    assert found["items"][0]["content"] == content
