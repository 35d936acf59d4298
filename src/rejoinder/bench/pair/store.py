"""SQL that stores answered messages by the thousand."""

from __future__ import annotations

from uuid import UUID

import asyncpg

from rejoinder.db import Read, Tx

# Conversations of several answered messages each, with all the rows that their turns would have left but the queue's.
FILL = """
WITH thread AS MATERIALIZED (
    SELECT n, uuidv7() AS conversation_id, uuidv7() AS contact_id, ch.channel_id
    FROM channels ch CROSS JOIN generate_series($3::bigint, $3::bigint + $4::bigint - 1) AS n
    WHERE ch.workspace_id = $1 AND ch.channel_id = $2
), turn AS MATERIALIZED (
    SELECT thread.n, thread.conversation_id, thread.contact_id, thread.channel_id, k, uuidv7() AS turn_id,
        uuidv7() AS asked_id, uuidv7() AS reply_id, clock_timestamp() - interval '1 day' AS at
    FROM thread CROSS JOIN generate_series(1, $5::bigint) AS k
), contact AS (
    INSERT INTO contacts (workspace_id, contact_id) SELECT $1, contact_id FROM thread
), identity AS (
    INSERT INTO contact_identities (workspace_id, scope, identity, contact_id)
    SELECT $1, channel_id, 'stored-' || n, contact_id FROM thread
), conversation AS (
    INSERT INTO conversations (workspace_id, conversation_id, channel_id, thread_key, contact_id, seq, fence,
        total_messages, last_message_timestamp)
    SELECT $1, conversation_id, channel_id, 'stored-' || n, contact_id, $5 * 6, $5, $5 * 2,
        clock_timestamp() - interval '1 day'
    FROM thread
), done AS (
    INSERT INTO turns (workspace_id, turn_id, conversation_id, state, opened_at, due_at, first_unanswered_at, attempt,
        fence, woken_at, ended_at, decision, provider, model)
    SELECT $1, turn_id, conversation_id, 'committed', at, at, at, 1, k, at, at, 'answer', 'stub', 'stub' FROM turn
), attempt AS (
    INSERT INTO turn_attempts (workspace_id, turn_id, fence, attempt, worker, outcome, tokens, started_at, ended_at)
    SELECT $1, turn_id, k, 1, 'stored', 'committed', 200, at, at FROM turn
), asked AS (
    INSERT INTO messages (workspace_id, message_id, conversation_id, channel_id, seq, turn_id, direction, sender_type,
        text, external_id, fingerprint, platform_time, received_at, processing_status, processed_at)
    SELECT $1, asked_id, conversation_id, channel_id, k * 6 - 5, turn_id, 'inbound', 'customer',
        'How much is shipping to place ' || n || ', and how long does it take?', 'stored-' || n || '-' || k,
        sha256('stored'), at, at, 'completed', at
    FROM turn
), reply AS (
    INSERT INTO messages (workspace_id, message_id, conversation_id, channel_id, seq, turn_id, direction, sender_type,
        text, platform_time, received_at, processing_status)
    SELECT $1, reply_id, conversation_id, channel_id, k * 6 - 2, turn_id, 'outbound', 'ai', 'Here is the answer.', at,
        at, 'none'
    FROM turn
), delivery AS (
    INSERT INTO deliveries (workspace_id, delivery_id, conversation_id, message_id, turn_id, seq, status, created_at,
        sent_at)
    SELECT $1, uuidv7(), conversation_id, reply_id, turn_id, k * 6 - 2, 'sent', at, at FROM turn
), event AS (
    INSERT INTO events (workspace_id, conversation_id, seq, event_type, data, created_at)
    SELECT $1, conversation_id, k * 6 - s, 'message.stored', jsonb_build_object('turn_id', turn_id), at
    FROM turn CROSS JOIN generate_series(1, 5) AS s
)
INSERT INTO ai_response_logs (workspace_id, log_id, contact_id, message_id, turn_id, provider, model, prompt, response,
    outcome)
SELECT $1, uuidv7(), contact_id, asked_id, turn_id, 'stub', 'stub', repeat('prompt ', 100), 'Here is the answer.', 'ok'
FROM turn
"""

CHANNEL = "SELECT channel_id FROM channels WHERE workspace_id = $1 AND platform = 'rest' ORDER BY created_at LIMIT 1"

STORED = "SELECT count(*) FROM messages WHERE workspace_id = $1"

# What autovacuum would have done by the time a real installation holds so much.
SETTLE = "VACUUM (ANALYZE)"


async def rest_channel(read: Read) -> UUID:
    """The channel that the load's messages come through."""
    found: UUID = await read.connection.fetchval(CHANNEL, read.workspace_id)
    return found


async def fill(tx: Tx, channel_id: UUID, first: int, conversations: int, turns: int) -> None:
    """Store conversations numbered from `first`, of `turns` answered messages each."""
    await tx.connection.execute(FILL, tx.workspace_id, channel_id, first, conversations, turns)


async def stored(read: Read) -> int:
    """Messages of the workspace."""
    return int(await read.connection.fetchval(STORED, read.workspace_id))


async def settle(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Leave the tables as a day's autovacuum would; takes seconds a million rows."""
    await connection.execute(SETTLE)
