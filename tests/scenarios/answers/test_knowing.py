"""What the business wrote down: cited where it carries an answer, and known to be missing where it does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from rejoinder.bots.policies import BotSettings
from rejoinder.inbound.model import Received
from rejoinder.knowledge import ingest
from rejoinder.testing import ScriptedModel
from tests.scenarios.answers.told import ASKS, TELLS, answered, explained
from tests.scenarios.conftest import OpenShop
from tests.scenarios.shop import Shop

pytestmark = pytest.mark.usefixtures("work")

HOURS = {
    "en": "On Sundays we close at six in the evening.",
    "th": "วันอาทิตย์ร้านปิดหกโมงเย็น",
    "vi": "Chủ nhật cửa hàng đóng cửa lúc sáu giờ chiều.",
    "pt": "No domingo fechamos às seis da tarde; quem pergunta que horas fecham no domingo vem antes.",
    "es": "Los domingos cerramos a las seis de la tarde; a esa hora cierran todas las tiendas.",
}
DONT_KNOW = {
    "en": "I don't know that, I'm afraid.",
    "th": "เรื่องนี้ไม่ทราบค่ะ",
    "vi": "Dạ em chưa có thông tin về việc này ạ.",
    "pt": "Não tenho essa informação, desculpe.",
    "es": "No tengo esa información, lo siento.",
}


async def written_down(shop: Shop, title: str, body: str) -> None:
    """A document of the business."""
    async with shop.db.transaction(shop.workspace_id) as tx:
        await ingest(tx, title=title, body=body, source=title)


async def noted(shop: Shop, message: Received) -> Mapping[str, Any]:
    """What the last reply's metadata tells."""
    return [m.metadata for m in await shop.messages(message) if m.direction == "outbound"][-1]


@pytest.mark.parametrize("language", ASKS)
async def test_an_answer_says_what_it_rests_on(
    shop: Shop, model: ScriptedModel, language: str
) -> None:
    await written_down(shop, "Hours", HOURS[language])
    model.script.append(answered(TELLS[language], language=language, sources=(1,)))
    message = await shop.says(ASKS[language])
    assert (await shop.outcome(message)).status == "answered"
    assert HOURS[language] in model.calls[0].prompt
    told = await noted(shop, message)
    assert [each["title"] for each in told["sources"]] == ["Hours"]
    assert told["known"] is True


async def test_a_source_that_was_not_given_is_none(shop: Shop, model: ScriptedModel) -> None:
    await written_down(shop, "Hours", HOURS["en"])
    model.script.append(answered(TELLS["en"], sources=(7,)))
    message = await shop.says(ASKS["en"])
    await shop.outcome(message)
    assert "sources" not in await noted(shop, message)


@pytest.mark.parametrize("language", ASKS)
async def test_what_is_not_known_is_said_and_counted(
    shop: Shop, model: ScriptedModel, language: str
) -> None:
    model.script.append(answered(DONT_KNOW[language], language=language, supported=0.9))
    message = await shop.says(ASKS[language])
    assert (await shop.outcome(message)).status == "answered"
    assert (await noted(shop, message))["known"] is False
    assert (await explained(shop, message))["confidence"] == 0.55


@pytest.mark.parametrize("language", ASKS)
async def test_or_a_person_is_called_at_once(
    opens: OpenShop, model: ScriptedModel, language: str
) -> None:
    shop = await opens(settings=BotSettings.model_validate({"know": {"not_found": "hand_off"}}))
    model.script.append(answered(DONT_KNOW[language], language=language, supported=0.9))
    message = await shop.says(ASKS[language])
    assert (await shop.outcome(message)).status == "handed_off"
    assert DONT_KNOW[language] not in await shop.replies(message)
