"""Personas are made, changed and taken away; one of them is the default."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest

from rejoinder.bots.voice.known import Voices
from tests.api.application import Application
from tests.api.voice.ask import ask, refused

ALL: dict[str, Any] = {
    "name": "มะลิ",
    "tone": "warm",
    "formality": "polite",
    "style": "short sentences",
    "languages": ["th", "en"],
    "dos": ["ask for the name"],
    "donts": ["speak of others"],
    "greeting": "สวัสดีค่ะ",
    "signature": "— มะลิ",
    "active": True,
    "is_default": False,
}


@pytest.fixture
def path(bot: dict[str, Any]) -> str:
    return f"/bots/{bot['bot_id']}/personas"


async def test_a_persona_is_made_changed_and_taken_away(
    admin: aiohttp.ClientSession, path: str, bot: dict[str, Any]
) -> None:
    made = await ask(admin, "POST", path, 201, **ALL)
    assert made == ALL | {
        "persona_id": made["persona_id"],
        "bot_id": bot["bot_id"],
        "channel_id": None,
    }
    one = f"{path}/{made['persona_id']}"
    changed = await ask(admin, "PATCH", one, tone="dry", dos=[])
    assert changed == made | {"tone": "dry", "dos": []}
    assert await ask(admin, "GET", one) == changed
    assert await ask(admin, "GET", path) == {"items": [changed], "next": None}
    await ask(admin, "DELETE", one, 204)
    await refused(admin, "GET", one, 404)
    await refused(admin, "DELETE", one, 404)
    await refused(admin, "PATCH", one, 404, tone="dry")


async def test_there_is_one_default(admin: aiohttp.ClientSession, path: str) -> None:
    first = await ask(admin, "POST", path, 201, name="One", is_default=True)
    second = await ask(admin, "POST", path, 201, name="Two", is_default=True)
    await ask(admin, "POST", path, 201, name="Three")

    async def defaults() -> list[str]:
        found = await ask(admin, "GET", path)
        return [each["name"] for each in found["items"] if each["is_default"]]

    assert await defaults() == ["Two"]
    await ask(admin, "PATCH", f"{path}/{first['persona_id']}", is_default=True)
    assert await defaults() == ["One"]
    await ask(admin, "PATCH", f"{path}/{second['persona_id']}", tone="calm")
    assert await defaults() == ["One"]


async def test_a_channels_persona_is_its_own(admin: aiohttp.ClientSession, path: str) -> None:
    (channel,) = (await ask(admin, "GET", "/channels"))["items"]
    here = await ask(
        admin, "POST", path, 201, name="Here", channel_id=channel["channel_id"], is_default=True
    )
    await ask(admin, "POST", path, 201, name="All", is_default=True)
    found = await ask(admin, "GET", path)
    assert [each["is_default"] for each in found["items"]] == [True, True]
    moved = await ask(admin, "PATCH", f"{path}/{here['persona_id']}", channel_id=None)
    assert moved["channel_id"] is None
    found = await ask(admin, "GET", path)
    assert [each["is_default"] for each in found["items"]] == [True, False]


@pytest.mark.parametrize(
    "given",
    [
        {"name": ""},
        {"name": "x", "languages": ["Thai"]},
        {"name": "x", "dos": [" "]},
        {"name": "x", "tone": None},
        {"name": "x", "signature": "x" * 1_001},
        {"name": "x", "voice": "deep"},
        {"tone": "calm"},
        {"name": "x", "channel_id": str(uuid4())},
    ],
)
async def test_what_a_persona_cant_be_is_refused(
    admin: aiohttp.ClientSession, path: str, given: dict[str, Any]
) -> None:
    await refused(admin, "POST", path, 422, **given)
    assert (await ask(admin, "GET", path))["items"] == []


async def test_personas_of_others_are_not_there(
    program: Application, client: aiohttp.ClientSession, admin: aiohttp.ClientSession, path: str
) -> None:
    made = await ask(admin, "POST", path, 201, name="Ours")
    await refused(client, "POST", path, 404, name="Theirs")
    await refused(client, "PATCH", f"{path}/{made['persona_id']}", 404, name="Theirs")
    assert (await ask(client, "GET", path))["items"] == []
    await refused(admin, "POST", f"/bots/{uuid4()}/personas", 404, name="Nobody's")


async def test_only_administrators_give_voices(operator: aiohttp.ClientSession, path: str) -> None:
    await refused(operator, "GET", path, 403)
    await refused(operator, "POST", path, 403, name="Op")


async def test_a_turn_reads_all_voices_at_once(
    program: Application, house: UUID, admin: aiohttp.ClientSession, path: str, bot: dict[str, Any]
) -> None:
    made = await ask(admin, "POST", path, 201, **ALL)
    await ask(admin, "POST", path, 201, name="Asleep", active=False)
    text = await ask(
        admin, "POST", path.replace("personas", "templates"), 201, name="hi", text="Hi", intents=["greeting"]
    )  # fmt: skip
    voices = Voices(program.db)
    voice = await voices.get(house, UUID(bot["bot_id"]))
    (persona,) = voice.personas
    (template,) = voice.templates
    assert (str(persona.persona_id), persona.languages) == (made["persona_id"], ("th", "en"))
    assert (str(template.template_id), template.intents) == (text["template_id"], ("greeting",))
    await ask(admin, "DELETE", f"{path}/{made['persona_id']}", 204)
    assert await voices.get(house, UUID(bot["bot_id"])) is voice
    assert (await voices.get(house, uuid4())).personas == ()
