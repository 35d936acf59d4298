"""What a customer is asked for is understood in their language, asked for again, and given up in time."""

from __future__ import annotations

import pytest

from rejoinder.bots.policies import BotSettings
from rejoinder.conversations.contacts.profile import store as profile
from rejoinder.llm.model import Step
from rejoinder.testing import ScriptedModel
from tests.scenarios.answers.told import ASKS, actions, answered, explained
from tests.scenarios.conftest import OpenShop

pytestmark = pytest.mark.usefixtures("work")

ASK = {
    "en": "Which phone number may we call?",
    "th": "ขอเบอร์โทรติดต่อกลับด้วยค่ะ",
    "vi": "Anh chị cho em xin số điện thoại ạ?",
    "pt": "Qual é o seu número de telefone?",
    "es": "¿Cuál es su número de teléfono?",
}
NO_NUMBER = {"en": "12", "th": "๑๒ ค่ะ", "vi": "12 ạ", "pt": "é 12", "es": "es el 12"}
NUMBER = {
    "en": ("US", "sure, it's (415) 730-2288", "+14157302288"),
    "th": ("TH", "เบอร์ 089-431-7756 ค่ะ", "+66894317756"),
    "vi": ("VN", "số của em 0903 817 264 nha", "+84903817264"),
    "pt": ("BR", "é (11) 98734-5521", "+5511987345521"),
    "es": ("ES", "es el 612 408 973", "+34612408973"),
}


@pytest.mark.parametrize("language", ASK)
async def test_a_number_is_asked_for_until_it_is_one(
    opens: OpenShop, model: ScriptedModel, language: str
) -> None:
    country, said, number = NUMBER[language]
    shop = await opens(settings=BotSettings.model_validate({"understand": {"country": country}}))
    step = Step("collect_info", {"field": "phone", "kind": "phone", "text": ASK[language]})
    model.script += [
        answered("", language=language, steps=(step,)),
        answered("OK 👍", language=language),
    ]
    first = await shop.says(ASKS[language])
    await shop.outcome(first)
    assert (await shop.replies(first))[-1].endswith(ASK[language])
    wrong = await shop.says(NO_NUMBER[language])
    await shop.outcome(wrong)
    assert len(model.calls) == 1, "what is no number needs no model"
    assert (await explained(shop, wrong))["without_a_model"] == "collect_info"
    await shop.outcome(await shop.says(said))
    contact_id = (await shop.conversation(first)).contact_id
    async with shop.db.read(shop.workspace_id) as read:
        assert await profile.attributes(read, contact_id) == {"phone": number}
    assert ("collect_info", "done") in await actions(shop, first)
    assert number not in model.calls[-1].prompt, "nor is it told to the model"
