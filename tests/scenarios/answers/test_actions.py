"""An answer may do more than say something."""

from __future__ import annotations

import pytest

from rejoinder.conversations.contacts.profile import store as profile
from rejoinder.llm.model import Step
from rejoinder.testing import ScriptedModel
from tests.scenarios.answers.told import actions, answered
from tests.scenarios.shop import Shop

pytestmark = pytest.mark.usefixtures("work")

ASK_EMAIL = Step(
    "collect_info",
    {"field": "email", "kind": "email", "text": "Which email address shall we write to?"},
)


async def test_replies_to_tap_and_cards_go_with_the_text(shop: Shop, model: ScriptedModel) -> None:
    tap = Step("send_quick_replies", {"options": [{"title": "Red"}, {"title": "Blue"}]})
    cards = Step("send_carousel", {"cards": [{"title": "Mug", "text": "320 THB"}]})
    model.script.append(answered("Which colour?", steps=(tap, cards)))
    message = await shop.says("I need a mug")
    await shop.outcome(message)
    sent = [m for m in await shop.messages(message) if m.direction == "outbound"]
    assert sorted(m.kind for m in sent) == ["carousel", "quick_replies"]
    assert sorted(await actions(shop, message)) == [
        ("send_carousel", "sent"),
        ("send_quick_replies", "sent"),
    ]


async def test_what_the_customer_is_asked_for_is_kept(shop: Shop, model: ScriptedModel) -> None:
    model.script += [answered("Gladly.", steps=(ASK_EMAIL,)), answered("Noted, thank you.")]
    first = await shop.says("Send me the catalogue")
    await shop.outcome(first)
    assert (await shop.replies(first))[-1].endswith("Which email address shall we write to?")
    assert sorted(await actions(shop, first)) == [
        ("collect_info", "waiting"),
        ("send_message", "sent"),
    ]
    wrong = await shop.says("ann at example")
    await shop.outcome(wrong)
    assert len(model.calls) == 1, "what is no address is asked for again without a model"
    right = await shop.says("it is ann@example.com")
    await shop.outcome(right)
    contact_id = (await shop.conversation(first)).contact_id
    async with shop.db.read(shop.workspace_id) as read:
        assert await profile.attributes(read, contact_id) == {"email": "ann@example.com"}
    assert ("collect_info", "done") in await actions(shop, first)
    assert (await shop.replies(first))[-1] == "Noted, thank you."


async def test_a_conversation_ends_behind_its_last_word(shop: Shop, model: ScriptedModel) -> None:
    end = Step("end_conversation", {"reason": "the customer said goodbye"})
    model.script.append(answered("Goodbye!", intent="goodbye", steps=(end,)))
    message = await shop.says("That was all, bye")
    await shop.outcome(message)
    assert await shop.replies(message) == ["Goodbye!"]
    assert (await shop.conversation(message)).state == "closed"
    assert (await shop.events())[-1] == "conversation.closed"


async def test_a_hand_over_as_an_action_is_one(shop: Shop, model: ScriptedModel) -> None:
    over = Step("transfer_to_agent", {"reason": "wants a special price"})
    model.script.append(answered("A colleague will look at that.", steps=(over,)))
    message = await shop.says("Do you give discounts for 200 mugs?")
    assert (await shop.outcome(message)).status == "handed_off"
    assert ("transfer_to_agent", "done") in await actions(shop, message)
