"""Every message is answered once, in order, with everything the customer had said by then."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rejoinder.testing import ScriptedModel
from tests.scenarios.conftest import OpenShop
from tests.scenarios.shop import NOON, Shop

pytestmark = pytest.mark.usefixtures("work")


async def test_a_message_gets_its_answer(shop: Shop, model: ScriptedModel) -> None:
    hello = await shop.says("Hello")
    outcome = await shop.outcome(hello)
    assert outcome.status == "answered"
    assert [reply.text for reply in outcome.replies] == ["Read: Hello"]
    assert (outcome.provider, outcome.model) == ("test", "scripted")
    assert len(model.calls) == 1


async def test_a_burst_within_the_quiet_window_becomes_one_answer(
    opens: OpenShop, model: ScriptedModel
) -> None:
    shop = await opens(quiet_seconds=0.4)
    burst = [await shop.says(text) for text in ("Hi", "do you have tea", "green tea?")]
    assert (await shop.outcome(burst[-1])).status == "answered"
    assert await shop.replies(burst[0]) == ["Read: Hi | do you have tea | green tea?"]
    assert await shop.turns() == ["committed"]
    assert len(model.calls) == 1


async def test_each_message_keeps_the_quiet_window_open_until_the_longest_wait(
    opens: OpenShop, model: ScriptedModel
) -> None:
    shop = await opens(quiet_seconds=30, max_wait_seconds=0.5)
    await shop.says("I am")
    last = await shop.says("still typing")
    assert (await shop.outcome(last)).status == "answered"
    assert [ask.asked for ask in model.calls] == [["I am", "still typing"]]


async def test_a_caller_who_waits_is_answered_without_a_quiet_window(opens: OpenShop) -> None:
    shop = await opens(quiet_seconds=30, max_wait_seconds=60)
    message = await shop.says("Now, please", waits=True)
    assert (await shop.outcome(message)).status == "answered"


async def test_inside_a_turn_messages_are_read_by_the_time_the_platform_gave_them(
    opens: OpenShop, model: ScriptedModel
) -> None:
    shop = await opens(quiet_seconds=0.4)
    await shop.says("second", at=NOON + timedelta(seconds=2))
    last = await shop.says("first", at=NOON)
    await shop.outcome(last)
    assert model.calls[0].asked == ["first", "second"]


async def test_the_next_turn_has_read_the_one_before(shop: Shop, model: ScriptedModel) -> None:
    await shop.outcome(await shop.says("Please call me Nok"))
    await shop.outcome(await shop.says("What is my name?"))
    assert model.calls[1].asked == ["What is my name?"]
    assert "Please call me Nok" in model.calls[1].prompt
    assert "Read: Please call me Nok" in model.calls[1].prompt


async def test_conversations_do_not_wait_for_each_other(shop: Shop, model: ScriptedModel) -> None:
    model.hold()
    slow = await shop.says("one", thread="one")
    held = await model.called(1)
    quick = await shop.says("two", thread="two")
    (await model.called(2)).release()
    assert (await shop.outcome(quick)).status == "answered"
    assert held.state == "open"
    held.release()
    assert (await shop.outcome(slow)).status == "answered"


async def test_what_happened_is_told_in_order(shop: Shop) -> None:
    await shop.outcome(await shop.says("Hello"))
    assert await shop.events() == [
        "conversation.opened",
        "message.received",
        "turn.started",
        "message.sent",
        "turn.committed",
    ]


async def test_the_tokens_of_an_answer_are_in_the_ledger(shop: Shop) -> None:
    hello = await shop.says("Hello")
    await shop.outcome(hello)
    (row,) = await shop.sql("SELECT * FROM ai_response_logs WHERE workspace_id = $1")
    assert (row["tokens_used"], row["outcome"], row["estimated"]) == (110, "ok", False)
    assert row["message_id"] == hello.message_id
    assert "Hello" in row["prompt"]
    (attempt,) = await shop.sql("SELECT tokens FROM turn_attempts WHERE workspace_id = $1")
    assert attempt["tokens"] == 110
