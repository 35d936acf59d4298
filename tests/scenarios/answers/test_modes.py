"""A bot may answer, draft, or only read."""

from __future__ import annotations

import pytest

from rejoinder.bots.policies import BotSettings
from rejoinder.errors import Conflict
from rejoinder.inbound.edit import delete, edit
from rejoinder.inbound.model import Received
from rejoinder.testing import ScriptedModel
from rejoinder.turns.drafts import store as drafts
from rejoinder.turns.drafts.model import Draft
from rejoinder.turns.hands.drafts import discard, send
from rejoinder.turns.hands.modes import set_modes
from rejoinder.turns.hands.take_over import take
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


async def test_a_draft_that_was_sent_goes_out_though_its_sender_takes_over(
    opens: OpenShop, model: ScriptedModel
) -> None:
    shop = await opens(platform="telegram", settings=BotSettings(mode="draft"))
    model.script.append(answered(TELLS["en"]))
    message = await shop.says(ASKS["en"])
    await shop.outcome(message)
    (draft,) = await drafted(shop, message)
    sent = await send(shop.db, shop.workspace_id, draft.draft_id, "anna")
    await take(shop.db, shop.workspace_id, message.conversation_id, "anna")
    ((status,),) = await shop.sql(
        "SELECT status FROM deliveries WHERE workspace_id = $1 AND message_id = $2",
        sent.message_ids[0],
    )
    assert status in ("queued", "sending")


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


async def test_a_draft_is_made_again_for_what_is_changed(
    opens: OpenShop, model: ScriptedModel
) -> None:
    shop = await opens(settings=BotSettings(mode="draft"))
    model.script += [answered("One."), answered("Two."), answered("Three.")]
    first = await shop.says("What about Monday?")
    await shop.outcome(first)
    edited = await edit(shop.db, shop.workspace_id, first.message_id, "What about Friday?")
    assert edited.turn_id not in (None, first.turn_id)
    await shop.outcome(first)
    newer, older = await drafted(shop, first)
    assert [(each.text, each.state) for each in (newer, older)] == [
        ("Two.", "open"),
        ("One.", "outdated"),
    ]
    assert model.calls[-1].asked == ["What about Friday?"]
    with pytest.raises(Conflict, match="outdated"):
        await send(shop.db, shop.workspace_id, older.draft_id, "anna")
    second = await shop.says("And Tuesday?")
    await shop.outcome(second)
    again = await edit(shop.db, shop.workspace_id, first.message_id, "What about Sunday?")
    assert again.turn_id is None
    assert (await drafted(shop, first))[0].state == "open", "that was answered before"


async def test_what_was_answered_meanwhile_is_not_drafted_again(
    opens: OpenShop, model: ScriptedModel
) -> None:
    shop = await opens()
    model.script += [answered("Sent."), answered("Drafted."), answered("Sent again.")]
    began = await shop.says("What about Sunday?")
    await shop.outcome(began)
    which = (shop.db, shop.workspace_id, began.conversation_id)
    await set_modes(*which, auto_response_enabled=False)
    held = await shop.says("What about Monday?")
    await shop.outcome(held)
    assert [each.state for each in await drafted(shop, held)] == ["open"]
    await set_modes(*which, auto_response_enabled=True)
    await shop.outcome(await shop.says("And Tuesday?"))
    assert await shop.replies(began) == ["Sent.", "Sent again."]
    edited = await edit(shop.db, shop.workspace_id, held.message_id, "What about Friday?")
    assert edited.turn_id is None


async def test_nothing_is_drafted_for_who_wants_no_messages(
    opens: OpenShop, model: ScriptedModel
) -> None:
    shop = await opens(settings=BotSettings(mode="draft"))
    model.script.append(answered("One."))
    first = await shop.says("What about Monday?")
    await shop.outcome(first)
    await shop.sql("UPDATE contacts SET opted_out_at = now() WHERE workspace_id = $1")
    edited = await edit(shop.db, shop.workspace_id, first.message_id, "What about Friday?")
    assert edited.turn_id is None
    (draft,) = await drafted(shop, first)
    assert draft.state == "outdated"


async def test_a_draft_is_made_again_without_what_is_taken_back(
    opens: OpenShop, model: ScriptedModel
) -> None:
    shop = await opens(settings=BotSettings(mode="draft"), quiet_seconds=0.2)
    model.script += [answered("Both."), answered("One.")]
    first, second = await shop.says("What about Monday?"), await shop.says("And Tuesday?")
    await shop.outcome(second)
    await delete(shop.db, shop.workspace_id, second.message_id)
    await shop.outcome(first)
    newer, older = await drafted(shop, first)
    assert [(each.text, each.state) for each in (newer, older)] == [
        ("One.", "open"),
        ("Both.", "outdated"),
    ]
    await delete(shop.db, shop.workspace_id, first.message_id)
    assert [each.state for each in await drafted(shop, first)] == ["outdated", "outdated"]
    assert len(model.script) == 0


async def test_a_draft_is_outdated_while_another_answer_is_due(
    opens: OpenShop, model: ScriptedModel
) -> None:
    shop = await opens(
        settings=BotSettings(mode="draft"), overlap_policy="enqueue", quiet_seconds=0.2
    )
    model.script += [answered("One."), answered("Two.")]
    model.hold()
    first, second = await shop.says("What about Monday?"), await shop.says("And Tuesday?")
    call = await model.called(1)
    assert len(call.asked) == 2
    await edit(shop.db, shop.workspace_id, first.message_id, "What about Friday?")
    call.release()
    await shop.outcome(second)
    await model.called(2)
    (draft,) = await drafted(shop, first)
    assert draft.state == "outdated", "it has not read the first message as it stands now"
    with pytest.raises(Conflict, match="outdated"):
        await send(shop.db, shop.workspace_id, draft.draft_id, "anna")
    model.release()
    await shop.outcome(first)


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
