"""A reply longer than its platform takes leaves as several messages, in order; elsewhere it stays whole."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rejoinder.testing import ScriptedModel
from rejoinder.worker import Work
from tests.outbound.conftest import Receiver
from tests.outbound.told.conftest import MOVE, WROTE
from tests.scenarios.shop import Shop

LONG = "One sentence of some length. " * 300

UNGUARDED = """
UPDATE bots SET settings = '{"check": {"off": ["too_long"]}}' WHERE workspace_id = $1 RETURNING bot_id
"""


@pytest.mark.parametrize(("platform", "messages"), [("whatsapp_cloud", 3), ("line", 1)])
async def test_on_a_chat_platform(
    shop: Shop, model: ScriptedModel, work: Work, receiver: Receiver, platform: str, messages: int
) -> None:
    await shop.sql(MOVE, platform)
    await shop.sql(UNGUARDED)
    model.script.append(LONG)
    model.hold()
    message = await shop.says("Hello")
    await model.called()
    await shop.sql(WROTE, message.conversation_id, timedelta())
    model.release()
    await shop.outcome(message)
    await receiver.called(messages)
    assert all(len(text) <= 4096 for text in receiver.texts) == (platform == "whatsapp_cloud")
    assert " ".join(" ".join(receiver.texts).split()) == LONG.strip()
    parts = [each for outgoing in receiver.got for each in outgoing.content]
    assert len(parts) == (2 if platform == "line" else 0)
    replies = [each for each in await shop.messages(message) if each.direction == "outbound"]
    assert [each.text for each in replies] == receiver.texts


async def test_where_a_program_of_the_callers_takes_it(
    shop: Shop, model: ScriptedModel, work: Work, receiver: Receiver
) -> None:
    await shop.sql(UNGUARDED)
    model.script.append(LONG)
    await shop.outcome(await shop.says("Hello"))
    await receiver.called(1)
    assert receiver.texts == [LONG.strip()]
