"""Whoever hands a conversation back to the bot, it does not speak to one who has left."""

from __future__ import annotations

import pytest

from rejoinder.conversations.contacts import store as contacts
from rejoinder.errors import Conflict
from rejoinder.inbound.wishes import silence
from rejoinder.turns.hands.release import release
from rejoinder.turns.hands.replay import answer_again
from tests.inbound.contacts.conftest import House

LIVE = "SELECT 1 FROM turns WHERE workspace_id = $1 AND state IN ('waiting', 'running')"


async def test_a_wish_that_came_another_way_ends_what_runs(house: House) -> None:
    asked = await house.says("When do you open?")
    assert asked.turn_id is not None
    (row,) = await house.sql("SELECT contact_id FROM contacts WHERE workspace_id = $1")
    async with house.db.transaction(house.workspace_id) as tx:
        await contacts.lock(tx, row[0])
        await silence(tx, row[0])
    assert await house.sql(LIVE) == []
    told = await house.sql("SELECT event_type FROM events WHERE workspace_id = $1 ORDER BY seq")
    assert [each[0] for each in told][-1] == "turn.cancelled"


async def test_released_to_the_bot(house: House) -> None:
    await house.says("STOP")
    said = await house.says("Is my order on its way?")
    await release(house.db, house.workspace_id, said.conversation_id, "Nok")
    assert await house.sql(LIVE) == []


async def test_asked_to_be_answered_after_all(house: House) -> None:
    await house.says("STOP")
    said = await house.says("Is my order on its way?")
    with pytest.raises(Conflict) as refused:
        await answer_again(house.db, house.workspace_id, said.message_id, "Nok")
    assert refused.value.code == "opted_out"
    assert await house.sql(LIVE) == []
