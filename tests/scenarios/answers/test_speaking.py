"""How a bot speaks: templates, the line that it is an AI, its signature, its languages."""

from __future__ import annotations

from typing import Any

import pytest

from rejoinder.bots.policies import BotSettings
from rejoinder.bots.voice import store as voices
from rejoinder.bots.voice.disclosure import disclosure
from rejoinder.bots.voice.model import Persona, Template
from rejoinder.db import new_id
from rejoinder.testing import ScriptedModel
from tests.scenarios.answers.told import ASKS, TELLS, answered, classified, explained
from tests.scenarios.conftest import OpenShop
from tests.scenarios.shop import Shop

pytestmark = pytest.mark.usefixtures("work")

GREETS = {
    "en": "Hello!",
    "th": "สวัสดีค่ะ",
    "vi": "Xin chào shop",
    "pt": "Olá, bom dia!",
    "es": "¡Hola, buenos días!",
}


async def template(shop: Shop, **more: Any) -> None:
    """An answer to greetings that needs no model."""
    told = {"intents": ("greeting",), "text": "{{ bot.name }}: {{ language }}"} | more
    found = Template(new_id(), shop.bot.bot_id, name=str(new_id()), **told)
    async with shop.db.transaction(shop.workspace_id) as tx:
        await voices.put_template(tx, found, new=True)


async def persona(shop: Shop, **more: Any) -> None:
    """The bot's voice."""
    found = Persona(new_id(), shop.bot.bot_id, None, "Mia", is_default=True, **more)
    async with shop.db.transaction(shop.workspace_id) as tx:
        await voices.put_persona(tx, found, new=True)


def speaks(**speak: Any) -> BotSettings:
    return BotSettings.model_validate({"speak": speak})


@pytest.mark.parametrize("language", GREETS)
async def test_a_template_answers_small_talk_without_a_model(
    shop: Shop, model: ScriptedModel, language: str
) -> None:
    await template(shop)
    message = await shop.says(GREETS[language])
    assert (await shop.outcome(message)).status == "answered"
    assert await shop.replies(message) == [f"Shop: {language}"]
    assert model.calls == []
    assert (await explained(shop, message))["without_a_model"] == "template"
    assert (await classified(shop, message))["intent"] == "greeting"


@pytest.mark.parametrize("language", GREETS)
async def test_a_greeting_with_a_question_is_the_models(
    shop: Shop, model: ScriptedModel, language: str
) -> None:
    await template(shop)
    model.script.append(answered(TELLS[language], language=language))
    message = await shop.says(f"{GREETS[language]} {ASKS[language]}")
    await shop.outcome(message)
    assert await shop.replies(message) == [TELLS[language]]


@pytest.mark.parametrize("language", ASKS)
async def test_the_first_reply_says_who_speaks_and_each_one_who_signs(
    opens: OpenShop, model: ScriptedModel, language: str
) -> None:
    shop = await opens(settings=speaks(disclose="first"))
    await persona(shop, signature="— Mia")
    line = disclosure(shop.bot.settings.speak, language)
    model.script.append(answered(TELLS[language], language=language))
    first = await shop.says(ASKS[language])
    await shop.outcome(first)
    assert await shop.replies(first) == [f"{line}\n\n{TELLS[language]}\n\n— Mia"]


@pytest.mark.parametrize(("disclose", "lines"), [("first", 1), ("each", 2), ("never", 0)])
async def test_it_says_so_as_often_as_it_is_told(
    opens: OpenShop, model: ScriptedModel, disclose: str, lines: int
) -> None:
    shop = await opens(settings=speaks(disclose=disclose, disclosure="I am a program."))
    model.script += [answered("At six."), answered("Yes, on Mondays too.")]
    message = await shop.says("When do you close?")
    await shop.outcome(message)
    await shop.outcome(await shop.says("On Mondays as well?"))
    assert sum("I am a program." in each for each in await shop.replies(message)) == lines


@pytest.mark.parametrize("language", [each for each in ASKS if each != "en"])
async def test_a_reply_in_another_language_is_made_anew(
    shop: Shop, model: ScriptedModel, language: str
) -> None:
    english = "We close at six in the evening on Sundays, as on every other day of the week."
    model.script += [
        answered(english, language=language),
        answered(TELLS[language], language=language),
    ]
    message = await shop.says(ASKS[language])
    await shop.outcome(message)
    assert await shop.replies(message) == [TELLS[language]]
    (thrown,) = (await explained(shop, message))["guard"]["thrown_away"]
    assert [each["check"] for each in thrown] == ["wrong_language"]


async def test_a_bot_speaks_no_language_but_its_own(opens: OpenShop, model: ScriptedModel) -> None:
    settings = BotSettings.model_validate({"check": {"languages": ["en"]}})
    shop = await opens(settings=settings)
    english = "We close at six in the evening on Sundays, as on every other day of the week."
    spanish = "Los domingos cerramos a las seis de la tarde, como todos los días de la semana."
    model.script += [answered(spanish, language="es"), answered(english, language="es")]
    message = await shop.says(ASKS["es"])
    await shop.outcome(message)
    assert await shop.replies(message) == [english]
    assert "Answer only in: en" in model.calls[0].prompt
