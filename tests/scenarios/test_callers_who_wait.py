"""A synchronous caller waits for its message: each answer is handed out once."""

from __future__ import annotations

import asyncio

import pytest

from rejoinder.testing import ScriptedModel
from tests.scenarios.shop import Shop

pytestmark = pytest.mark.usefixtures("work")


async def test_the_newest_gets_the_replies_and_the_others_are_told_who(
    shop: Shop, model: ScriptedModel
) -> None:
    model.hold()
    early = await shop.says("one", waits=True)
    waiting = asyncio.create_task(shop.outcome(early))
    await model.called(1)
    newest = await shop.says("two", waits=True)
    await model.called(2)
    model.release()
    answered, merged = await shop.outcome(newest), await waiting
    assert answered.status == "answered"
    assert [reply.text for reply in answered.replies] == ["Read: one | two"]
    assert answered.answered_by is None
    assert merged.status == "merged"
    assert merged.answered_by == newest.message_id
    assert merged.replies == ()


async def test_a_newer_message_that_nobody_waits_for_leaves_the_replies_to_the_waiter(
    shop: Shop, model: ScriptedModel
) -> None:
    model.hold()
    waits = await shop.says("one", waits=True)
    await model.called(1)
    posted = await shop.says("two")
    await model.called(2)
    model.release()
    assert [reply.text for reply in (await shop.outcome(waits)).replies] == ["Read: one | two"]
    assert (await shop.outcome(posted)).answered_by == waits.message_id


async def test_leaving_early_cancels_nothing(shop: Shop, model: ScriptedModel) -> None:
    model.hold()
    message = await shop.says("Hello", waits=True)
    leaves = asyncio.create_task(shop.outcome(message))
    ask = await model.called(1)
    leaves.cancel()
    await asyncio.wait([leaves])
    assert ask.state == "open"
    model.release()
    assert (await shop.outcome(message)).status == "answered"
