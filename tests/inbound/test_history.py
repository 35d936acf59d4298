"""History is kept for the model to read: it opens no turn, and disturbs none."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from rejoinder.bots import store as bots
from rejoinder.bots.model import Bot, Channel
from rejoinder.conversations.model import SenderType
from rejoinder.db import Database, new_id
from rejoinder.inbound.model import Incoming
from rejoinder.inbound.receive import receive


@pytest.fixture
async def line(db: Database, workspace_id: UUID) -> Incoming:
    """A customer's line of history in a thread of a bot that takes no message while it answers."""
    bot = Bot(
        bot_id=new_id(), name="Bot", persona="", fallback_text="Later.", overlap_policy="reject"
    )
    channel = Channel(new_id(), bot.bot_id, "rest", "REST")
    async with db.transaction(workspace_id) as tx:
        await bots.add_bot(tx, bot)
        await bots.add_channel(tx, channel)
    return Incoming(
        channel_id=channel.channel_id,
        platform="rest",
        thread_key="t",
        external_id="line-1",
        sender_type="customer",
        sender_id="customer",
        sender_name=None,
        text="Hello",
        content=[],
        platform_time=None,
        metadata={},
        waits=False,
        history=True,
    )


@pytest.mark.parametrize("sender", ["customer", "ai"])
async def test_it_opens_no_turn(
    db: Database, workspace_id: UUID, line: Incoming, sender: SenderType
) -> None:
    received = await receive(db, workspace_id, replace(line, sender_type=sender))
    assert received.turn_id is None
    async with db.read(workspace_id) as read:
        turns = await read.connection.fetchval(
            "SELECT count(*) FROM turns WHERE workspace_id = $1", workspace_id
        )
    assert turns == 0


async def test_the_same_line_again_is_the_same(
    db: Database, workspace_id: UUID, line: Incoming
) -> None:
    first = await receive(db, workspace_id, line)
    again = await receive(db, workspace_id, line)
    assert (again.message_id, again.duplicate) == (first.message_id, True)


async def test_it_is_taken_beside_a_turn_and_leaves_it_alone(
    db: Database, workspace_id: UUID, line: Incoming
) -> None:
    asked = await receive(db, workspace_id, replace(line, history=False, external_id="new"))
    await receive(db, workspace_id, line)
    async with db.read(workspace_id) as read:
        rows = await read.connection.fetch(
            "SELECT external_id, turn_id FROM messages WHERE workspace_id = $1 ORDER BY seq",
            workspace_id,
        )
    assert [tuple(row) for row in rows] == [("new", asked.turn_id), ("line-1", None)]
