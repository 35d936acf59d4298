"""Bad input at `POST /api/v1/messages`: a problem that says how to mend it, and nothing stored half."""

from __future__ import annotations

import io
import json
import time
from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.api.application import Application
from tests.api.problem import problem
from tests.api.say import MESSAGES, body, say

JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def nothing_stored(program: Application) -> AsyncIterator[None]:
    """After the test there is not one row more."""
    before = await program.stored()
    yield
    assert await program.stored() == before


MALFORMED = {
    "cut off": b'{"conversation_id": "a"',
    "not JSON": b"hello",
    "trailing text": b'{"conversation_id": "a", "text": "b"} x',
    "not UTF-8": b'{"conversation_id": "\xff", "text": "b"}',
    "100,000 brackets": b"[" * 100_000,
    "100,000 objects": b'{"a":' * 100_000,
    "a number of 5,000 digits": b'{"conversation_id": "a", "text": "b", "timestamp": %b}'
    % (b"9" * 5000),
}


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED.keys())
async def test_what_is_not_json_is_malformed(client: aiohttp.ClientSession, data: bytes) -> None:
    async with client.post(MESSAGES, data=data, headers=JSON) as response:
        await problem(response, 400, "malformed_json")


NOT_A_MESSAGE = {
    "nothing": b"",
    "a list": b"[]",
    "null": b"null",
    "a text": b'"hello"',
    "a number": b"1",
    "an empty object": b"{}",
    "NaN": b'{"conversation_id": "a", "text": "b", "metadata": {"a": NaN}}',
    "Infinity": b'{"conversation_id": "a", "text": "b", "metadata": {"a": [-Infinity]}}',
    "a number beyond a double": b'{"conversation_id": "a", "text": "b", "metadata": {"a": 1e999}}',
    "half a surrogate pair": b'{"conversation_id": "a", "text": "\\ud800"}',
    "half a surrogate pair in a key": b'{"conversation_id": "a", "text": "b", "metadata": {"\\udfff": 1}}',
    "half a surrogate pair as a field": b'{"\\ud800": 1}',
    "NUL as a field": b'{"\\u0000": 1}',
    "a timestamp of 401 digits": b'{"conversation_id": "a", "text": "b", "timestamp": 1%b}'
    % (b"0" * 400),
}


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize("data", NOT_A_MESSAGE.values(), ids=NOT_A_MESSAGE.keys())
async def test_json_that_is_no_message_is_refused(
    client: aiohttp.ClientSession, data: bytes
) -> None:
    async with client.post(MESSAGES, data=data, headers=JSON) as response:
        await problem(response, 422, "invalid_request")


WRONG = {
    "conversation_id left out": ({"conversation_id": None}, "conversation_id"),
    "conversation_id empty": ({"conversation_id": ""}, "conversation_id"),
    "conversation_id too long": ({"conversation_id": "x" * 256}, "conversation_id"),
    "conversation_id a number": ({"conversation_id": 7}, "conversation_id"),
    "conversation_id with NUL": ({"conversation_id": "a\0"}, ""),
    "message_id empty": ({"message_id": ""}, "message_id"),
    "message_id with NUL": ({"message_id": "\0"}, ""),
    "text empty": ({"text": ""}, "text"),
    "text blank": ({"text": " \n\t "}, ""),
    "text a list": ({"text": ["hello"]}, "text"),
    "text with NUL": ({"text": "a\0b"}, ""),
    "text too long": ({"text": "x" * 32_769}, "text"),
    "text and content": ({"content": [{"kind": "text", "text": "a"}]}, ""),
    "neither text nor content": ({"text": None}, ""),
    "content empty": ({"text": None, "content": []}, "content"),
    "content of 21 parts": ({"text": None, "content": [{"kind": "text", "text": "a"}] * 21}, ""),
    "part of no known kind": ({"text": None, "content": [{"kind": "scent", "text": "a"}]}, ""),
    "part of two sources": (
        {"text": None, "content": [{"kind": "image", "url": "https://a.example", "media_id": "m"}]},
        "",
    ),
    "part without source": ({"text": None, "content": [{"kind": "image"}]}, ""),
    "part without text": ({"text": None, "content": [{"kind": "text", "text": ""}]}, ""),
    "part that runs code": (
        {"text": None, "content": [{"kind": "image", "url": "javascript:alert(1)"}]},
        "",
    ),
    "part with NUL": ({"text": None, "content": [{"kind": "text", "text": "\0"}]}, ""),
    "sender_type unknown": ({"sender_type": "robot"}, "sender_type"),
    "sender_id empty": ({"sender_id": ""}, "sender_id"),
    "sender_id an object": ({"sender_id": {}}, "sender_id"),
    "sender_name with NUL": ({"sender_name": "\0"}, ""),
    "metadata a list": ({"metadata": []}, "metadata"),
    "metadata with NUL in a key": ({"metadata": {"a": [{"\0": 1}]}}, ""),
    "metadata with NUL in a value": ({"metadata": {"a": {"b": ["\0"]}}}, ""),
    "an unknown field": ({"txt": "hello"}, "txt"),
}


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize(("changed", "where"), WRONG.values(), ids=WRONG.keys())
async def test_a_wrong_field_is_named(
    client: aiohttp.ClientSession, changed: dict[str, object], where: str
) -> None:
    given = {key: value for key, value in body(**changed).items() if value is not None}
    async with client.post(MESSAGES, json=given) as response:
        refused = await problem(response, 422, "invalid_request")
    assert not where or refused["where"] == where
    assert {"where", "detail"} == set(refused["errors"][0])


TIMES = {
    "milliseconds": (1_770_000_000_000, "milliseconds"),
    "microseconds": (1_770_000_000_000_000, "micro"),
    "nanoseconds": (1_770_000_000_000_000_000, "nano"),
    "before 2000": (946_684_799, "2000"),
    "zero": (0, "2000"),
    "negative": (-1, "2000"),
    "two days ahead": (time.time() + 2 * 86400, "future"),
    "a boolean": (True, "Unix seconds"),
    "an object": ({}, "Unix seconds"),
    "an empty text": ("", "RFC 3339"),
    "Unix seconds in a text": ("1770000000", "RFC 3339"),
    "no offset": ("2026-03-01T09:30:00", "offset"),
    "a date": ("2026-03-01", "offset"),
    "1999": ("1999-12-31T23:59:59Z", "2000"),
    "1999 in UTC only": ("2000-01-01T00:00:00+07:00", "2000"),
    "2101": ("2101-01-01T00:00:00Z", "2100"),
    "year 1 at the edge": ("0001-01-01T00:00:00+23:59", "2000"),
    "year 9999 at the edge": ("9999-12-31T23:59:59-23:59", "2100"),
    "no such day": ("2026-02-30T00:00:00Z", "RFC 3339"),
}


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize(("given", "says"), TIMES.values(), ids=TIMES.keys())
async def test_a_wrong_time_says_what_is_wrong_with_it(
    client: aiohttp.ClientSession, given: object, says: str
) -> None:
    async with client.post(MESSAGES, json=body(timestamp=given)) as response:
        refused = await problem(response, 422, "invalid_request")
    assert refused["where"] == "timestamp"
    assert says in refused["detail"]


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize("wait", ["-1", "nan", "inf", "-inf", "1e999", "601", "long", "", "0x1"])
async def test_a_wrong_wait_is_refused(client: aiohttp.ClientSession, wait: str) -> None:
    async with client.post(MESSAGES, params={"wait": wait}, json=body()) as response:
        assert "wait" in (await problem(response, 422, "invalid_request"))["where"]


@pytest.mark.parametrize("depth", [65, 150, 203, 253, 254, 300, 900])
@pytest.mark.parametrize(("opens", "closes"), [("[", "]"), ('{"a":', "}")])
async def test_deep_nesting_is_refused_or_can_be_read_again(
    client: aiohttp.ClientSession, depth: int, opens: str, closes: str
) -> None:
    nested = opens * depth + "1" + closes * depth
    given = f'{{"conversation_id": "deep-{depth}-{len(opens)}", "text": "a", "metadata": {{"a": {nested}}}}}'
    async with client.post(MESSAGES, data=given, headers=JSON) as response:
        if response.status != 202:
            await problem(response, 422, "invalid_request")
            return
        stored = await response.json()
    async with client.get(
        f"/api/v1/conversations/{stored['conversation_id']}/messages"
    ) as response:
        assert response.status == 200, "accepted, and never to be read again"


async def test_numbers_too_long_for_a_double_come_back_as_they_were(
    client: aiohttp.ClientSession,
) -> None:
    stored = await say(client, metadata={"big": 10**400})
    async with client.get(
        f"/api/v1/conversations/{stored['conversation_id']}/messages"
    ) as response:
        assert json.loads(await response.text())["items"][0]["metadata"] == {"big": 10**400}


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize(
    "media_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""],
)
async def test_json_under_another_media_type_is_told_so(
    client: aiohttp.ClientSession, media_type: str
) -> None:
    """`curl -d` without -H sends a form's type."""
    data = json.dumps(body()).encode()
    async with client.post(MESSAGES, data=data, headers={"Content-Type": media_type}) as response:
        refused = await problem(response, 415, "unsupported_media_type")
    assert "Content-Type: application/json" in refused["mend"]


async def _pieces(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 50_000):
        yield b" " * 50_000


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize("path", [MESSAGES, "/widget/session", "/nothing-here"])
async def test_two_megabytes_are_too_much_when_declared(
    client: aiohttp.ClientSession, path: str
) -> None:
    async with client.post(path, data=io.BytesIO(b" " * 2_000_000), headers=JSON) as response:
        await problem(response, 413, "body_too_large")


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize("path", [MESSAGES, "/widget/session"])
async def test_two_megabytes_are_too_much_in_pieces(
    client: aiohttp.ClientSession, path: str
) -> None:
    async with client.post(path, data=_pieces(2_000_000), headers=JSON) as response:
        await problem(response, 413, "body_too_large")


async def test_almost_a_megabyte_is_taken(client: aiohttp.ClientSession) -> None:
    assert (await say(client, metadata={"a": "x" * 1_000_000}))["status"] == "pending"
