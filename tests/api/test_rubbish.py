"""Rubbish in the addresses and bodies of what bots say and know: refused with a mend, never an error of ours."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import uuid4

import aiohttp
import pytest

from tests.api.application import Application
from tests.api.voice.ask import ask

NUL, LONG = quote("\x00"), "a" * 500
EARLY, LATE = quote("0001-01-01T00:00:00+14:00"), quote("9999-12-31T23:59:59-14:00")


@pytest.fixture
async def admin(program: Application) -> aiohttp.ClientSession:
    """An administrator of a workspace of the test's own."""
    return program.client(await program.token("admin", await program.neighbour()))


PATHS = (
    f"/search?q={LONG}",
    f"/search?q={quote('ă' * 500)}",
    f"/search?q={quote('(a+)+$ [[:alpha:]] *')}",
    f"/search?q={NUL}",
    f"/search?q=a&tag={NUL}",
    f"/search?q=a&from={EARLY}",
    f"/search?q=a&to={LATE}",
    f"/search?q=a&from={LATE}",
    f"/search?q=a&cursor={NUL}",
    f"/search?q=a&limit={'9' * 5000}",
    f"/canned-replies?q={NUL}",
    f"/canned-replies?after={quote(chr(0xE000))}",
    f"/knowledge/documents?after={NUL}",
    f"/knowledge/documents?source={NUL}",
    f"/knowledge/documents?tag={NUL}",
    f"/knowledge/documents?q={NUL}",
    f"/knowledge/sources?base={NUL}",
    f"/contacts?after={NUL}",
    f"/contacts?q={NUL}",
    f"/contacts?external_id={NUL}",
    f"/contacts?tag={NUL}",
    f"/drafts?after={NUL}",
    f"/drafts?state={NUL}",
    f"/drafts?conversation_id={uuid4()}",
    f"/usage?from={EARLY}&to={LATE}",
    f"/bots/{NUL}",
    f"/bots/{uuid4()}/personas/{uuid4()}",
    f"/messages/{uuid4()}/explanation",
)


async def test_no_address_makes_an_error_of_ours(admin: aiohttp.ClientSession) -> None:
    async with admin:
        for path in PATHS:
            async with admin.get(f"/api/v1{path}") as response:
                told = await response.text()
                assert response.status < 500, (path, told)
                if response.status >= 400:
                    problem = await response.json(content_type=None)
                    assert problem["detail"], told
                    assert problem["mend"], told


RUBBISH: list[Any] = [
    None,
    True,
    -1,
    10**40,
    1e308,
    "",
    "\x00",
    "\ud800",
    "x" * 30_000,
    [],
    {},
    [[]],
    [None],
    {"": None},
    ["\x00"],
    {"\x00": "\x00"},
    {"a": "\ud800"},
    str(uuid4()),
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
]


@pytest.mark.parametrize(
    ("path", "fields", "good"),
    [
        ("/bots", ("name", "settings", "persona", "history_messages"), {"name": "B"}),
        (
            "/bots/{bot}/personas",
            ("name", "channel_id", "languages", "dos", "greeting", "is_default", "tone"),
            {"name": "P"},
        ),
        (
            "/bots/{bot}/templates",
            ("name", "text", "intents", "languages", "condition"),
            {"name": "T", "text": "hi"},
        ),
        ("/bots/{bot}/templates/preview", ("text", "condition", "sample"), {"text": "hi"}),
        ("/canned-replies", ("shortcut", "text", "title"), {"shortcut": "hi", "text": "hi"}),
        ("/knowledge/bases", ("name", "description", "bots", "bot_ids"), {"name": "K"}),
        (
            "/knowledge/sources",
            ("url", "kind", "base_id", "every_hours", "include"),
            {"url": "https://a.example/", "base_id": str(uuid4())},
        ),
        (
            "/knowledge/documents",
            ("title", "text", "source", "base_id", "tags", "format"),
            {"title": "t", "text": "x"},
        ),
    ],
)
async def test_no_body_makes_an_error_of_ours(
    admin: aiohttp.ClientSession, path: str, fields: tuple[str, ...], good: dict[str, Any]
) -> None:
    async with admin:
        (bot,) = (await ask(admin, "GET", "/bots"))["items"]
        path = path.format(bot=bot["bot_id"])
        for field in (*fields, "unknown\x00"):
            for rubbish in RUBBISH:
                given = good | {field: rubbish}
                async with admin.post(f"/api/v1{path}", json=given) as response:
                    told = await response.text()
                    assert response.status < 500, (field, str(rubbish)[:50], told)
                    if response.status >= 400:
                        problem = await response.json(content_type=None)
                        assert problem["detail"], told
                        assert problem["mend"], told


@pytest.mark.parametrize(
    ("method", "path", "fields"),
    [
        ("PUT", "/bots/{bot}/knowledge", ("base_ids", "bases")),
        ("PATCH", "/bots/{bot}", ("settings", "name", "quiet_seconds")),
        ("PATCH", "/contacts/{none}", ("attributes", "tags", "language", "time_zone", "name")),
        ("POST", "/drafts/{none}/send", ("text", "message_id")),
        ("POST", "/drafts/{none}/discard", ("reason",)),
        ("POST", "/messages/{none}/process", ("bot_id", "send", "stages", "mode")),
        ("PATCH", "/knowledge/bases/{none}", ("name", "description")),
        ("POST", "/canned-replies/{none}/render", ("conversation_id",)),
        ("PUT", "/knowledge/documents", ("title", "text", "source", "tags")),
    ],
)
async def test_no_change_makes_an_error_of_ours(
    admin: aiohttp.ClientSession, method: str, path: str, fields: tuple[str, ...]
) -> None:
    async with admin:
        (bot,) = (await ask(admin, "GET", "/bots"))["items"]
        path = "/api/v1" + path.format(bot=bot["bot_id"], none=uuid4())
        for field in fields:
            for rubbish in (
                *RUBBISH,
                {"check": {"off": ["\x00"]}},
                {"speak": {"policies": ["\x00"]}},
            ):
                async with admin.request(method, path, json={field: rubbish}) as response:
                    told = await response.text()
                    assert response.status < 500, (field, str(rubbish)[:50], told)
                    if response.status >= 400:
                        problem = await response.json(content_type=None)
                        assert problem["detail"], told
                        assert problem["mend"], told


async def test_what_is_another_workspaces_is_not_there(
    program: Application, admin: aiohttp.ClientSession
) -> None:
    other = program.client(await program.token("admin", await program.neighbour()))
    async with admin, other:
        (mine,) = (await ask(admin, "GET", "/bots"))["items"]
        (theirs,) = (await ask(other, "GET", "/bots"))["items"]
        channel = (await ask(other, "GET", "/channels"))["items"][0]["channel_id"]
        base = (await ask(other, "POST", "/knowledge/bases", 201, name="Theirs"))["base_id"]
        bot = f"/bots/{mine['bot_id']}"
        for method, path, body in (
            ("POST", f"{bot}/personas", {"name": "P", "channel_id": channel}),
            ("POST", f"/bots/{theirs['bot_id']}/personas", {"name": "P"}),
            ("POST", f"/bots/{theirs['bot_id']}/templates", {"name": "T", "text": "hi"}),
            ("PUT", f"{bot}/knowledge", {"base_ids": [base]}),
            ("PUT", f"{bot}/knowledge", {"bases": [base]}),
            ("PATCH", f"/knowledge/bases/{base}", {"name": "Mine"}),
            ("POST", "/knowledge/sources", {"url": "https://a.example/", "base_id": base}),
            ("POST", "/knowledge/documents", {"title": "t", "text": "x", "base_id": base}),
        ):
            async with admin.request(method, f"/api/v1{path}", json=body) as response:
                told = await response.text()
                assert response.status in {404, 422}, (path, told)
                assert (await response.json(content_type=None))["mend"]
