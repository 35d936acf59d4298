"""Accounts of chat platforms are connected, changed, checked and taken away, against a vendor on loopback."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest

from rejoinder.db import new_id
from tests.api.application import Application, fresh_database, running
from tests.api.problem import problem
from tests.api.say import body, read
from tests.channels.connect.pigeon import Loft, loft, plugged_in

CHANNELS = "/api/v1/channels"
KEY = "the key of the loft itself"


@pytest.fixture(autouse=True)
def pigeon() -> Iterator[None]:
    """The platform of the tests' own."""
    with plugged_in():
        yield


@pytest.fixture
async def vendor() -> AsyncIterator[Loft]:
    """The vendor."""
    async with loft() as vendor:
        yield vendor


def wanted(vendor: Loft, **given: Any) -> dict[str, Any]:
    """An account that the vendor knows; what is given replaces or adds a field."""
    return {
        "platform": "pigeon",
        "name": f"Pigeon {uuid4()}",
        "credentials": {"loft": str(uuid4().int)[:12], "token": KEY},
        "settings": {"base_url": vendor.url},
        **given,
    }


async def make(
    client: aiohttp.ClientSession, given: dict[str, Any], status: int = 201, query: str = ""
) -> dict[str, Any]:
    """POST it."""
    async with client.post(CHANNELS + query, json=given) as response:
        answer: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, answer
        return answer


async def test_an_account_is_connected_and_its_secrets_are_shown_once(
    program: Application, client: aiohttp.ClientSession, vendor: Loft
) -> None:
    given = wanted(vendor)
    made = await make(client, given)
    number = given["credentials"]["loft"]
    url = f"{program.url}/webhooks/pigeon/{made['channel_id']}"
    assert made["account"] == number
    assert made["webhook_url"] == url
    assert made["checked"] == {
        "account": number,
        "name": f"Loft {number}",
        "told": ["It has 12 birds."],
    }
    token = made["verify_token"]
    assert made["made"] == {"verify_token": token}
    assert made["next"] == f"Write {url} and {token} on the door."
    shown = await read(client, f"/channels/{made['channel_id']}")
    assert shown["credentials"] == {
        "loft": number,
        "token": f"…{KEY[-4:]}",
        "verify_token": f"…{token[-4:]}",
    }
    assert KEY not in str(made)
    assert token not in str(shown)


async def test_what_is_stored_is_sealed(
    program: Application, client: aiohttp.ClientSession, vendor: Loft
) -> None:
    made = await make(client, wanted(vendor))
    async with program.db.maintenance() as maintenance:
        row = await maintenance.connection.fetchval(
            "SELECT channels::text FROM channels WHERE channel_id = $1", UUID(made["channel_id"])
        )
    assert made["account"] in row
    assert KEY not in row
    assert KEY.encode().hex() not in row


async def test_without_a_public_address_no_platform_is_told_ours(
    client: aiohttp.ClientSession, vendor: Loft
) -> None:
    made = await make(client, wanted(vendor))
    assert (made["announced"], vendor.announced) == (False, [])
    assert "REJOINDER_PUBLIC_URL" in str(made["warnings"])


async def test_what_is_missing_or_unknown_is_named_with_its_place(
    client: aiohttp.ClientSession, vendor: Loft
) -> None:
    given = wanted(
        vendor,
        credentials={"loft": "no number", "keys": "canary"},
        settings={"base_url": vendor.url, "groups": "all", "sea": "rough", "wind": 5},
    )
    said = await make(client, given, 422)
    for told in (
        "credentials.token is missing: Key of the loft (Loft › Keys › Show)",
        "credentials.loft has not the form of this: Number of the loft (Loft › Door plate)",
        "credentials.keys is not known; there is loft, token, verify_token",
        "settings.groups is wrong",
        "settings.sea is not known",
        "settings.wind must be a text",
    ):
        assert told in said["detail"]
    assert "canary" not in str(said)


async def test_wrong_credentials_are_the_vendors_to_refuse(
    client: aiohttp.ClientSession, vendor: Loft
) -> None:
    before = await read(client, "/channels", limit="200")
    said = await make(client, wanted(vendor, credentials={"loft": "1", "token": "canary"}), 422)
    assert (said["detail"], said["where"]) == (
        "The loft does not know this key.",
        "credentials.token",
    )
    assert await read(client, "/channels", limit="200") == before


@pytest.mark.parametrize("base", [None, "http://127.0.0.1:1"])
async def test_a_vendor_that_is_away_is_503_and_nothing_is_stored(
    client: aiohttp.ClientSession, vendor: Loft, base: str | None
) -> None:
    vendor.broken = 500
    before = await read(client, "/channels", limit="200")
    given = wanted(vendor, settings={"base_url": base or vendor.url})
    async with client.post(CHANNELS, json=given) as response:
        await problem(response, 503, "unavailable")
        assert int(response.headers["Retry-After"]) > 0
    assert await read(client, "/channels", limit="200") == before


async def test_unchecked_it_is_stored_and_says_so(
    client: aiohttp.ClientSession, vendor: Loft
) -> None:
    vendor.broken = 500
    made = await make(client, wanted(vendor), query="?verify=false")
    assert (made["account"], made["checked"]) == (None, None)
    assert "not checked" in str(made["warnings"])
    vendor.broken = None
    async with client.post(f"{CHANNELS}/{made['channel_id']}/check") as response:
        checked = await response.json()
    assert checked["account"] == checked["credentials"]["loft"]
    assert (await read(client, f"/channels/{made['channel_id']}"))["account"] == checked["account"]


async def test_one_account_is_connected_once(client: aiohttp.ClientSession, vendor: Loft) -> None:
    given = wanted(vendor)
    first = await make(client, given)
    said = await make(client, {**given, "name": "Another"}, 409)
    assert said["code"] == "account_connected"
    assert first["name"] in said["detail"]
    assert first["channel_id"] in said["detail"]
    said = await make(client, wanted(vendor, name=first["name"]), 409)
    assert said["code"] == "channel_exists"


@pytest.mark.parametrize("base", ["http://loft.example", "https://10.0.0.1", "https://localhost"])
async def test_a_strangers_vendor_must_be_public(
    program: Application, vendor: Loft, base: str
) -> None:
    token = await program.token(workspace_id=await program.neighbour())
    async with program.client(token) as client:
        said = await make(client, wanted(vendor, settings={"base_url": base}), 422)
    assert said["where"] == "settings.base_url"


async def change(
    client: aiohttp.ClientSession, made: dict[str, Any], status: int = 200, **given: Any
) -> dict[str, Any]:
    """PATCH it."""
    async with client.patch(f"{CHANNELS}/{made['channel_id']}", json=given) as response:
        answer: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, answer
        return answer


async def test_a_new_key_is_checked_and_ends_the_pause(
    program: Application, client: aiohttp.ClientSession, vendor: Loft
) -> None:
    made = await make(client, wanted(vendor))
    async with program.db.maintenance() as maintenance:
        await maintenance.connection.execute(
            "UPDATE channels SET paused_until = 'infinity', paused_reason = 'refused' WHERE channel_id = $1",
            UUID(made["channel_id"]),
        )
    path = f"/channels/{made['channel_id']}"
    assert (await read(client, path))["paused_until"] == "resumed"
    said = await change(client, made, 422, credentials={"token": "canary"})
    assert "does not know this key" in said["detail"]
    assert (await read(client, path))["paused_reason"] == "refused"
    vendor.keys = {"another key of the same loft"}
    changed = await change(client, made, credentials={"token": "another key of the same loft"})
    assert changed["credentials"]["loft"] == made["account"]
    assert changed["credentials"]["verify_token"] == f"…{made['verify_token'][-4:]}"
    assert changed["made"] == {}
    assert changed["paused_until"] is None


async def test_a_name_and_common_settings_are_changed_without_asking_the_vendor(
    client: aiohttp.ClientSession, vendor: Loft
) -> None:
    made = await make(client, wanted(vendor))
    vendor.broken = 500
    settings = {
        "base_url": vendor.url,
        "groups": "mentions",
        "opt_out_text": "",
        "window_template": {"name": "hello", "language": "en", "parameters": ["{text}"]},
    }
    changed = await change(client, made, name=f"New {made['name']}", settings=settings)
    assert changed["settings"] == settings
    assert changed["name"] == f"New {made['name']}"
    said = await change(client, made, 503, settings={**settings, "wind": "east"})
    assert said["code"] == "unavailable"


async def test_another_accounts_credentials_are_refused(
    client: aiohttp.ClientSession, vendor: Loft
) -> None:
    made = await make(client, wanted(vendor))
    said = await change(client, made, 409, credentials={"loft": "77"})
    assert said["code"] == "another_account"
    assert (await read(client, f"/channels/{made['channel_id']}"))["account"] == made["account"]


async def test_credentials_that_no_key_opens_are_given_anew(
    program: Application, client: aiohttp.ClientSession, vendor: Loft
) -> None:
    given = wanted(vendor)
    made = await make(client, given)
    async with program.db.maintenance() as maintenance:
        await maintenance.connection.execute(
            "UPDATE channels SET credentials = 'rubbish' WHERE channel_id = $1",
            UUID(made["channel_id"]),
        )
    path = f"/channels/{made['channel_id']}"
    assert (await read(client, path))["credentials"] is None
    await change(client, made, 422, credentials={"token": KEY})
    changed = await change(client, made, credentials=given["credentials"])
    assert changed["verify_token"] not in (None, made["verify_token"])
    assert (await read(client, path))["credentials"]["token"] == f"…{KEY[-4:]}"


async def test_platforms_say_what_they_take(client: aiohttp.ClientSession) -> None:
    found = {each["name"]: each for each in await read_list(client)}
    assert found.keys() >= {"whatsapp_cloud", "line", "telegram", "pigeon"}
    fields = {each["name"]: each for each in found["pigeon"]["credentials"]}
    assert fields["token"]["where"] == "Loft › Keys › Show"
    assert (fields["token"]["secret"], fields["token"]["needed"]) == (True, True)
    assert (fields["verify_token"]["made"], fields["verify_token"]["needed"]) == (True, False)
    assert found["pigeon"]["limits"]["text"] == 100
    assert found["pigeon"]["capabilities"]["kinds"] == ["image", "text"]


async def read_list(client: aiohttp.ClientSession) -> list[dict[str, Any]]:
    async with client.get("/api/v1/platforms") as response:
        assert response.status == 200, await response.text()
        answer: list[dict[str, Any]] = await response.json()
        return answer


async def remove(
    client: aiohttp.ClientSession, channel_id: str, status: int = 200, query: str = ""
) -> dict[str, Any]:
    """DELETE it."""
    async with client.delete(f"{CHANNELS}/{channel_id}{query}") as response:
        answer: dict[str, Any] = await response.json(content_type=None)
        assert response.status == status, answer
        return answer


async def rest(client: aiohttp.ClientSession, conversations: int) -> str:
    """A REST channel with so many open conversations."""
    made = await make(client, {"platform": "rest", "name": f"Rest {uuid4()}"})
    for _ in range(conversations):
        message = body(channel_id=made["channel_id"], conversation_id=uuid4().hex)
        async with client.post("/api/v1/messages", json=message) as response:
            assert response.status == 202, await response.text()
    return str(made["channel_id"])


async def left(program: Application, channel_id: str) -> dict[str, int]:
    """Rows that still name the channel."""
    async with program.db.maintenance() as maintenance:
        return {
            table: await maintenance.connection.fetchval(
                f"SELECT count(*) FROM {table} WHERE {column} = $1", UUID(channel_id)
            )
            for table, column in (
                ("channels", "channel_id"),
                ("conversations", "channel_id"),
                ("messages", "channel_id"),
                ("contact_identities", "scope"),
            )
        }


async def test_a_channel_with_open_conversations_stays_unless_forced(
    program: Application, client: aiohttp.ClientSession
) -> None:
    channel_id = await rest(client, 3)
    said = await remove(client, channel_id, 409)
    assert said["code"] == "conversations_open"
    assert said["detail"].startswith("3 conversations are open")
    assert (await left(program, channel_id))["conversations"] == 3
    assert (await remove(client, channel_id, query="?force=true"))["conversations"] == 3
    assert set((await left(program, channel_id)).values()) == {0}
    await remove(client, channel_id, 404)


async def test_closed_conversations_go_with_their_channel(
    program: Application, client: aiohttp.ClientSession
) -> None:
    channel_id = await rest(client, 1)
    async with program.db.maintenance() as maintenance:
        conversation = await maintenance.connection.fetchval(
            "SELECT conversation_id FROM conversations WHERE channel_id = $1", UUID(channel_id)
        )
    async with client.post(f"/api/v1/conversations/{conversation}/close") as response:
        assert response.status == 200
    assert (await remove(client, channel_id))["conversations"] == 1
    assert set((await left(program, channel_id)).values()) == {0}


async def test_the_chat_page_stays(program: Application, client: aiohttp.ClientSession) -> None:
    await remove(client, str(program.shop.widget.channel_id), 422, "?force=true")
    await remove(client, str(new_id()), 404)


async def test_what_waits_and_is_quarantined_is_counted(
    program: Application, client: aiohttp.ClientSession, vendor: Loft
) -> None:
    made = await make(client, wanted(vendor))
    async with program.db.maintenance() as maintenance:
        for state in ("waiting", "quarantined", "quarantined"):
            await maintenance.connection.execute(
                """INSERT INTO intake (workspace_id, intake_id, channel_id, body, state, reason, next_try_at)
                   VALUES ($1, $2, $3, '', $4, 'a test', clock_timestamp() + interval '1 day')""",
                program.shop.workspace_id,
                new_id(),
                UUID(made["channel_id"]),
                state,
            )
    shown = await read(client, f"/channels/{made['channel_id']}")
    assert shown["intake"] == {"waiting": 1, "quarantined": 2}
    assert shown in (await read(client, "/channels", limit="200"))["items"]
    await remove(client, made["channel_id"])


@pytest.fixture(scope="module")
async def public() -> AsyncIterator[Application]:
    """A program that knows where it is reached."""
    async with (
        fresh_database(os.environ.get("REJOINDER_TEST_DATABASE_URL")) as dsn,
        running(dsn, public_url="https://chat.example/bots/") as program,
    ):
        yield program


async def test_the_platform_is_told_the_public_address(public: Application, vendor: Loft) -> None:
    async with public.client(await public.token()) as client:
        made = await make(client, wanted(vendor))
        url = f"https://chat.example/bots/webhooks/pigeon/{made['channel_id']}"
        assert (made["announced"], made["webhook_url"], made["warnings"]) == (True, url, [])
        assert vendor.announced == [url]
        async with client.post(f"{CHANNELS}/{made['channel_id']}/check?announce=true") as response:
            assert (await response.json())["announced"] is True
        assert vendor.announced == [url, url]
        listed = await read(client, "/channels", limit="200")
    ours = next(each for each in listed["items"] if each["platform"] == "rest")
    assert ours["webhook_url"] == "https://chat.example/bots/api/v1/messages"


async def test_a_vendor_that_does_not_take_the_address_leaves_the_channel(
    public: Application, vendor: Loft
) -> None:
    async with public.client(await public.token()) as client:
        vendor.broken = 500
        made = await make(client, wanted(vendor), query="?verify=false")
    assert made["announced"] is False
    assert "did not take the webhook's address: The loft answered 500." in str(made["warnings"])


async def test_the_log_is_paged_newest_first(
    program: Application, client: aiohttp.ClientSession, vendor: Loft
) -> None:
    made = await make(client, wanted(vendor))
    logged = [new_id() for _ in range(5)]
    async with program.db.maintenance() as maintenance:
        for number, log_id in enumerate(logged):
            await maintenance.connection.execute(
                """INSERT INTO channel_log (workspace_id, log_id, channel_id, direction, at, milliseconds, method,
                       address, status, class, request, response)
                   VALUES ($1, $2, $3, $4, clock_timestamp(), 1.5, 'POST', '/send', 200, $5, '{}', '')""",
                program.shop.workspace_id,
                log_id,
                UUID(made["channel_id"]),
                "out" if number % 2 else "in",
                "refused" if number == 3 else "taken",
            )
    newest = [str(each) for each in reversed(logged)]

    async def page(**asked: str) -> tuple[list[str], str | None]:
        found = await read(client, f"/channels/{made['channel_id']}/log", **asked)
        return [each["log_id"] for each in found["items"]], found["next"]

    assert await page() == (newest, None)
    assert await page(limit="2") == (newest[:2], newest[1])
    assert await page(limit="3", before=newest[1]) == (newest[2:], newest[4])
    assert await page(direction="out") == ([newest[1], newest[3]], None)
    assert await page(**{"class": "refused"}) == ([newest[1]], None)
    (entry,) = (await read(client, f"/channels/{made['channel_id']}/log", **{"class": "refused"}))[
        "items"
    ]
    assert (entry["class"], entry["status"], entry["address"]) == ("refused", 200, "/send")
    next_door = await program.token(workspace_id=await program.neighbour())
    async with (
        program.client(next_door) as other,
        other.get(f"{CHANNELS}/{made['channel_id']}/log") as response,
    ):
        await problem(response, 404, "not_found")


async def test_a_channel_that_is_gone_takes_nothing_more(client: aiohttp.ClientSession) -> None:
    """A process remembers channels for 5 s: within them too nothing is acknowledged that is not stored."""
    channel_id = await rest(client, 1)
    await remove(client, channel_id, query="?force=true")
    message = body(channel_id=channel_id, conversation_id=uuid4().hex)
    async with client.post("/api/v1/messages", json=message) as response:
        await problem(response, 404, "not_found")


async def test_what_the_platform_knows_need_not_be_given(
    client: aiohttp.ClientSession, vendor: Loft
) -> None:
    credentials = {"loft": f"77{str(uuid4().int)[:10]}", "token": KEY}
    made = await make(client, wanted(vendor, credentials=credentials))
    assert made["settings"]["wind"] == "north"
    given = {"base_url": vendor.url, "wind": "east"}
    async with client.patch(
        f"{CHANNELS}/{made['channel_id']}", json={"settings": given}
    ) as response:
        changed = await response.json()
    assert changed["settings"]["wind"] == "east"
