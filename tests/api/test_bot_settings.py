"""A bot's settings change section by section; bots are made and taken away."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from rejoinder.bots.policies import BotSettings
from tests.api.application import Application
from tests.api.voice.ask import ask, refused


@pytest.fixture
async def admin(program: Application) -> aiohttp.ClientSession:
    """An administrator of a workspace of the test's own."""
    return program.client(await program.token("admin", await program.neighbour()))


def _usual() -> dict[str, Any]:
    return BotSettings().model_dump(mode="json")


async def test_a_section_changes_and_the_rest_stays(admin: aiohttp.ClientSession) -> None:
    async with admin:
        (bot,) = (await ask(admin, "GET", "/bots"))["items"]
        assert bot["settings"]["speak"] == _usual()["speak"]
        path = f"/bots/{bot['bot_id']}"
        await ask(admin, "PATCH", path, settings={"speak": {"disclose": "first"}})
        changed = await ask(
            admin, "PATCH", path, settings={"speak": {"policies": ["No refunds."]}, "mode": "draft"}
        )
        speak = _usual()["speak"] | {"disclose": "first", "policies": ["No refunds."]}
        assert changed["settings"]["speak"] == speak
        assert changed["settings"]["mode"] == "draft"
        assert changed["settings"]["know"] == _usual()["know"]
        assert changed["name"] == bot["name"]
        found = await ask(admin, "GET", path)
        assert BotSettings.model_validate(found["settings"]) == BotSettings.model_validate(
            changed["settings"]
        )


@pytest.mark.parametrize(
    ("settings", "where"),
    [
        ({"speak": {"token_budget": 1}}, "settings.speak.token_budget"),
        ({"speak": {"tokens": 1}}, "settings.speak.tokens"),
        ({"spoken": {}}, "settings.spoken"),
        ({"mode": "loud"}, "settings.mode"),
        ({"know": {"languages": ["english"]}}, "settings.know.languages.0"),
        ({"check": {"languages": ["EN"]}}, "settings.check.languages.0"),
        ({"speak": None}, "settings.speak"),
        ({"escalate": {"min_confidence": 1.5}}, "settings.escalate.min_confidence"),
        ({"understand": {"time_zone": "Mars/Olympus"}}, "settings.understand.time_zone"),
        ({"understand": {"time_zone": "../etc"}}, "settings.understand.time_zone"),
        (
            {"understand": {"entities": [{"type": "size", "pattern": "("}]}},
            "settings.understand.entities",
        ),
        ({"check": {"off": ["gravity"]}}, "settings.check.off"),
        ({"check": {"redact": ["shoe_size"]}}, "settings.check.redact"),
        ({"check": {"longest_reply": 1}}, "settings.check.longest_reply"),
        ({"ask": {"models": "nobody:knows"}}, "settings.ask.models"),
        (
            {"ask": {"models": "local"}, "spend": {"downgrade_to": "nobody:knows"}},
            "settings.spend.downgrade_to",
        ),
    ],
)
async def test_what_is_no_setting_is_refused(
    admin: aiohttp.ClientSession, settings: dict[str, Any], where: str
) -> None:
    async with admin:
        (bot,) = (await ask(admin, "GET", "/bots"))["items"]
        told = await refused(admin, "PATCH", f"/bots/{bot['bot_id']}", 422, settings=settings)
        assert told["where"] == where
        assert where in told["detail"]
        assert where in told["mend"]
        await refused(admin, "POST", "/bots", 422, name="New", settings=settings)
        assert (await ask(admin, "GET", "/bots"))["items"] == [bot]


async def test_an_unknown_setting_is_named(admin: aiohttp.ClientSession) -> None:
    async with admin:
        (bot,) = (await ask(admin, "GET", "/bots"))["items"]
        path, settings = f"/bots/{bot['bot_id']}", {"check": {"banned": ["x"]}}
        told = await refused(admin, "PATCH", path, 422, settings=settings)
        assert told["detail"] == "settings.check.banned: is no setting."


async def test_a_bot_is_made_and_taken_away(admin: aiohttp.ClientSession) -> None:
    async with admin:
        made = await ask(
            admin,
            "POST",
            "/bots",
            201,
            name="Second",
            quiet_seconds=0,
            settings={"mode": "analyse"},
        )
        assert (made["name"], made["quiet_seconds"], made["settings"]["mode"]) == (
            "Second",
            0,
            "analyse",
        )
        assert made["fallback_text"]
        path = f"/bots/{made['bot_id']}"
        assert (await ask(admin, "GET", path))["settings"]["mode"] == "analyse"
        await ask(admin, "POST", f"{path}/personas", 201, name="Mali")
        await ask(admin, "DELETE", path, 204)
        await refused(admin, "GET", path, 404)
        await refused(admin, "DELETE", path, 404)
        await refused(admin, "POST", "/bots", 422, persona="nameless")


async def test_a_bot_that_answers_somewhere_stays(
    admin: aiohttp.ClientSession, client: aiohttp.ClientSession
) -> None:
    async with admin:
        (bot,) = (await ask(admin, "GET", "/bots"))["items"]
        path = f"/bots/{bot['bot_id']}"
        told = await refused(admin, "DELETE", path, 409)
        assert told["code"] == "bot_in_use"
        await refused(client, "DELETE", path, 404)
        other = await ask(admin, "POST", "/bots", 201, name="Other")
        (channel,) = (await ask(admin, "GET", "/channels"))["items"]
        await ask(admin, "PATCH", f"/channels/{channel['channel_id']}", bot_id=other["bot_id"])
        await ask(admin, "DELETE", path, 204)
        await refused(admin, "DELETE", f"/bots/{uuid4()}", 404)
