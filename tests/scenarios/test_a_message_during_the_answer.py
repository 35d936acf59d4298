"""A customer writes while the answer is being made."""

from __future__ import annotations

import pytest

from rejoinder.testing import ScriptedModel
from tests.eventually import eventually
from tests.scenarios.conftest import OpenShop
from tests.scenarios.shop import Shop

pytestmark = pytest.mark.usefixtures("work")


async def test_it_stops_the_answer_and_the_next_one_reads_both(
    shop: Shop, model: ScriptedModel
) -> None:
    model.hold()
    await shop.says("A green tea")
    first = await model.called(1)
    last = await shop.says("no, a black one")
    second = await model.called(2)
    assert second.asked == ["A green tea", "no, a black one"]
    await model.until(lambda: first.state == "cancelled")
    model.release()
    assert (await shop.outcome(last)).status == "answered"
    assert await shop.replies(last) == ["Read: A green tea | no, a black one"]
    assert await shop.turns() == ["superseded", "committed"]


async def test_a_stopped_attempt_does_not_count_but_its_tokens_do(
    shop: Shop, model: ScriptedModel
) -> None:
    model.hold()
    await shop.says("A green tea")
    stopped = await model.called(1)
    last = await shop.says("no, a black one")
    await model.until(lambda: stopped.state == "cancelled")
    model.release()
    await shop.outcome(last)
    assert await shop.attempts() == [(1, "superseded"), (1, "committed")]

    async def booked() -> list[tuple[str, bool]]:
        calls = await shop.sql(
            """SELECT l.outcome, l.estimated, l.tokens_used, t.tokens FROM ai_response_logs l
               JOIN turn_attempts t USING (workspace_id, turn_id)
               WHERE l.workspace_id = $1 AND l.outcome = 'cancelled'"""
        )
        assert all(call["tokens_used"] == call["tokens"] > 0 for call in calls)
        return [(call["outcome"], call["estimated"]) for call in calls]

    assert await eventually(booked) == [("cancelled", True)]


async def test_after_so_many_interruptions_the_answer_goes_out(
    opens: OpenShop, model: ScriptedModel
) -> None:
    shop = await opens(max_interrupts=2)
    model.hold()
    for number in (1, 2, 3):
        await shop.says(f"part {number}")
        await model.called(number)
    late = await shop.says("part 4")
    model.release()
    assert (await shop.outcome(late)).status == "answered"
    assert await shop.replies(late) == ["Read: part 1 | part 2 | part 3", "Read: part 4"]
    assert await shop.turns() == ["superseded", "superseded", "committed", "committed"]


async def test_after_so_long_the_answer_goes_out(opens: OpenShop, model: ScriptedModel) -> None:
    shop = await opens(interrupt_seconds=0)
    model.hold()
    await shop.says("one")
    await model.called(1)
    late = await shop.says("two")
    model.release()
    await shop.outcome(late)
    assert await shop.replies(late) == ["Read: one", "Read: two"]


async def test_a_bot_may_let_new_messages_queue_instead(
    opens: OpenShop, model: ScriptedModel
) -> None:
    shop = await opens(overlap_policy="enqueue")
    model.hold()
    first = await shop.says("one")
    ask = await model.called(1)
    later = [await shop.says(text) for text in ("two", "three")]
    assert ask.state == "open"
    model.release()
    assert (await shop.outcome(first)).status == "answered"
    assert (await shop.outcome(later[1])).status == "answered"
    assert await shop.replies(first) == ["Read: one", "Read: two | three"]


async def test_the_history_of_the_next_turn_has_no_message_of_its_own(
    opens: OpenShop, model: ScriptedModel
) -> None:
    shop = await opens(overlap_policy="enqueue")
    model.hold()
    await shop.says("one")
    ask = await model.called(1)
    later = await shop.says("two")
    model.release()
    await shop.outcome(later)
    assert "two" not in ask.prompt
    assert model.calls[1].prompt.count("two") == 1
