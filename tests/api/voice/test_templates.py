"""Response templates: saved only when they work, tried before they are saved."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from tests.api.voice.ask import ask, refused

HELLO: dict[str, Any] = {
    "name": "hello",
    "text": "Hello {{ contact.name }}!",
    "intents": ["greeting"],
    "languages": ["en"],
    "condition": "now.hour < 12",
    "active": True,
}


@pytest.fixture
def path(bot: dict[str, Any]) -> str:
    return f"/bots/{bot['bot_id']}/templates"


async def test_a_template_is_made_changed_and_taken_away(
    admin: aiohttp.ClientSession, path: str, bot: dict[str, Any]
) -> None:
    made = await ask(admin, "POST", path, 201, **HELLO)
    assert made == HELLO | {"template_id": made["template_id"], "bot_id": bot["bot_id"]}
    one = f"{path}/{made['template_id']}"
    changed = await ask(admin, "PATCH", one, text="Hi!", condition="")
    assert changed == made | {"text": "Hi!", "condition": ""}
    assert await ask(admin, "GET", one) == changed
    assert await ask(admin, "GET", path) == {"items": [changed], "next": None}
    await ask(admin, "DELETE", one, 204)
    await refused(admin, "GET", one, 404)
    await refused(admin, "PATCH", one, 404, text="Hi!")
    await refused(admin, "DELETE", one, 404)


@pytest.mark.parametrize(
    ("given", "where", "says"),
    [
        ({"text": "a\n{{ contact.nam }}"}, "text", "Line 2: 'contact' has no 'nam'"),
        ({"text": "{% for a in contact.tags %}x{% endfor %}"}, "text", "a loop can't be used"),
        ({"text": "{{ 'x' * 999999999 }}"}, "text", "* can't be used"),
        ({"condition": "now.hour <"}, "condition", "Line 1"),
        ({"intents": ["Say Hello"]}, "intents", ""),
        ({"text": " "}, "text", ""),
    ],
)
async def test_what_does_not_work_is_not_saved(
    admin: aiohttp.ClientSession, path: str, given: dict[str, Any], where: str, says: str
) -> None:
    told = await refused(admin, "POST", path, 422, **HELLO | given)
    assert says in told["detail"]
    assert where in str(told)
    made = await ask(admin, "POST", path, 201, **HELLO)
    await refused(admin, "PATCH", f"{path}/{made['template_id']}", 422, **given)
    assert await ask(admin, "GET", f"{path}/{made['template_id']}") == made


async def test_a_name_is_taken_once(admin: aiohttp.ClientSession, path: str) -> None:
    await ask(admin, "POST", path, 201, **HELLO)
    told = await refused(admin, "POST", path, 409, **HELLO)
    assert told["code"] == "name_taken"
    other = await ask(admin, "POST", path, 201, **HELLO | {"name": "other"})
    await refused(admin, "PATCH", f"{path}/{other['template_id']}", 409, name="hello")


async def test_a_template_is_tried_without_being_saved(
    admin: aiohttp.ClientSession, path: str
) -> None:
    sample = {"contact_name": "Ann", "now": "2026-11-21T09:00:00+07:00"}
    tried = await ask(
        admin, "POST", f"{path}/preview", text="{{ bot.name }}: hi {{ contact.name }}",
        condition="now.hour < 12", sample=sample,
    )  # fmt: skip
    assert tried == {"text": "Nok: hi Ann", "holds": True}
    tried = await ask(
        admin, "POST", f"{path}/preview", text="hi", condition="now.hour < 9", sample=sample
    )
    assert tried == {"text": "hi", "holds": False}
    told = await refused(admin, "POST", f"{path}/preview", 422, text="hi {{ contact.name }}")
    assert told["code"] == "variable_missing"
    told = await refused(admin, "POST", f"{path}/preview", 422, text="{{ x }}")
    assert "no variable 'x'" in told["detail"]
    assert (await ask(admin, "GET", path))["items"] == []


async def test_templates_of_others_are_not_there(
    client: aiohttp.ClientSession,
    admin: aiohttp.ClientSession,
    operator: aiohttp.ClientSession,
    path: str,
) -> None:
    made = await ask(admin, "POST", path, 201, **HELLO)
    await refused(client, "POST", path, 404, **HELLO)
    await refused(client, "POST", f"{path}/preview", 404, text="hi")
    await refused(client, "DELETE", f"{path}/{made['template_id']}", 404)
    await refused(operator, "GET", path, 403)
    await refused(admin, "POST", f"/bots/{uuid4()}/templates", 404, **HELLO)
