"""Bad paths and queries: ids, methods, cursors, `Last-Event-ID`."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import aiohttp
import pytest
from yarl import URL

from tests.api.application import Application
from tests.api.problem import problem
from tests.api.say import MESSAGES, say

THINGS = (
    "/messages/{}",
    "/conversations/{}",
    "/conversations/{}/messages",
    "/conversations/{}/events",
)


@pytest.mark.parametrize("thing", THINGS)
async def test_an_unknown_id_is_not_found(client: aiohttp.ClientSession, thing: str) -> None:
    async with client.get("/api/v1" + thing.format(uuid4())) as response:
        await problem(response, 404, "not_found")


@pytest.mark.parametrize("thing", THINGS)
async def test_an_id_of_the_callers_own_needs_by_external(
    client: aiohttp.ClientSession, thing: str
) -> None:
    path = "/api/v1" + thing.format("thread-1")
    async with client.get(path) as response:
        assert "by=external" in (await problem(response, 422, "invalid_request"))["mend"]
    async with client.get(path, params={"by": "name"}) as response:
        await problem(response, 422, "invalid_request")
    async with client.get("/api/v1" + thing.format(uuid4()), params={"by": "external"}) as response:
        await problem(response, 404, "not_found")


@pytest.mark.parametrize("thing", THINGS)
@pytest.mark.parametrize("by", ["id", "external"])
@pytest.mark.parametrize("name", ["a%00b", "%ff", "%ed%a0%80", "x" * 256, "%0a", "'--"])
async def test_an_odd_id_is_refused_or_not_found(
    program: Application, client: aiohttp.ClientSession, thing: str, by: str, name: str
) -> None:
    url = URL(f"{program.url}/api/v1{thing.format(name)}?by={by}", encoded=True)
    async with client.get(url) as response:
        if response.status == 404:
            await problem(response, 404, "not_found")
        else:
            await problem(response, 422, "invalid_request")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", MESSAGES),
        ("PUT", MESSAGES),
        ("PUT", f"{MESSAGES}/00000000-0000-7000-8000-000000000001"),
        ("POST", "/health/live"),
        ("PATCH", "/widget/session"),
        ("POST", "/"),
    ],
)
async def test_a_method_that_is_not_there(
    client: aiohttp.ClientSession, method: str, path: str
) -> None:
    async with client.request(method, path) as response:
        await problem(response, 405, "method_not_allowed")
        assert response.headers["Allow"]


@pytest.mark.parametrize("path", ["/nothing", "/api/v1", "/%00"])
async def test_a_path_that_is_not_there(
    program: Application, client: aiohttp.ClientSession, path: str
) -> None:
    async with client.get(URL(program.url + path, encoded=True)) as response:
        await problem(response, 404, "not_found")


NO_SEQ = ["-1", "first", "", "9223372036854775808", "9" * 30, "9" * 5000]


@pytest.mark.parametrize("after", NO_SEQ)
@pytest.mark.parametrize("thing", THINGS[2:])
async def test_a_wrong_cursor_is_refused(
    client: aiohttp.ClientSession, thing: str, after: str
) -> None:
    stored = await say(client)
    path = "/api/v1" + thing.format(stored["conversation_id"])
    async with client.get(path, params={"after": after}) as response:
        await problem(response, 422, "invalid_request")


@pytest.mark.parametrize("limit", ["0", "-1", "201", "all", "9" * 30])
async def test_a_wrong_limit_is_refused(client: aiohttp.ClientSession, limit: str) -> None:
    stored = await say(client)
    path = f"/api/v1/conversations/{stored['conversation_id']}/messages"
    async with client.get(path, params={"limit": limit}) as response:
        await problem(response, 422, "invalid_request")


async def test_a_cursor_beyond_the_end_gives_an_empty_page(client: aiohttp.ClientSession) -> None:
    stored = await say(client)
    path = f"/api/v1/conversations/{stored['conversation_id']}/messages"
    async with client.get(path, params={"after": str(2**63 - 1)}) as response:
        assert await response.json() == {"items": [], "next": None}


@pytest.mark.parametrize("seen", [seen for seen in NO_SEQ if seen])
async def test_a_wrong_last_event_id_is_refused(client: aiohttp.ClientSession, seen: str) -> None:
    stored = await say(client)
    path = f"/api/v1/conversations/{stored['conversation_id']}/events"
    async with client.get(path, headers={"Last-Event-ID": seen}) as response:
        await problem(response, 422, "invalid_request")


async def test_digits_of_another_script_in_last_event_id_are_refused(
    program: Application, client: aiohttp.ClientSession
) -> None:
    """Byte B2 is a superscript two in Latin-1: a digit to str.isdigit, none to int."""
    stored = await say(client)
    url = URL(program.url)
    assert url.host
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(
        b"GET /api/v1/conversations/%b/events HTTP/1.1\r\nHost: test\r\nConnection: close\r\n"
        b"Authorization: %b\r\nLast-Event-ID: \xb2\r\n\r\n"
        % (stored["conversation_id"].encode(), client.headers["Authorization"].encode())
    )
    status = await reader.readline()
    writer.close()
    await writer.wait_closed()
    assert b" 422 " in status
