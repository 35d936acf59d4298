"""Platforms and callers send a message again when they did not hear that it came."""

from __future__ import annotations

import asyncio

import pytest

from rejoinder.errors import MessageConflict
from rejoinder.testing import ScriptedModel
from tests.scenarios.shop import Shop

pytestmark = pytest.mark.usefixtures("work")


async def test_it_is_one_message_one_turn_one_reply(shop: Shop, model: ScriptedModel) -> None:
    first = await shop.says("Hello", external_id="m-1")
    again = await shop.says("Hello", external_id="m-1")
    assert (again.message_id, again.turn_id, again.seq) == (
        first.message_id,
        first.turn_id,
        first.seq,
    )
    assert (first.duplicate, again.duplicate) == (False, True)
    await shop.outcome(first)
    after = await shop.says("Hello", external_id="m-1")
    assert (await shop.outcome(after)).status == "answered"
    assert await shop.replies(first) == ["Read: Hello"]
    assert await shop.turns() == ["committed"]
    assert len(model.calls) == 1


async def test_sent_many_times_at_once_it_is_still_one(shop: Shop) -> None:
    sent = await asyncio.gather(*(shop.says("Hello", external_id="m-1") for _ in range(8)))
    assert len({message.message_id for message in sent}) == 1
    assert sum(not message.duplicate for message in sent) == 1
    await shop.outcome(sent[0])
    assert await shop.replies(sent[0]) == ["Read: Hello"]


async def test_the_same_id_with_another_body_is_refused(shop: Shop) -> None:
    first = await shop.says("Hello", external_id="m-1")
    with pytest.raises(MessageConflict, match="m-1"):
        await shop.says("Something else", external_id="m-1")
    await shop.outcome(first)
    assert await shop.replies(first) == ["Read: Hello"]


async def test_a_new_thread_that_begins_twice_at_once_is_one_conversation(shop: Shop) -> None:
    messages = await asyncio.gather(*(shop.says(f"part {n}") for n in range(6)))
    assert len({message.conversation_id for message in messages}) == 1
    assert sorted(message.seq for message in messages) == sorted(
        {message.seq for message in messages}
    )
    await shop.outcome(max(messages, key=lambda message: message.seq))
    assert set(await shop.turns()) <= {"committed", "superseded"}


async def test_a_known_customer_opens_a_new_thread_once(shop: Shop) -> None:
    await shop.outcome(await shop.says("Hello", thread="known"))
    messages = await asyncio.gather(*(shop.says(f"part {n}", thread="new") for n in range(6)))
    assert len({message.conversation_id for message in messages}) == 1
    await shop.outcome(max(messages, key=lambda message: message.seq))
    assert (await shop.events()).count("conversation.opened") == 2


async def test_a_closed_thread_begins_anew(shop: Shop) -> None:
    before = await shop.says("Hello")
    await shop.outcome(before)
    await shop.sql(
        "UPDATE conversations SET state = 'closed', closed_at = now() WHERE workspace_id = $1"
    )
    after = await shop.says("Hello again")
    assert after.conversation_id != before.conversation_id
    assert (await shop.outcome(after)).status == "answered"
