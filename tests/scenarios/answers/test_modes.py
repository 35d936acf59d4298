"""A bot may answer, draft, or only read."""

from __future__ import annotations

import pytest

from rejoinder.bots.policies import BotSettings
from rejoinder.errors import Conflict
from rejoinder.inbound.model import Received
from rejoinder.testing import ScriptedModel
from rejoinder.turns.drafts import store as drafts
from rejoinder.turns.drafts.model import Draft
from rejoinder.turns.hands.drafts import discard, send
from rejoinder.turns.hands.modes import set_modes
from tests.scenarios.answers.told import ASKS, TELLS, answered, classified
from tests.scenarios.conftest import OpenShop
from tests.scenarios.shop import Shop

pytestmark = pytest.mark.usefixtures("work")


async def drafted(shop: Shop, message: Received) -> list[Draft]:
    """The conversation's drafts, the newest first."""
    async with shop.db.read(shop.workspace_id) as read:
        return await drafts.drafts(read, message.conversation_id, None, 10)


async def test_a_draft_waits_for_a_person(opens: OpenShop, model: ScriptedModel) -> None:
    shop = await opens(settings=BotSettings(mode="draft"))
    model.script.append(answered(TELLS["en"]))
    message = await shop.says(ASKS["en"])
    await shop.outcome(message)
    assert await shop.replies(message) == []
    (draft,) = await drafted(shop, message)
    assert (draft.state, draft.text) == ("open", TELLS["en"])
    sent = await send(shop.db, shop.workspace_id, draft.draft_id, "anna")
    assert await shop.replies(message) == [TELLS["en"]]
    assert (await shop.conversation(message)).state == "bot"
    with pytest.raises(Conflict, match="sent"):
        await send(shop.db, shop.workspace_id, draft.draft_id, "bo")
    assert [m.message_id for m in await shop.messages(message)][-1] == sent.message_ids[0]


async def test_a_person_may_know_better(opens: OpenShop, model: ScriptedModel) -> None:
    shop = await opens(settings=BotSettings(mode="draft"))
    model.script.append(answered(TELLS["en"]))
    message = await shop.says(ASKS["en"])
    await shop.outcome(message)
    (draft,) = await drafted(shop, message)
    await send(shop.db, shop.workspace_id, draft.draft_id, "anna", "At seven this Sunday.")
    assert await shop.replies(message) == ["At seven this Sunday."]


async def test_a_draft_is_outdated_by_the_next(opens: OpenShop, model: ScriptedModel) -> None:
    shop = await opens(settings=BotSettings(mode="draft"))
    model.script += [answered("One."), answered("Two.")]
    first = await shop.says("What about Monday?")
    await shop.outcome(first)
    await shop.outcome(await shop.says("And Tuesday?"))
    newer, older = await drafted(shop, first)
    assert (newer.state, older.state) == ("open", "outdated")
    await discard(shop.db, shop.workspace_id, newer.draft_id, "anna")
    assert (await drafted(shop, first))[0].state == "discarded"
    assert await shop.replies(first) == []


@pytest.mark.parametrize("language", ASKS)
async def test_a_bot_that_only_reads_asks_no_model(
    opens: OpenShop, model: ScriptedModel, language: str
) -> None:
    shop = await opens(settings=BotSettings(mode="analyse"))
    message = await shop.says(ASKS[language])
    assert (await shop.outcome(message)).status == "silent"
    assert model.calls == []
    told = await classified(shop, message)
    assert (told["intent"], told["language"], told["source"]) == ("question", language, "local")


async def test_one_conversation_may_be_held_to_drafts(shop: Shop, model: ScriptedModel) -> None:
    model.script += [answered("Sent."), answered("Drafted."), answered("Sent again.")]
    first = await shop.says("What about Monday?")
    await shop.outcome(first)
    which = (shop.db, shop.workspace_id, first.conversation_id)
    await set_modes(*which, auto_response_enabled=False)
    await shop.outcome(await shop.says("And Tuesday?"))
    assert await shop.replies(first) == ["Sent."]
    await set_modes(*which, auto_response_enabled=True)
    await shop.outcome(await shop.says("And Wednesday?"))
    assert await shop.replies(first) == ["Sent.", "Sent again."]


async def test_ai_off_stops_the_answer_and_on_again_makes_it(
    shop: Shop, model: ScriptedModel
) -> None:
    model.hold()
    message = await shop.says(ASKS["en"])
    call = await model.called(1)
    which = (shop.db, shop.workspace_id, message.conversation_id)
    await set_modes(*which, ai_enabled=False)
    await model.until(lambda: call.state == "cancelled")
    later = await shop.says("Hello?")
    assert later.turn_id is None
    model.script.append(answered(TELLS["en"]))
    model.release()
    await set_modes(*which, ai_enabled=True)
    await shop.outcome(later)
    assert model.calls[-1].asked == [ASKS["en"], "Hello?"]
    assert await shop.replies(message) == [TELLS["en"]]
