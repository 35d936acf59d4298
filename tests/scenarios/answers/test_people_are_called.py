"""When a person is called, and what the customer is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rejoinder.bots.policies import BotSettings
from rejoinder.conversations.contacts.profile import store as profile
from rejoinder.testing import ScriptedModel
from rejoinder.turns.answering.judging.words import handed_over
from tests.scenarios.answers.told import (
    ASKS,
    FURIOUS,
    TELLS,
    WANTS_PERSON,
    answered,
    classified,
    explained,
    fired,
)
from tests.scenarios.conftest import OpenShop
from tests.scenarios.shop import Shop

pytestmark = pytest.mark.usefixtures("work")


@pytest.mark.parametrize("language", WANTS_PERSON)
async def test_who_asks_for_a_person_gets_one_and_no_model_is_asked(
    shop: Shop, model: ScriptedModel, language: str
) -> None:
    message = await shop.says(WANTS_PERSON[language])
    assert (await shop.outcome(message)).status == "handed_off"
    assert model.calls == []
    (reply,) = await shop.replies(message)
    assert (await classified(shop, message))["language"] == language
    assert reply  # in their language: words.py
    assert fired(await explained(shop, message)) == ["asks_person"]


@pytest.mark.parametrize("language", FURIOUS)
async def test_who_is_furious_is_answered_and_handed_over(
    shop: Shop, model: ScriptedModel, language: str
) -> None:
    sorry = answered(
        TELLS[language], language=language, intent="complaint", sentiment="very_negative"
    )
    model.script.append(sorry)
    message = await shop.says(FURIOUS[language])
    assert (await shop.outcome(message)).status == "handed_off"
    assert await shop.replies(message) == [f"{TELLS[language]}\n\n{handed_over(language)}"]
    assert "very_negative" in fired(await explained(shop, message))


async def test_an_unsure_answer_is_not_sent(shop: Shop, model: ScriptedModel) -> None:
    model.script.append(answered("Perhaps at six.", supported=0.1))
    message = await shop.says(ASKS["en"])
    assert (await shop.outcome(message)).status == "handed_off"
    assert "Perhaps at six." not in await shop.replies(message)
    assert fired(await explained(shop, message)) == ["low_confidence"]
    (row,) = await shop.sql(
        "SELECT metadata FROM conversations WHERE workspace_id = $1 AND conversation_id = $2",
        message.conversation_id,
    )
    assert row["metadata"]["escalation_reason"].startswith("confidence 0.")


async def test_a_second_try_that_claims_no_support_is_sent(
    shop: Shop, model: ScriptedModel
) -> None:
    model.script += [
        answered("See https://evil.example/opening for that.", supported=None),
        answered(TELLS["en"], supported=None),
    ]
    message = await shop.says(ASKS["en"])
    assert (await shop.outcome(message)).status == "answered"
    assert await shop.replies(message) == [TELLS["en"]]


async def test_how_refunds_work_does_not_tell_that_a_person_comes(
    shop: Shop, model: ScriptedModel
) -> None:
    told = "Refunds are handled by our team within five days."
    model.script.append(answered(told, intent="refund"))
    message = await shop.says("Can I send it back within a week?")
    assert (await shop.outcome(message)).status == "handed_off"
    assert await shop.replies(message) == [f"{told}\n\n{handed_over('en')}"]


async def test_the_third_complaint_is_a_persons(shop: Shop, model: ScriptedModel) -> None:
    for number in (1, 2, 3):
        model.script.append(
            answered(
                f"I am sorry about that, number {number}.", intent="complaint", sentiment="negative"
            )
        )
        message = await shop.says(f"The cup number {number} was broken")
        outcome = await shop.outcome(message)
        assert outcome.status == ("handed_off" if number == 3 else "answered")
    assert fired(await explained(shop, message)) == ["complaints"]


async def test_three_answers_that_knew_nothing_are_enough(shop: Shop, model: ScriptedModel) -> None:
    unknown = ("I don't know that, sorry.", "I'm not sure about this one.", "I can't say, I fear.")
    for number, reply in enumerate(unknown, 1):
        model.script.append(answered(reply, supported=0.9))
        message = await shop.says(f"What is the code of lamp number {number}?")
        outcome = await shop.outcome(message)
        assert outcome.status == ("handed_off" if number == 3 else "answered"), number
    assert fired(await explained(shop, message)) == ["not_found"]


async def test_a_refund_is_answered_and_handed_over(shop: Shop, model: ScriptedModel) -> None:
    model.script.append(answered("A colleague looks at it.", intent="refund_request"))
    message = await shop.says("Can I send it back within a week?")
    assert (await shop.outcome(message)).status == "handed_off"
    assert await shop.replies(message) == ["A colleague looks at it."]


async def test_a_refund_s_answer_tells_that_a_person_comes(
    shop: Shop, model: ScriptedModel
) -> None:
    model.script.append(answered("That takes five days.", intent="refund"))
    message = await shop.says("Can I send it back within a week?")
    assert (await shop.outcome(message)).status == "handed_off"
    assert await shop.replies(message) == [f"That takes five days.\n\n{handed_over('en')}"]


async def test_a_model_that_hands_over_without_saying_so_is_helped(
    shop: Shop, model: ScriptedModel
) -> None:
    model.script.append(replace(answered("I am sorry."), decision="hand_off"))
    message = await shop.says("The box was empty.")
    assert (await shop.outcome(message)).status == "handed_off"
    assert await shop.replies(message) == [f"I am sorry.\n\n{handed_over('en')}"]


async def test_a_vip_who_is_not_content_is_handed_over(shop: Shop, model: ScriptedModel) -> None:
    model.script += [
        answered("Of course."),
        answered("I am sorry.", intent="complaint", sentiment="negative"),
    ]
    first = await shop.says("Do you have oat milk?")
    assert (await shop.outcome(first)).status == "answered"
    contact_id = (await shop.conversation(first)).contact_id
    async with shop.db.transaction(shop.workspace_id) as tx:
        await profile.change(tx, contact_id, {"tags": ["vip"]})
    message = await shop.says("It arrived late again.")
    assert (await shop.outcome(message)).status == "handed_off"
    assert fired(await explained(shop, message)) == ["vip"]


async def test_a_bot_may_have_its_own_words_and_no_rules(
    opens: OpenShop, model: ScriptedModel
) -> None:
    settings = BotSettings.model_validate(
        {"escalate": {"asks_person": False, "text": "Anna takes over."}}
    )
    shop = await opens(settings=settings)
    model.script += [answered("Only I am here."), answered("No idea at all.", supported=0.0)]
    asked = await shop.says(WANTS_PERSON["en"])
    assert (await shop.outcome(asked)).status == "answered"
    unsure = await shop.says(ASKS["en"])
    assert (await shop.outcome(unsure)).status == "handed_off"
    assert (await shop.replies(unsure))[-1] == "Anna takes over."
