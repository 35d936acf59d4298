"""SQL of setting channels up and taking them away."""

from __future__ import annotations

from uuid import UUID

from rejoinder.db import Read, Tx

BY_ACCOUNT = """
SELECT channel_id, name FROM channels WHERE workspace_id = $1 AND platform = $2 AND account = $3
"""

OPEN_CONVERSATIONS = """
SELECT conversation_id FROM conversations
WHERE workspace_id = $1 AND channel_id = $2 AND state <> 'closed' ORDER BY conversation_id LIMIT $3
"""

COUNT_OPEN = """
SELECT count(*) FROM conversations WHERE workspace_id = $1 AND channel_id = $2 AND state <> 'closed'
"""

# A few at a time: each takes its messages, turns, deliveries and events along.
FORGET_CONVERSATIONS = """
DELETE FROM conversations WHERE workspace_id = $1 AND conversation_id IN (
    SELECT c.conversation_id FROM conversations c
    WHERE c.workspace_id = $1 AND c.channel_id = $2 AND c.state = 'closed' ORDER BY c.conversation_id LIMIT $3)
"""

# What is known in this channel only says nothing once it is gone.
FORGET_IDENTITIES = "DELETE FROM contact_identities WHERE workspace_id = $1 AND scope = $2"

FORGET_CHANNEL = "DELETE FROM channels WHERE workspace_id = $1 AND channel_id = $2"

INTAKE = """
SELECT channel_id, count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'quarantined')
FROM intake WHERE workspace_id = $1 AND channel_id = ANY ($2::uuid[]) AND state IN ('waiting', 'quarantined')
GROUP BY channel_id
"""


async def by_account(read: Read, platform: str, account: str) -> tuple[UUID, str] | None:
    """The channel of that account: its id and name."""
    row = await read.connection.fetchrow(BY_ACCOUNT, read.workspace_id, platform, account)
    return (row[0], row[1]) if row else None


async def open_conversations(read: Read, channel_id: UUID, limit: int) -> list[UUID]:
    """Some of its conversations that are not closed."""
    rows = await read.connection.fetch(OPEN_CONVERSATIONS, read.workspace_id, channel_id, limit)
    return [row[0] for row in rows]


async def count_open(read: Read, channel_id: UUID) -> int:
    """How many of its conversations are not closed."""
    count: int = await read.connection.fetchval(COUNT_OPEN, read.workspace_id, channel_id)
    return count


async def forget_conversations(tx: Tx, channel_id: UUID, limit: int) -> int:
    """Delete some of its closed conversations with all below; returns how many."""
    done = await tx.connection.execute(FORGET_CONVERSATIONS, tx.workspace_id, channel_id, limit)
    return int(done.rsplit(" ", 1)[1])


async def forget_channel(tx: Tx, channel_id: UUID) -> None:
    """Delete the channel with all that is left of it."""
    await tx.connection.execute(FORGET_IDENTITIES, tx.workspace_id, channel_id)
    await tx.connection.execute(FORGET_CHANNEL, tx.workspace_id, channel_id)


async def intake(read: Read, channel_ids: list[UUID]) -> dict[UUID, tuple[int, int]]:
    """By channel, how many webhook bodies wait and how many are quarantined; none is left out."""
    rows = await read.connection.fetch(INTAKE, read.workspace_id, channel_ids)
    return {row[0]: (row[1], row[2]) for row in rows}
