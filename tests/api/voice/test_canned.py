"""Canned replies: written by administrators, found and filled in by operators."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest

from tests.api.application import Application
from tests.api.say import say
from tests.api.voice.ask import ask, refused

PATH = "/canned-replies"
THANKS = {"shortcut": "thx", "title": "Thanks", "text": "Thank you, {{ contact.name }}!"}


async def test_a_reply_is_made_changed_and_taken_away(
    admin: aiohttp.ClientSession, operator: aiohttp.ClientSession
) -> None:
    made = await ask(admin, "POST", PATH, 201, **THANKS)
    assert {name: made[name] for name in THANKS} == THANKS
    one = f"{PATH}/{made['canned_id']}"
    changed = await ask(admin, "PATCH", one, title="Our thanks", shortcut="/ty")
    assert (changed["title"], changed["shortcut"]) == ("Our thanks", "ty")
    assert changed["updated_at"] > made["updated_at"]
    assert await ask(operator, "GET", one) == changed
    await refused(operator, "PATCH", one, 403, title="Mine")
    await refused(operator, "DELETE", one, 403)
    await ask(admin, "DELETE", one, 204)
    await refused(operator, "GET", one, 404)
    await refused(admin, "DELETE", one, 404)
    await refused(admin, "PATCH", one, 404, title="Gone")


async def test_operators_find_them_by_any_of_their_words(
    admin: aiohttp.ClientSession, operator: aiohttp.ClientSession
) -> None:
    for shortcut, title, text in (
        ("hours", "Opening hours", "9 to 18"),
        ("fees", "What delivery costs", "50 % off"),
        ("giờ", "Giờ mở cửa", "Từ 9 giờ"),
    ):
        await ask(admin, "POST", PATH, 201, shortcut=shortcut, title=title, text=text)

    async def found(q: str) -> list[str]:
        async with operator.get(f"/api/v1{PATH}", params={"q": q}) as response:
            return [each["shortcut"] for each in (await response.json())["items"]]

    assert sorted(await found("")) == ["fees", "giờ", "hours"]
    assert await found("OPENING") == ["hours"]
    assert await found("deliv") == ["fees"]
    assert await found("50 %") == ["fees"]
    assert await found("%") == ["fees"]
    assert await found("MỞ CỬA") == ["giờ"]
    assert await found("nothing of this") == []


async def test_the_list_goes_on_after_a_shortcut(
    admin: aiohttp.ClientSession, operator: aiohttp.ClientSession
) -> None:
    for shortcut in ("b", "a", "c"):
        await ask(admin, "POST", PATH, 201, shortcut=shortcut, text="x")
    first = await ask(operator, "GET", f"{PATH}?limit=2")
    assert [each["shortcut"] for each in first["items"]] == ["a", "b"]
    rest = await ask(operator, "GET", f"{PATH}?limit=2&after={first['next']}")
    assert ([each["shortcut"] for each in rest["items"]], rest["next"]) == (["c"], None)


@pytest.mark.parametrize(
    "given",
    [
        {"shortcut": "", "text": "x"},
        {"shortcut": "two words", "text": "x"},
        {"shortcut": "x" * 51, "text": "x"},
        {"shortcut": "x"},
        {"shortcut": "x", "text": "{{ contact.nam }}"},
        {"shortcut": "x", "text": "x", "title": None},
    ],
)
async def test_what_a_reply_cant_be_is_refused(
    admin: aiohttp.ClientSession, given: dict[str, Any]
) -> None:
    await refused(admin, "POST", PATH, 422, **given)


async def test_a_shortcut_is_the_workspaces_own(
    admin: aiohttp.ClientSession, client: aiohttp.ClientSession
) -> None:
    shortcut = f"s{uuid4().hex[:8]}"
    await ask(admin, "POST", PATH, 201, shortcut=shortcut, text="ours")
    told = await refused(admin, "POST", PATH, 409, shortcut=f"/{shortcut}", text="again")
    assert told["code"] == "shortcut_taken"
    theirs = await ask(client, "POST", PATH, 201, shortcut=shortcut, text="theirs")
    await refused(admin, "GET", f"{PATH}/{theirs['canned_id']}", 404)


async def test_it_is_filled_in_for_one_conversation(
    program: Application,
    house: UUID,
    admin: aiohttp.ClientSession,
    operator: aiohttp.ClientSession,
) -> None:
    text = "{{ contact.name|default('there') }}, {{ bot.name }} here. {{ contact.attributes.city }}"
    made = await ask(admin, "POST", PATH, 201, shortcut="in", text=text)
    said = await say(admin, text="hi", sender_id=f"u-{uuid4()}", sender_name="Ann")
    fill = f"{PATH}/{made['canned_id']}/render"
    told = await refused(operator, "POST", fill, 422, conversation_id=said["conversation_id"])
    assert told["code"] == "variable_missing"
    assert "city" in told["detail"]
    async with program.db.transaction(house) as tx:
        await tx.connection.execute(
            "UPDATE contacts SET attributes = $2 WHERE workspace_id = $1", house, {"city": ["Huế"]}
        )
    filled = await ask(operator, "POST", fill, conversation_id=said["conversation_id"])
    assert filled == {"text": "Ann, Nok here. Huế"}
    await refused(operator, "POST", fill, 404, conversation_id=str(uuid4()))
    await refused(
        operator, "POST", f"{PATH}/{uuid4()}/render", 404, conversation_id=said["conversation_id"]
    )
