"""Two machines that write to each other are stopped, and a person is told."""

from __future__ import annotations

import pytest

from rejoinder.testing import ScriptedModel
from rejoinder.turns.hands.release import release
from tests.scenarios.conftest import OpenShop
from tests.scenarios.shop import Shop

pytestmark = pytest.mark.usefixtures("work")


async def echoes(shop: Shop, times: int) -> list[str]:
    """Whatever we say comes back as the customer's next message; how each was dealt with."""
    said, statuses = "Hello, I am a bot too", []
    for _ in range(times):
        message = await shop.says(said)
        if message.turn_id is None:
            statuses.append("for a person")
            continue
        outcome = await shop.outcome(message)
        statuses.append(outcome.status)
        if outcome.replies:
            said = outcome.replies[0].text
    return statuses


async def test_after_so_many_answers_a_person_is_called(
    opens: OpenShop, model: ScriptedModel
) -> None:
    shop = await opens(loop_turns=4)
    assert await echoes(shop, 6) == ["answered"] * 4 + ["handed_off", "for a person"]
    assert len(model.calls) == 4
    ((state, reason),) = await shop.sql(
        """SELECT state, metadata ->> 'escalation_reason' FROM conversations
           WHERE workspace_id = $1"""
    )
    assert state == "waiting"
    assert reason == "a loop: 4 answers without a person or a pause of 5 minutes"
    assert (await shop.events())[-2:] == ["conversation.handed_off", "message.received"]


async def test_a_person_on_our_side_starts_the_count_anew(
    opens: OpenShop, model: ScriptedModel
) -> None:
    shop = await opens(loop_turns=3)
    message = await shop.says("Hello")
    await shop.outcome(message)
    await echoes(shop, 2)
    await shop.says("I am Nok", sender_type="agent", customer="nok")
    await release(shop.db, shop.workspace_id, message.conversation_id, "nok")
    assert await echoes(shop, 4) == ["answered"] * 3 + ["handed_off"]


async def test_a_slow_conversation_is_none(opens: OpenShop, model: ScriptedModel) -> None:
    shop = await opens(loop_turns=2)
    await echoes(shop, 2)
    await shop.sql(
        """UPDATE conversations SET loop_last_at = loop_last_at - interval '10 minutes'
           WHERE workspace_id = $1"""
    )
    assert await echoes(shop, 2) == ["answered"] * 2


async def test_it_can_be_switched_off(opens: OpenShop, model: ScriptedModel) -> None:
    shop = await opens(loop_turns=0)
    assert await echoes(shop, 5) == ["answered"] * 5
