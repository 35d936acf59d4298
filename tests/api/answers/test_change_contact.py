"""What an operator writes down of a customer."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from rejoinder.db import new_id
from rejoinder.testing import ScriptedModel
from tests.api.answers.ask import answer, ask
from tests.api.application import Application
from tests.api.say import body, read, send


@pytest.fixture
async def outcome(client: aiohttp.ClientSession) -> dict[str, Any]:
    """A customer was answered."""
    return await send(client, body(), 200, wait=20)


@pytest.fixture
async def path(client: aiohttp.ClientSession, outcome: dict[str, Any]) -> str:
    """Who that was."""
    conversation = await read(client, f"/conversations/{outcome['conversation_id']}")
    return f"/contacts/{conversation['contact_id']}"


async def test_all_of_it(client: aiohttp.ClientSession, path: str) -> None:
    given = {
        "display_name": "นก",
        "attributes": {"size": "M", "children": 2, "address": {"city": "Huế", "zip": None}},
        "tags": ["vip", "wholesale"],
        "language": "th",
        "time_zone": "Asia/Bangkok",
    }
    changed = await ask(client, "PATCH", path, json=given)
    known = given | {"attributes": {"size": "M", "children": 2, "address": {"city": "Huế"}}}
    assert {name: changed[name] for name in given} == known
    assert await read(client, path) == changed
    assert await ask(client, "PATCH", path, json={}) == changed
    bare = await ask(client, "PATCH", path, json={"time_zone": None, "display_name": None})
    assert bare == changed | {"time_zone": None, "display_name": None}
    nothing = await ask(client, "PATCH", path, json=dict.fromkeys(given))
    assert {name: nothing[name] for name in given} == dict.fromkeys(given) | {
        "attributes": {},
        "tags": [],
    }


async def test_attributes_are_merged_and_null_takes_one_away(
    client: aiohttp.ClientSession, path: str
) -> None:
    for given in ({"size": "M", "colour": "red"}, {"size": "L"}, {"colour": None, "never": None}):
        changed = await ask(client, "PATCH", path, json={"attributes": given})
    assert changed["attributes"] == {"size": "L"}
    assert (await ask(client, "PATCH", path, json={"tags": ["a", "b"]}))["tags"] == ["a", "b"]
    assert (await ask(client, "PATCH", path, json={"tags": []}))["tags"] == []


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"time_zone": "Asia"}, "time_zone"),
        ({"time_zone": ""}, "time_zone"),
        ({"time_zone": "x" * 65}, "time_zone"),
        ({"language": "Thai"}, "language"),
        ({"display_name": " "}, "display_name"),
        ({"display_name": "a\x00"}, None),
        ({"tags": [""]}, "tags.0"),
        ({"tags": ["x"] * 51}, "tags"),
        ({"tags": "vip"}, "tags"),
        ({"attributes": []}, "attributes"),
        ({"attributes": {"a": "\x00"}}, None),
        ({"attributes": {"": 1}}, None),
        ({"attributes": {f"n{number}": 1 for number in range(101)}}, "attributes"),
        ({"attributes": {"note": "x" * 40_000}}, "attributes"),
        ({"phone": "+66"}, None),
    ],
)
async def test_rubbish_is_told_and_changes_nothing(
    client: aiohttp.ClientSession, path: str, body: dict[str, Any], where: str | None
) -> None:
    before = await read(client, path)
    refused = await ask(client, "PATCH", path, 422, json=body)
    assert refused["mend"]
    if where is not None:
        assert where in str(refused), refused
    assert await read(client, path) == before


@pytest.mark.parametrize("value", ["NaN", "-Infinity", '"\\ud800"', "1e999"])
async def test_what_is_no_json_is_told(
    client: aiohttp.ClientSession, path: str, value: str
) -> None:
    raw = '{"attributes": {"a": ' + value + "}}"
    headers = {"Content-Type": "application/json"}
    async with client.patch(f"/api/v1{path}", data=raw, headers=headers) as response:
        assert response.status in (400, 422), await response.text()
    assert (await read(client, path))["attributes"] == {}


async def test_much_is_too_much_however_it_came(client: aiohttp.ClientSession, path: str) -> None:
    half = {"attributes": {f"n{number}": "x" * 400 for number in range(60)}}
    await ask(client, "PATCH", path, json=half)
    more = {"attributes": {f"m{number}": "x" * 400 for number in range(60)}}
    refused = await ask(client, "PATCH", path, 422, json=more)
    assert refused["where"] == "attributes"
    assert len((await read(client, path))["attributes"]) == 60


async def test_one_that_is_not_there_or_is_anothers(
    program: Application, client: aiohttp.ClientSession, path: str
) -> None:
    given = {"tags": ["vip"]}
    await ask(client, "PATCH", f"/contacts/{new_id()}", 404, json=given)
    async with program.client(await program.token("admin", await program.neighbour())) as other:
        await ask(other, "PATCH", path, 404, json=given)
    async with program.client(await program.token(scope="ingest")) as caller:
        await ask(caller, "PATCH", path, 403, json=given)
    assert (await read(client, path))["tags"] == []


@pytest.mark.parametrize("zone", ["Mars/Olympus", "Asia", "/etc/localtime", ""])
async def test_a_zone_that_nobody_knows_stops_no_answer(
    program: Application,
    client: aiohttp.ClientSession,
    model: ScriptedModel,
    outcome: dict[str, Any],
    path: str,
    zone: str,
) -> None:
    """As an earlier version or another's hand may have left it."""
    async with program.db.maintenance() as maintenance:
        await maintenance.connection.execute(
            "UPDATE contacts SET time_zone = $2 WHERE contact_id = $1",
            path.rpartition("/")[2],
            zone,
        )
    model.script.append(answer("We open at nine."))
    given = body(conversation_id=outcome["thread_key"], text="When do you open tomorrow?")
    told = await send(client, given, 200, wait=20)
    assert [each["text"] for each in told["replies"]] == ["We open at nine."]
