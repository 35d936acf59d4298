"""SQL of a thread's new conversation."""

from __future__ import annotations

from uuid import UUID

from rejoinder.db import Tx, new_id
from rejoinder.turns.model import Guard
from rejoinder.turns.store import GUARD, guard_of

# Two first messages of one new customer may race here: the loser of the contact's insert must begin again, the loser
# of the conversation's reads the winner's. What was just inserted needs no lock and has no turns.
OPEN_THREAD = f"""
WITH known AS (
    SELECT coalesce($8::uuid, (SELECT contact_id FROM contact_identities
        WHERE workspace_id = $1 AND scope = $2 AND kind = 'id' AND identity = $4)) AS contact_id
), person AS (
    INSERT INTO contacts (workspace_id, contact_id, display_name)
    SELECT $1, $5, $6 WHERE NOT EXISTS (SELECT FROM known WHERE contact_id IS NOT NULL) RETURNING contact_id
), named AS (
    INSERT INTO contact_identities (workspace_id, scope, identity, contact_id)
    SELECT $1, $2, $4, contact_id FROM person
), opened AS (
    INSERT INTO conversations (workspace_id, conversation_id, channel_id, thread_key, contact_id)
    SELECT $1, $7, $2, $3, contact_id FROM (TABLE known UNION ALL TABLE person) AS contact WHERE contact_id IS NOT NULL
    ON CONFLICT (workspace_id, channel_id, thread_key) WHERE state <> 'closed' DO NOTHING
    RETURNING conversation_id, channel_id, contact_id, state, ai_enabled, seq, fence, agent, loop_count, loop_last_at
)
SELECT {GUARD}, clock_timestamp(), NULL AS no_turn
FROM opened c
JOIN channels ch ON ch.workspace_id = $1 AND ch.channel_id = c.channel_id
JOIN bots b ON b.workspace_id = $1 AND b.bot_id = ch.bot_id
"""


async def open_thread(
    tx: Tx,
    channel_id: UUID,
    thread_key: str,
    identity: str,
    display_name: str | None,
    contact_id: UUID | None = None,
) -> Guard | None:
    """A new conversation of the thread with its contact, under lock; None when the thread has an open one by now.

    Without a `contact_id` the contact is found by `identity`, or made.

    Raises asyncpg's UniqueViolationError when another transaction made the contact at the same moment: begin again.
    """
    return guard_of(
        await tx.connection.fetch(
            OPEN_THREAD,
            tx.workspace_id,
            channel_id,
            thread_key,
            identity,
            new_id(),
            display_name,
            new_id(),
            contact_id,
        )
    )
