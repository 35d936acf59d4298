"""Bases, documents and websites over the API."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import aiohttp
import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rejoinder.db import new_id
from tests.api.application import Application
from tests.api.problem import problem
from tests.api.test_fuzz import anything

BASES = "/api/v1/knowledge/bases"
DOCUMENTS = "/api/v1/knowledge/documents"
SOURCES = "/api/v1/knowledge/sources"


async def asked(response: aiohttp.ClientResponse, status: int) -> Any:
    """The body of an answer with that status."""
    assert response.status == status, await response.text()
    return await response.json() if status != 204 else None


@pytest.fixture
async def base(client: aiohttp.ClientSession) -> AsyncIterator[str]:
    """A base of the test's own."""
    async with client.post(BASES, json={"name": f"Base {uuid4()}"}) as response:
        made = await asked(response, 201)
    yield made["base_id"]
    async with client.delete(f"{BASES}/{made['base_id']}"):
        pass  # the test may have done so


async def test_a_base_is_made_renamed_given_to_a_bot_and_deleted(
    client: aiohttp.ClientSession, program: Application, base: str
) -> None:
    name = f"Renamed {base}"
    async with client.patch(f"{BASES}/{base}", json={"name": name}) as response:
        assert (await asked(response, 200))["name"] == name
    async with client.post(BASES, json={"name": name}) as response:
        await problem(response, 409, "base_exists")
    bot = f"/api/v1/bots/{program.shop.bot.bot_id}/knowledge"
    async with client.put(bot, json={"base_ids": [base, base]}) as response:
        assert await asked(response, 200) == {"base_ids": [base]}
    async with client.put(bot, json={"base_ids": [str(new_id())]}) as response:
        await problem(response, 404, "not_found")
    async with client.delete(f"{BASES}/{base}") as response:
        await asked(response, 204)
    async with client.get(bot) as response:
        assert await asked(response, 200) == {"base_ids": []}
    async with client.get(f"{BASES}/{base}") as response:
        await problem(response, 404, "not_found")


async def test_a_text_is_kept_replaced_and_told_unchanged(
    client: aiohttp.ClientSession, base: str
) -> None:
    body = {"title": "Returns", "text": "# When\n\nWithin 30 days.", "base_id": base, "tags": ["x"]}
    async with client.post(DOCUMENTS, json=body) as response:
        first = await asked(response, 201)
    assert (first["chunks"], first["source"], first["unchanged"]) == (1, "Returns", False)
    async with client.post(DOCUMENTS, json=body) as response:
        assert (await asked(response, 200))["unchanged"]
    async with client.put(
        DOCUMENTS, json=body | {"source": "Returns", "text": "Within 60 days."}
    ) as response:
        again = await asked(response, 200)
    assert (again["document_id"], again["replaced"]) == (first["document_id"], True)
    async with client.get(f"{DOCUMENTS}/{first['document_id']}") as response:
        whole = await asked(response, 200)
    assert [piece["text"] for piece in whole["pieces"]] == ["Within 60 days."]
    assert (whole["format"], whole["tags"], whole["website"]) == ("markdown", ["x"], None)


async def test_a_file_is_the_body(client: aiohttp.ClientSession, base: str) -> None:
    written = docx.Document()
    written.add_heading("Shipping", 1)
    written.add_paragraph("We ship on Mondays.")
    file = io.BytesIO()
    written.save(file)
    where = {"base_id": base, "filename": "shipping.docx", "tag": "ops"}
    async with client.post(
        DOCUMENTS,
        params=where,
        data=file.getvalue(),
        headers={"Content-Type": "application/octet-stream"},
    ) as response:
        made = await asked(response, 201)
    assert (made["title"], made["source"]) == ("Shipping", "shipping.docx")
    async with client.get(DOCUMENTS, params={"base": base, "tag": "ops"}) as response:
        listed = await asked(response, 200)
    assert [each["document_id"] for each in listed["items"]] == [made["document_id"]]


async def test_a_list_of_questions_is_a_file_though_it_is_json(
    client: aiohttp.ClientSession, base: str
) -> None:
    pairs = [
        {"question": "Open on Sundays?", "answer": "No."},
        {"question": "Why?", "answer": "Rest."},
    ]
    async with client.post(
        DOCUMENTS, params={"base_id": base, "title": "FAQ"}, json=pairs
    ) as response:
        made = await asked(response, 201)
    assert made["chunks"] == 2
    async with client.get(f"{DOCUMENTS}/{made['document_id']}") as response:
        pieces = (await asked(response, 200))["pieces"]
    assert [(piece["heading"], piece["text"]) for piece in pieces] == [
        ("Open on Sundays?", "No."),
        ("Why?", "Rest."),
    ]


async def test_lists_are_paged_and_filtered(client: aiohttp.ClientSession, base: str) -> None:
    for number in range(3):
        body = {"title": f"Page {number}", "text": f"Words {number}.", "base_id": base}
        async with client.post(DOCUMENTS, json=body) as response:
            await asked(response, 201)
    async with client.get(DOCUMENTS, params={"base": base, "limit": 2}) as response:
        first = await asked(response, 200)
    async with client.get(DOCUMENTS, params={"base": base, "after": first["next"]}) as response:
        rest = await asked(response, 200)
    assert [each["title"] for each in first["items"] + rest["items"]] == [
        "Page 0",
        "Page 1",
        "Page 2",
    ]
    async with client.get(DOCUMENTS, params={"base": base, "q": "page 1"}) as response:
        assert [each["title"] for each in (await asked(response, 200))["items"]] == ["Page 1"]


async def test_a_deleted_document_is_gone(client: aiohttp.ClientSession, base: str) -> None:
    body = {"title": "Gone", "text": "Soon.", "base_id": base}
    async with client.post(DOCUMENTS, json=body) as response:
        path = f"{DOCUMENTS}/{(await asked(response, 201))['document_id']}"
    async with client.delete(path) as response:
        await asked(response, 204)
    async with client.get(path) as response:
        await problem(response, 404, "not_found")
    async with client.delete(path) as response:
        await problem(response, 404, "not_found")


WRONG = {
    "no JSON": (b"{", {}, 400, "malformed_json"),
    "no title": (b'{"text": "x"}', {}, 422, "invalid_request"),
    "NUL": (b'{"title": "x", "text": "a\\u0000b"}', {}, 422, "invalid_request"),
    "white space": (b'{"title": " ", "text": "x"}', {}, 422, "invalid_request"),
    "half a letter": (b'{"title": "x", "text": "\\ud800"}', {}, 400, "malformed_json"),
    "unknown field": (b'{"title": "x", "text": "x", "colour": 1}', {}, 422, "invalid_request"),
    "no such base": (
        b'{"title": "x", "text": "x", "base_id": "0198f1f0-0000-7000-8000-000000000000"}',
        {},
        404,
        "not_found",
    ),
    "no PDF": (b"hello", {"Content-Type": "application/pdf"}, 422, "file_not_readable"),
    "a broken PDF": (b"%PDF-1.7 x", {"Content-Type": "application/pdf"}, 422, "file_not_readable"),
    "a ZIP": (b"PK\x03\x04xx", {"Content-Type": "application/zip"}, 422, "file_not_readable"),
    "nothing": (b"", {"Content-Type": "text/plain"}, 422, "no_text"),
    "no source": (b"words", {"Content-Type": "text/plain"}, 422, "invalid_request"),
    "a form": (b"x", {"Content-Type": "multipart/form-data"}, 415, "unsupported_media_type"),
}


@pytest.mark.parametrize(("body", "headers", "status", "code"), WRONG.values(), ids=WRONG.keys())
async def test_what_is_wrong_is_told(
    client: aiohttp.ClientSession, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    headers = {"Content-Type": "application/json"} | headers
    async with client.post(DOCUMENTS, data=body, headers=headers) as response:
        await problem(response, status, code)


async def test_a_file_over_the_limit_is_refused(client: aiohttp.ClientSession) -> None:
    data = io.BytesIO(b"x" * (25 * 1024 * 1024 + 1))
    async with client.post(
        DOCUMENTS, params={"title": "x"}, data=data, headers={"Content-Type": "text/plain"}
    ) as response:
        await problem(response, 413, "body_too_large")


async def test_a_website_is_named_listed_asked_for_again_and_taken_away(
    client: aiohttp.ClientSession, base: str
) -> None:
    body = {
        "url": "HTTPS://Shop.example/help/?utm_source=x#top",
        "kind": "website",
        "base_id": base,
        "every_hours": 24,
        "exclude": ["/help/old/*"],
    }
    async with client.post(SOURCES, json=body) as response:
        made = await asked(response, 201)
    assert (made["url"], made["state"]) == ("https://shop.example/help/", "waiting")
    assert (made["every_hours"], made["exclude"], made["most_pages"]) == (24, ["/help/old/*"], 200)
    async with client.post(SOURCES, json=body) as response:
        await problem(response, 409, "source_exists")
    async with client.get(SOURCES, params={"base": base}) as response:
        assert [each["source_id"] for each in (await asked(response, 200))["items"]] == [
            made["source_id"]
        ]
    async with client.post(f"{SOURCES}/{made['source_id']}/refresh") as response:
        assert (await asked(response, 202))["due_at"] is not None
    async with client.delete(f"{SOURCES}/{made['source_id']}") as response:
        await asked(response, 204)
    async with client.get(f"{SOURCES}/{made['source_id']}") as response:
        await problem(response, 404, "not_found")


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "ftp://x.example"},
        {"url": "https://user:secret@x.example/"},
        {"url": "no address"},
        {"kind": "film"},
        {"most_pages": 0},
        {"every_hours": 0},
        {"include": ["x"] * 21},
    ],
)
async def test_a_wrong_website_is_refused(
    client: aiohttp.ClientSession, base: str, wrong: dict[str, object]
) -> None:
    body = {"url": "https://x.example/", "base_id": base} | wrong
    async with client.post(SOURCES, json=body) as response:
        await problem(response, 422, "invalid_request")


async def test_operators_read_and_do_not_write(program: Application, base: str) -> None:
    async with program.client(await program.token("operate")) as operator:
        async with operator.get(DOCUMENTS) as response:
            await asked(response, 200)
        async with operator.post(DOCUMENTS, json={"title": "x", "text": "x"}) as response:
            await problem(response, 403, "forbidden")
        async with operator.get(BASES) as response:
            await problem(response, 403, "forbidden")


async def test_a_neighbour_sees_nothing_of_it(program: Application, base: str) -> None:
    token = await program.token("admin", await program.neighbour())
    async with program.client(token) as neighbour:
        async with neighbour.get(f"{BASES}/{base}") as response:
            await problem(response, 404, "not_found")
        body = {"title": "x", "text": "x", "base_id": base}
        async with neighbour.post(DOCUMENTS, json=body) as response:
            await problem(response, 404, "not_found")
        async with neighbour.get(DOCUMENTS) as response:
            assert (await asked(response, 200))["items"] == []


FIELDS = {
    "title": st.text(st.characters(), max_size=10) | anything,
    "text": st.text(st.characters(), max_size=60) | anything,
    "source": st.text(st.characters(), max_size=10) | anything,
    "format": st.sampled_from(["text", "markdown", "html", "csv", "json", "pdf"]) | anything,
    "tags": st.lists(st.text(max_size=5), max_size=3) | anything,
}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    value=st.fixed_dictionaries(
        {name: FIELDS[name] for name in ("title", "text")},
        optional={name: FIELDS[name] for name in ("source", "format", "tags")},
    )
    | anything
)
async def test_any_json_is_kept_or_refused(client: aiohttp.ClientSession, value: object) -> None:
    async with client.post(
        DOCUMENTS, data=json.dumps(value), headers={"Content-Type": "application/json"}
    ) as response:
        if response.status not in {200, 201}:
            assert response.status in {400, 422}, await response.text()
