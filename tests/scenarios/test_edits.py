"""A customer changes or takes back what they wrote."""

from __future__ import annotations

import pytest

from rejoinder.db import new_id
from rejoinder.errors import Conflict, NotFound
from rejoinder.inbound.edit import delete, edit
from rejoinder.inbound.model import Received
from rejoinder.testing import ScriptedModel
from tests.eventually import eventually
from tests.scenarios.conftest import OpenShop
from tests.scenarios.shop import Shop

pytestmark = pytest.mark.usefixtures("work")


async def changes(shop: Shop, message: Received, text: str) -> None:
    await edit(shop.db, shop.workspace_id, message.message_id, text)


async def takes_back(shop: Shop, message: Received) -> None:
    await delete(shop.db, shop.workspace_id, message.message_id)


async def test_an_edit_stops_the_answer_and_the_new_text_is_answered(
    shop: Shop, model: ScriptedModel
) -> None:
    model.hold()
    message = await shop.says("A green tee")
    stopped = await model.called(1)
    await changes(shop, message, "A green tea")
    await model.until(lambda: stopped.state == "cancelled")
    model.release()
    assert (await shop.outcome(message)).status == "answered"
    assert await shop.replies(message) == ["Read: A green tea"]


async def test_an_edit_begins_the_quiet_window_anew(opens: OpenShop) -> None:
    shop = await opens(quiet_seconds=300, max_wait_seconds=600)
    message = await shop.says("A green tee")
    before = await shop.sql("SELECT due_at FROM turns WHERE workspace_id = $1")
    await changes(shop, message, "A green tea")
    after = await shop.sql("SELECT due_at FROM turns WHERE workspace_id = $1")
    assert after[0][0] > before[0][0]
    assert await shop.turns() == ["waiting"]


async def test_where_the_answer_can_not_be_stopped_the_edit_is_answered_after_it(
    opens: OpenShop, model: ScriptedModel
) -> None:
    shop = await opens(overlap_policy="enqueue")
    model.hold()
    message = await shop.says("A green tee")
    await model.called(1)
    await changes(shop, message, "A green tea")
    model.release()
    await shop.outcome(message)
    assert await shop.replies(message) == ["Read: A green tee", "Read: A green tea"]


async def test_an_edit_of_what_was_answered_is_stored_alone(
    shop: Shop, model: ScriptedModel
) -> None:
    message = await shop.says("A green tee")
    await shop.outcome(message)
    await changes(shop, message, "A green tea")
    assert [m.text for m in await shop.messages(message)] == ["A green tea", "Read: A green tee"]
    assert await shop.turns() == ["committed"]
    assert (await shop.events())[-1] == "message.edited"


async def test_a_message_taken_back_is_not_answered(shop: Shop, model: ScriptedModel) -> None:
    model.hold()
    message = await shop.says("Your coffee is bad")
    stopped = await model.called(1)
    for _ in range(2):
        await takes_back(shop, message)
    await model.until(lambda: stopped.state == "cancelled")
    assert (await shop.outcome(message)).status == "silent"
    assert await shop.turns() == ["cancelled"]
    assert [m.kind for m in await shop.messages(message)] == ["deleted"]


async def test_the_rest_is_answered_without_it(shop: Shop, model: ScriptedModel) -> None:
    model.hold()
    bad = await shop.says("Your coffee is bad")
    await model.called(1)
    good = await shop.says("When do you open?")
    stopped = await model.called(2)
    await takes_back(shop, bad)
    await model.until(lambda: stopped.state == "cancelled")
    third = await model.called(3)
    assert third.asked == ["When do you open?"]
    assert "bad" not in third.prompt
    model.release()
    assert (await shop.outcome(good)).status == "answered"


async def test_an_answer_past_its_interruptions_goes_out_and_leaves_no_empty_turn(
    opens: OpenShop, model: ScriptedModel
) -> None:
    shop = await opens(max_interrupts=0, quiet_seconds=0.2)
    model.hold()
    await shop.says("one")
    bad = await shop.says("two")
    await model.called(1)
    await takes_back(shop, bad)
    model.release()
    assert (await shop.outcome(bad)).status == "silent"

    async def settled() -> bool:
        return set(await shop.turns()) == {"committed"}

    await eventually(settled)
    assert await shop.turns() == ["committed"]


async def test_a_turn_whose_messages_are_gone_ends_at_once(
    opens: OpenShop, model: ScriptedModel
) -> None:
    """Whatever made it so: nobody is answered, nothing fails, and the next turn goes on."""
    shop = await opens(quiet_seconds=0.3, overlap_policy="enqueue")
    message = await shop.says("one")
    await shop.sql("UPDATE messages SET turn_id = NULL WHERE workspace_id = $1")

    async def ended() -> bool:
        return await shop.turns() == ["cancelled"]

    await eventually(ended)
    assert await shop.replies(message) == []
    assert model.calls == []


async def test_what_can_not_be_changed_says_why(shop: Shop, model: ScriptedModel) -> None:
    message = await shop.says("Hello")
    await shop.outcome(message)
    ours = (await shop.messages(message))[-1]
    with pytest.raises(Conflict, match="Only what a customer wrote"):
        await edit(shop.db, shop.workspace_id, ours.message_id, "Other words")
    with pytest.raises(NotFound):
        await edit(shop.db, shop.workspace_id, new_id(), "Other words")
    await takes_back(shop, message)
    with pytest.raises(Conflict, match="was deleted"):
        await changes(shop, message, "Back again")
