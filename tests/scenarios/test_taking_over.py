"""A person writes into the conversation: from then on it is theirs, and the bot keeps silent."""

from __future__ import annotations

import pytest

from rejoinder.errors import LostTurn
from rejoinder.inbound.model import Received
from rejoinder.testing import ScriptedModel
from rejoinder.turns.attempt.commit import commit
from rejoinder.turns.upkeep.rescue import rescue
from rejoinder.worker import Work
from tests.eventually import eventually
from tests.scenarios.conftest import OpenShop
from tests.scenarios.shop import Shop
from tests.scenarios.test_workers_that_fail import ANSWER, DEAD, claimed_by, living


async def takes_over(shop: Shop) -> Received:
    """An agent answers in the customer's thread."""
    return await shop.says("I am Nok, I help you.", sender_type="agent", customer="nok")


async def test_the_answer_in_the_making_is_stopped_and_never_sent(
    shop: Shop, model: ScriptedModel, work: Work
) -> None:
    model.hold()
    message = await shop.says("Hello")
    call = await model.called(1)
    await takes_over(shop)
    await model.until(lambda: call.state == "cancelled")
    model.release()
    assert (await shop.outcome(message)).status == "handed_off"
    assert await shop.turns() == ["handed_off"]
    assert await shop.attempts() == [(1, "handed_off")]
    assert await shop.replies(message) == []
    assert (await shop.conversation(message)).state == "agent"


async def test_the_stopped_call_is_in_the_ledger(
    shop: Shop, model: ScriptedModel, work: Work
) -> None:
    model.hold()
    await shop.says("Hello")
    await model.called(1)
    await takes_over(shop)

    async def booked() -> list[str]:
        calls = await shop.sql("SELECT outcome FROM ai_response_logs WHERE workspace_id = $1")
        return [call["outcome"] for call in calls]

    assert await eventually(booked) == ["cancelled"]


async def test_an_answer_that_is_ready_comes_too_late(shop: Shop) -> None:
    message = await shop.says("Hello")
    async with living(shop.db) as worker:
        claimed = await claimed_by(worker, shop, message)
        await takes_over(shop)
        with pytest.raises(LostTurn):
            await commit(shop.db, claimed, ANSWER, [], message.message_id)
    assert await shop.replies(message) == []
    assert await shop.attempts() == [(1, "handed_off")]


async def test_a_message_that_waits_is_theirs(
    opens: OpenShop, model: ScriptedModel, work: Work
) -> None:
    shop = await opens(quiet_seconds=60, max_wait_seconds=300)
    message = await shop.says("Hello")
    await takes_over(shop)
    assert (await shop.outcome(message)).status == "handed_off"
    assert await shop.turns() == ["handed_off"]
    assert await shop.attempts() == []
    assert model.calls == []


async def test_what_came_during_the_answer_is_theirs_too(
    opens: OpenShop, model: ScriptedModel, work: Work
) -> None:
    shop = await opens(overlap_policy="enqueue")
    model.hold()
    await shop.says("one")
    call = await model.called(1)
    later = await shop.says("two")
    await takes_over(shop)
    await model.until(lambda: call.state == "cancelled")
    assert (await shop.outcome(later)).status == "handed_off"
    assert await shop.turns() == ["handed_off", "handed_off"]


async def test_what_the_customer_writes_later_opens_no_turn(
    shop: Shop, model: ScriptedModel, work: Work
) -> None:
    await shop.outcome(await shop.says("Hello"))
    await takes_over(shop)
    later = await shop.says("Thank you, Nok")
    assert later.turn_id is None
    assert (await shop.outcome(later)).status == "handed_off"
    assert await shop.turns() == ["committed"]
    assert len(model.calls) == 1


async def test_an_attempt_keeps_the_end_it_had(shop: Shop) -> None:
    await claimed_by(DEAD, shop, await shop.says("Hello"))
    await rescue(shop.db)
    assert await shop.attempts() == [(1, "expired")]
    await takes_over(shop)
    assert await shop.turns() == ["handed_off"]
    assert await shop.attempts() == [(1, "expired")]


async def test_a_rescued_turns_first_owner_can_not_answer_any_more(shop: Shop) -> None:
    """It might while nobody else had claimed the turn."""
    message = await shop.says("Hello")
    first = await claimed_by(DEAD, shop, message)
    await rescue(shop.db)
    await takes_over(shop)
    with pytest.raises(LostTurn):
        await commit(shop.db, first, ANSWER, [], message.message_id)
    assert await shop.replies(message) == []


async def test_it_is_told_once(shop: Shop) -> None:
    await shop.says("Hello")
    theirs = await takes_over(shop)
    assert (await shop.outcome(theirs)).status == "stored"
    await takes_over(shop)
    assert (await shop.events()).count("conversation.handed_off") == 1
