"""The whole program with a model that streams: what it writes is seen before it is done."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, expect

from rejoinder.llm.formats.openai import OpenAIModel
from rejoinder.testing import OpenAIStub
from rejoinder.testing.model_stub import Stall
from tests.api.application import Application, fresh_database, running
from tests.api.say import body, read, send
from tests.eventually import eventually
from tests.widget.test_page import own, replies, say
from tests.widget.test_preview import preview


class SlowStub(OpenAIStub):
    """It begins an answer and stays silent, as often as it is told."""

    def begins(self, reply: str) -> None:
        """The next call is told so much of an answer, and no more."""
        said = json.dumps({"decision": "answer", "reply": reply}, ensure_ascii=False)
        self.script.append(Stall(b"".join(self.pieces(said[:-2], None))))


@pytest.fixture(scope="module")
async def stub() -> AsyncIterator[SlowStub]:
    async with SlowStub() as stub:
        yield stub


@pytest.fixture(scope="module")
async def program(stub: SlowStub) -> AsyncIterator[Application]:
    async with (
        fresh_database(os.environ.get("REJOINDER_TEST_DATABASE_URL")) as dsn,
        aiohttp.ClientSession() as http,
        running(
            dsn, OpenAIModel("slow", api_key="key", base_url=stub.base_url, session=http)
        ) as program,
    ):
        yield program


@pytest.fixture
async def client(program: Application) -> AsyncIterator[aiohttp.ClientSession]:
    async with program.client(await program.token()) as client:
        yield client


async def test_it_is_seen_while_it_is_written_and_goes_with_a_newer_message(
    browser: Browser, program: Application, stub: SlowStub
) -> None:
    context = await browser.new_context(base_url=program.url)
    page = await context.new_page()
    await page.goto("/")
    stub.begins("Shipping is 40 baht. It takes two days. And")
    await say(page, "How much is shipping to Chiang Mai?")
    await expect(preview(page)).to_have_text("Shipping is 40 baht. It takes two days.")
    await expect(page.locator("#typing")).to_be_visible()
    await expect(replies(page)).to_have_count(0)
    await say(page, "And to Bangkok?")
    await expect(preview(page)).to_be_hidden()
    await expect(replies(page)).to_have_text(["Here is the answer."])
    await expect(own(page)).to_have_count(2)
    await expect(preview(page)).to_be_hidden()
    await context.close()


async def frames(response: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, str, Any]]:
    """(id or "", event, data) of each."""
    fields: dict[str, str] = {}
    async for line in response.content:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name:
            fields[name] = value
            continue
        if "data" in fields:
            yield fields.get("id", ""), fields["event"], json.loads(fields["data"])
        fields = {}


async def test_event_streams_tell_of_it_without_an_id(
    client: aiohttp.ClientSession, stub: SlowStub
) -> None:
    first = await send(client, body(text="How much is shipping?"), 200, wait=20)
    path = f"/api/v1/conversations/{first['conversation_id']}/events"
    stub.begins("ค่าส่งสี่สิบบาทค่ะ ใช้เวลาสองวันค่ะ แล้ว")
    async with client.get(path) as response:
        given = body(conversation_id=first["thread_key"], text="ค่าส่งไปเชียงใหม่เท่าไหร่คะ")
        await send(client, given)
        seen = []
        async for seq, event, data in frames(response):
            seen.append((seq, event, data))
            if event == "turn.preview":
                break
        assert (seen[-1][0], set(data)) == ("", {"turn_id", "fence", "text"})
        assert data["text"] == "ค่าส่งสี่สิบบาทค่ะ ใช้เวลาสองวันค่ะ"
        await send(client, given | {"text": "ไปกรุงเทพค่ะ"})
        later = []
        async for _, event, _ in frames(response):
            later.append(event)
            if event == "turn.committed":
                break
    assert "turn.superseded" in later
    assert "turn.preview" not in later[later.index("turn.superseded") :]
    listed = await read(client, f"/conversations/{first['conversation_id']}/messages")
    assert [each["direction"] for each in listed["items"]].count("outbound") == 2


async def test_who_waits_for_the_reply_is_not_streamed_to(
    client: aiohttp.ClientSession, stub: SlowStub
) -> None:
    """They look at their request; a stream would only cost more."""
    for wait, streams in ((20, None), (0, True)):
        asked = len(stub.requests)
        told = await send(client, body(), 200 if wait else 202, wait=wait)

        async def answered(message_id: str = told["message_id"]) -> bool:
            found = await read(client, f"/messages/{message_id}")
            return bool(found["status"] == "answered")

        await eventually(answered)
        assert [each.body.get("stream") for each in stub.requests[asked:]] == [streams]
