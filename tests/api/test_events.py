"""A conversation's events as a stream: in order, resumable, ended with the program."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from rejoinder.live import stream as live
from tests.api.application import Application, fresh_database, running
from tests.api.say import body, say, send

Frame = tuple[int, str, dict[str, Any]]


async def frames(response: aiohttp.ClientResponse) -> AsyncIterator[Frame]:
    """The stream's events: id, event and data of each frame."""
    fields: dict[str, str] = {}
    async for line in response.content:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name:
            fields[name] = value
        elif "data" in fields:
            yield int(fields["id"]), fields["event"], json.loads(fields["data"])
            fields = {}
        else:
            fields = {}


async def until(response: aiohttp.ClientResponse, event: str) -> list[Frame]:
    """The frames up to the first of that event."""
    seen = []
    async for frame in frames(response):
        seen.append(frame)
        if frame[1] == event:
            return seen
    raise AssertionError(f"the stream ended without {event}: {seen}")


async def test_what_happens_comes_in_order_while_it_happens(
    client: aiohttp.ClientSession,
) -> None:
    first = await send(client, body(text="How much is shipping?"), 200, wait=20)
    path = f"/api/v1/conversations/{first['conversation_id']}/events"
    async with client.get(path) as response:
        assert response.content_type == "text/event-stream"
        assert response.headers["Cache-Control"] == "no-store"
        told = await until(response, "turn.committed")
        await say(client, conversation_id=first["thread_key"], text="When do you open?")
        told += await until(response, "turn.committed")
    assert [seq for seq, _, _ in told] == sorted({seq for seq, _, _ in told})
    names = [event for _, event, _ in told]
    assert names[:2] == ["conversation.opened", "message.received"]
    assert names.count("message.received") == names.count("message.sent") == 2
    assert all(data["seq"] == seq and data["at"] for seq, _, data in told)
    sent = next(data for _, event, data in told if event == "message.sent")
    assert sent["text"] == first["replies"][0]["text"]
    assert sent["message_id"] == first["replies"][0]["message_id"]


@pytest.mark.parametrize("how", ["header", "query", "both"])
async def test_a_stream_goes_on_where_it_was_left(client: aiohttp.ClientSession, how: str) -> None:
    answer = await send(client, body(text="How much is shipping?"), 200, wait=20)
    path = f"/api/v1/conversations/{answer['conversation_id']}/events"
    async with client.get(path) as response:
        told = await until(response, "turn.committed")
    seen = told[1][0]
    headers = {"Last-Event-ID": str(seen)} if how != "query" else {}
    query = {"query": {"after": str(seen)}, "both": {"after": "0"}}.get(how, {})
    async with client.get(path, headers=headers, params=query) as response:
        assert await until(response, "turn.committed") == told[2:]


async def test_a_stream_can_be_asked_for_by_the_callers_name(
    client: aiohttp.ClientSession,
) -> None:
    stored = await say(
        client, conversation_id=f"order 7 of {uuid4()}", sender_type="system", status=200
    )
    path = f"/api/v1/conversations/{stored['thread_key']}/events"
    async with client.get(path, params={"by": "external"}) as response:
        told = await until(response, "message.received")
    assert told[-1][2]["message_id"] == stored["message_id"]


async def test_a_silent_stream_is_kept_open(
    client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_KEEP_ALIVE_S", 0.01)
    stored = await say(client, 200, sender_type="system")
    path = f"/api/v1/conversations/{stored['conversation_id']}/events"
    async with client.get(path, params={"after": "100"}) as response:
        lines = [await response.content.readline() for _ in range(6)]
    assert lines == [b"retry: 1000\n", b"\n", *[b": keep-alive\n", b"\n"] * 2]


async def test_streams_and_waiting_callers_leave_with_the_program() -> None:
    """The program stops while one client reads a silent stream: the stream ends as it should."""
    async with fresh_database(os.environ.get("REJOINDER_TEST_DATABASE_URL")) as dsn:
        async with running(dsn) as program:
            client = program.client(await program.token())
            stored = await say(client, 200, sender_type="system")
            path = f"/api/v1/conversations/{stored['conversation_id']}/events"
            response = await client.get(path)
            await until(response, "message.received")
            rest = asyncio.create_task(response.content.read())
        assert await rest == b""  # no error: the last chunk was sent
        await client.close()


async def test_a_reader_who_leaves_is_forgotten(
    program: Application, client: aiohttp.ClientSession
) -> None:
    stored = await say(client, 200, sender_type="system")
    path = f"/api/v1/conversations/{stored['conversation_id']}/events"
    async with client.get(path) as response:
        await until(response, "message.received")
    # A second reader of the same conversation still hears what comes.
    async with client.get(path, params={"after": "2"}) as response:
        again = await say(
            client, 200, conversation_id=stored["thread_key"], sender_type="system", text="more"
        )
        told = await until(response, "message.received")
    assert told[-1][2]["message_id"] == again["message_id"]
