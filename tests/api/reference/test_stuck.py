"""What is stuck is told, and nothing else is. No worker runs here, which would mend it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from rejoinder.api.reference.admin import handler, health
from rejoinder.bots import store as bots
from rejoinder.bots.model import Bot, Channel, ChannelSettings
from rejoinder.db import Database, new_id
from rejoinder.inbound.model import Incoming, Received
from rejoinder.inbound.receive import receive

MAKE_RUNNING = """
UPDATE turns SET state = 'running', fence = 1, worker_no = 2147483647,
    lease_until = clock_timestamp() - $2::text::interval
WHERE workspace_id = $1
"""

QUEUE = """
WITH said AS (
    INSERT INTO messages (workspace_id, message_id, conversation_id, channel_id, seq, turn_id, direction, sender_type,
        platform_time, received_at, text)
    SELECT $1, gen_random_uuid(), conversation_id, channel_id, seq + 10, turn_id, 'outbound', 'ai', now(), now(), 'Hi'
    FROM messages WHERE workspace_id = $1
    RETURNING message_id, conversation_id, seq, turn_id
)
INSERT INTO deliveries (workspace_id, delivery_id, conversation_id, message_id, turn_id, seq, status, created_at)
SELECT $1, gen_random_uuid(), conversation_id, message_id, turn_id, seq, 'queued', now() - interval '2 minutes'
FROM said
"""


@pytest.fixture
async def message(db: Database, workspace_id: UUID) -> AsyncIterator[Received]:
    """A message whose turn waits; whatever became of it, no worker of a later test finds it."""
    bot = Bot(bot_id=new_id(), name="Bot", persona="", fallback_text="Later.", quiet_seconds=0.0)
    channel = Channel(new_id(), bot.bot_id, "rest", "REST", ChannelSettings("http://127.0.0.1:1/"))
    async with db.transaction(workspace_id) as tx:
        await bots.add_bot(tx, bot)
        await bots.add_channel(tx, channel)
    yield await receive(
        db,
        workspace_id,
        Incoming(
            channel_id=channel.channel_id,
            platform="rest",
            thread_key="conv_12345",
            external_id="msg_1",
            sender_type="customer",
            sender_id="user",
            sender_name=None,
            text="Hello",
            content=[],
            platform_time=None,
            metadata={},
            waits=False,
        ),
    )
    await run(db, workspace_id, "DELETE FROM conversations WHERE workspace_id = $1")


async def run(db: Database, workspace_id: UUID, statement: str, *values: object) -> None:
    async with db.transaction(workspace_id) as tx:
        await tx.connection.execute(statement, workspace_id, *values)


async def reasons(db: Database, workspace_id: UUID) -> list[str]:
    return [each.reason for each in (await health(db, workspace_id)).stuck_conversations]


async def test_a_waiting_turn_nobody_takes(
    db: Database, workspace_id: UUID, message: Received
) -> None:
    late = (
        "UPDATE turns SET due_at = clock_timestamp() - $2::text::interval WHERE workspace_id = $1"
    )
    await run(db, workspace_id, late, "50 s")
    assert await reasons(db, workspace_id) == []
    await run(db, workspace_id, late, "70 s")
    told = await health(db, workspace_id)
    assert told.status == "degraded"
    assert told.statistics.stuck_conversations == 1
    (stuck,) = told.stuck_conversations
    assert (stuck.conversation_id, stuck.id) == ("conv_12345", str(message.conversation_id))
    assert stuck.reason == "waiting turn overdue"
    assert 65 < told.timestamp - stuck.since < 600
    with_a_person = "UPDATE conversations SET state = 'agent' WHERE workspace_id = $1"
    await run(db, workspace_id, with_a_person)
    assert await reasons(db, workspace_id) == []


async def test_a_running_turn_whose_worker_is_gone(
    db: Database, workspace_id: UUID, message: Received
) -> None:
    await run(db, workspace_id, MAKE_RUNNING, "5 s")
    assert await reasons(db, workspace_id) == []
    await run(db, workspace_id, MAKE_RUNNING, "12 s")
    assert await reasons(db, workspace_id) == ["running turn without a worker"]
    assert (await health(db, workspace_id)).statistics.active_ai_tasks == 1


async def test_a_delivery_nobody_sends(db: Database, workspace_id: UUID, message: Received) -> None:
    await run(db, workspace_id, QUEUE)
    assert await reasons(db, workspace_id) == ["delivery overdue"]
    paused = """UPDATE channels SET paused_until = 'infinity', paused_reason = 'a bad token'
                WHERE workspace_id = $1"""
    await run(db, workspace_id, paused)
    assert await reasons(db, workspace_id) == []


async def test_the_neighbours_troubles_are_not_ours(
    db: Database, workspace_id: UUID, message: Received
) -> None:
    await run(db, workspace_id, QUEUE)
    assert await reasons(db, new_id()) == []


async def test_without_a_worker_nobody_is_healthy(db: Database, workspace_id: UUID) -> None:
    async with db.maintenance() as maintenance:
        await maintenance.connection.execute(
            "UPDATE workers SET seen_at = clock_timestamp() - interval '1 minute'"
        )
    told = await handler(db, workspace_id)
    assert told.status == "degraded"
    assert told.components.background_job_manager.status == "no_worker"
    assert (await health(db, workspace_id)).status == "degraded"
