"""Who writes, as a turn finds it in the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from rejoinder.db import Database, new_id
from rejoinder.turns.answering import store

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
BEGUN = datetime(2026, 3, 1, tzinfo=UTC)


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
    async with db.read(workspace_id) as read:
        found = await store.profile(read, conversations[-1])
    assert found is not None
    assert (found.earlier, found.satisfaction) == (100, 5.0)
    assert found.earlier_at == BEGUN + timedelta(hours=119)
