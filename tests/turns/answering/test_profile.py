"""Who writes, as a turn finds it in the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from rejoinder.db import Database, new_id
from rejoinder.turns.answering import store
from rejoinder.turns.model import Claimed, Policy

BOT = """
INSERT INTO bots (workspace_id, bot_id, name, persona, fallback_text) VALUES ($1, $1, 'Shop', '', 'Later.')
"""
CHANNEL = """
INSERT INTO channels (workspace_id, channel_id, bot_id, platform, name) VALUES ($1, $1, $1, 'rest', 'Shop')
"""
CONTACT = "INSERT INTO contacts (workspace_id, contact_id) VALUES ($1, $2)"
# The oldest are written first: the first rows on the disk are not the newest.
CONVERSATIONS = """
INSERT INTO conversations (workspace_id, conversation_id, channel_id, thread_key, contact_id, created_at,
    customer_satisfaction)
SELECT $1, c.conversation_id, $1, 'thread ' || c.number, $2, $3::timestamptz + c.number * interval '1 hour',
    CASE WHEN c.number < 20 THEN 1 ELSE 5 END
FROM unnest($4::uuid[], $5::integer[]) AS c (conversation_id, number) ORDER BY c.number
"""
MESSAGE = """
INSERT INTO messages (workspace_id, message_id, conversation_id, channel_id, seq, direction, sender_type, kind, text,
    content, platform_time, received_at)
VALUES ($1, $3, $2, $1, 1, 'inbound', 'customer', 'text', 'Hello?', '[]', $4, $4)
"""
BEGUN = datetime(2026, 3, 1, tzinfo=UTC)


def claimed(workspace_id: UUID, conversation_id: UUID, contact_id: UUID) -> Claimed:
    """A turn of the bot in that conversation; its other fields are not looked at."""
    policy = Policy(
        timedelta(0), timedelta(0), "interrupt", 0, timedelta(0), 1, timedelta(0), 0, timedelta(0)
    )
    return Claimed(
        *(
            workspace_id,
            conversation_id,
            new_id(),
            contact_id,
            workspace_id,
            1,
            1,
            BEGUN,
            policy,
            50,
            "rest",
        )
    )


async def test_of_many_conversations_the_newest_hundred_count(
    db: Database, workspace_id: UUID
) -> None:
    contact_id, conversations = new_id(), [new_id() for _ in range(121)]
    async with db.transaction(workspace_id) as tx:
        await tx.connection.execute(BOT, workspace_id)
        await tx.connection.execute(CHANNEL, workspace_id)
        await tx.connection.execute(CONTACT, workspace_id, contact_id)
        await tx.connection.execute(
            CONVERSATIONS, workspace_id, contact_id, BEGUN, conversations, list(range(121))
        )
        await tx.connection.execute(MESSAGE, workspace_id, conversations[-1], new_id(), BEGUN)
    async with db.read(workspace_id) as read:
        said, found = await store.window(
            read, claimed(workspace_id, conversations[-1], contact_id), 20
        )
    assert [each.text for each in said] == ["Hello?"]
    assert found is not None
    assert (found.earlier, found.satisfaction) == (100, 5.0)
    assert found.earlier_at == BEGUN + timedelta(hours=119)
