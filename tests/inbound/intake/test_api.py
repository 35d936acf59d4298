"""What operators do with the intake, over HTTP and on the command line, on the whole program."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest

from tests.api.application import Application, fresh_database, running
from tests.cli.conftest import SECRET, Run, run
from tests.eventually import eventually
from tests.inbound.webhook.edge import Edge, furnished, said
from tests.inbound.webhook.toy import Toy

__all__ = ["run"]


@pytest.fixture(scope="module")
async def dsn_alone() -> AsyncIterator[str]:
    """A database that no other test sees."""
    async with fresh_database(os.environ.get("REJOINDER_TEST_DATABASE_URL")) as dsn:
        yield dsn


@pytest.fixture
async def program(toy: None, dsn_alone: str) -> AsyncIterator[Application]:
    """The whole program, worker included."""
    async with running(dsn_alone) as program:
        yield program


@pytest.fixture
async def client(program: Application) -> AsyncIterator[aiohttp.ClientSession]:
    """An operator of the sample workspace."""
    async with program.client(await program.token("operate")) as client:
        yield client


@pytest.fixture
async def shop(program: Application, client: aiohttp.ClientSession) -> Edge:
    """A new toy channel of that workspace."""
    return await furnished(client, program.db, program.shop.workspace_id)


async def call(
    client: aiohttp.ClientSession, method: str, path: str, status: int = 200, **body: object
) -> dict[str, Any]:
    async with client.request(method, f"/api/v1/intake{path}", json=body or None) as response:
        answer: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, answer
        return answer


async def quarantined(shop: Edge, client: aiohttp.ClientSession, text: str) -> str:
    """The id of a webhook that nobody understands yet."""
    channel = str(shop.channel_id)
    assert await shop.post(said(channel, text, text) | {"is": "hologram"}) == 200
    page = await call(client, "GET", f"?state=quarantined&channel_id={channel}")
    found: str = page["items"][-1]["intake_id"]
    return found


async def state(client: aiohttp.ClientSession, intake_id: str, wanted: str) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        found = await call(client, "GET", f"/{intake_id}")
        return found if found["state"] == wanted else None

    return await eventually(look) or {}


async def test_one_is_shown_with_its_body(shop: Edge, client: aiohttp.ClientSession) -> None:
    assert await shop.raw(b'{"events": "\xff"}') == 200
    page = await call(client, "GET", f"?channel_id={shop.channel_id}")
    (entry,) = page["items"]
    assert (entry["state"], entry["size"], page["next"]) == ("quarantined", 15, None)
    assert "body" not in entry
    shown = await call(client, "GET", f"/{entry['intake_id']}")
    assert shown["body"] == '{"events": "\ufffd"}'


async def test_replayed_after_the_parser_learned_it(
    shop: Edge, client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake_id = await quarantined(shop, client, "Learned")
    await call(client, "POST", f"/{intake_id}/replay")
    assert (await state(client, intake_id, "quarantined"))["attempts"] == 1, "it still is odd"
    monkeypatch.setattr(Toy, "knows", {"hologram"})
    await call(client, "POST", f"/{intake_id}/replay")
    await state(client, intake_id, "applied")
    assert "Learned" in await shop.texts(str(shop.channel_id))
    assert (await call(client, "POST", f"/{intake_id}/replay", 409))["code"] == "intake_settled"


async def test_put_away(shop: Edge, client: aiohttp.ClientSession) -> None:
    intake_id = await quarantined(shop, client, "Put away")
    await call(client, "POST", f"/{intake_id}/discard")
    shown = await call(client, "GET", f"/{intake_id}")
    assert shown["state"] == "discarded"
    assert shown["resolved_by"]
    await call(client, "POST", f"/{intake_id}/discard", 409)


async def test_many_at_once(
    shop: Edge, client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [await quarantined(shop, client, str(number)) for number in range(3)]
    done = await call(client, "POST", "/discard", ids=[ids[0], str(uuid4())])
    assert [each["status"] for each in done["items"]] == ["discarded", "refused"]
    monkeypatch.setattr(Toy, "knows", {"hologram"})
    done = await call(client, "POST", "/replay", all=True, channel_id=str(shop.channel_id))
    assert [each["intake_id"] for each in done["items"]] == ids[1:]
    for intake_id in ids[1:]:
        await state(client, intake_id, "applied")


@pytest.mark.parametrize("body", [{"all": False}, {"all": True, "ids": [str(uuid4())]}])
async def test_some_or_all(client: aiohttp.ClientSession, body: dict[str, object]) -> None:
    await call(client, "POST", "/replay", 422, **body)


async def test_others_see_nothing_of_it(
    program: Application, shop: Edge, client: aiohttp.ClientSession
) -> None:
    intake_id = await quarantined(shop, client, "Mine")
    neighbour: UUID = await program.neighbour()
    async with program.client(await program.token("operate", neighbour)) as stranger:
        assert (await call(stranger, "GET", ""))["items"] == []
        for method, path in (("GET", ""), ("POST", "/replay"), ("POST", "/discard")):
            await call(stranger, method, f"/{intake_id}{path}", 404)
    async with program.client(await program.token("ingest")) as caller:
        await call(caller, "GET", "", 403)


async def test_the_command_line_sees_all_workspaces(
    program: Application, shop: Edge, client: aiohttp.ClientSession, run: Run, dsn_alone: str
) -> None:
    given = {"DATABASE_URL": dsn_alone, "REJOINDER_SECRET_KEY": SECRET}
    kept, put_away = [await quarantined(shop, client, text) for text in ("One", "Two")]
    listed = await run("intake", "list", **given)
    assert f"{kept}  " in listed.out
    assert "  demo  " in listed.out
    assert "an event 'hologram'" in listed.out
    assert '"One"' in (await run("intake", "show", kept, **given)).out
    done = await run("intake", "discard", put_away, **given)
    assert (done.code, done.out) == (0, f"{put_away}  discarded\n")
    again = await run("intake", "discard", put_away, str(uuid4()), **given)
    assert (again.code, again.out.count("refused")) == (1, 2)
    replayed = await run("intake", "replay", "--all", **given)
    assert replayed.code == 0
    assert f"{kept}  replayed" in replayed.out
    assert (await run("intake", "replay", **given)).code == 2
    assert "Nothing is waiting" in (await run("intake", "list", "--state", "waiting", **given)).out


async def test_a_message_is_answered_through_its_platform(shop: Edge) -> None:
    thread = f"t{uuid4()}"
    assert await shop.post(said(thread, thread, "What time do you open?")) == 200

    async def sent() -> list[str]:
        rows = await shop.sql(
            "SELECT d.status FROM deliveries d JOIN conversations c USING (workspace_id, conversation_id)"
            " WHERE d.workspace_id = $1 AND c.thread_key = $2",
            thread,
        )
        return [row[0] for row in rows if row[0] == "sent"]

    assert await eventually(sent, 20)
