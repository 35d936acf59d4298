"""SQL of deliveries."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from rejoinder.channels.model import Outgoing
from rejoinder.db import Batch, Maintenance, Tx

ADD = """
INSERT INTO deliveries (workspace_id, delivery_id, conversation_id, message_id, turn_id, seq, status, created_at,
    sent_at)
SELECT $1, d.delivery_id, $2, d.message_id, $3, d.seq, $4::text, $5::timestamptz,
    CASE WHEN $4::text = 'sent' THEN $5::timestamptz END
FROM unnest($6::uuid[], $7::uuid[], $8::bigint[]) AS d (delivery_id, message_id, seq)
"""

# The oldest open delivery, if its time has come; one whose sender has given up or died is anyone's.
CLAIM = """
WITH head AS (
    SELECT delivery_id FROM deliveries
    WHERE workspace_id = $1 AND conversation_id = $2 AND status IN ('queued', 'sending')
    ORDER BY seq LIMIT 1
), claimed AS (
    UPDATE deliveries d SET status = 'sending', attempts = d.attempts + 1, next_try_at = NULL,
        sending_until = clock_timestamp() + $3::interval
    FROM head
    WHERE d.workspace_id = $1 AND d.delivery_id = head.delivery_id AND CASE d.status
        WHEN 'queued' THEN coalesce(d.next_try_at <= clock_timestamp(), true)
        WHEN 'sending' THEN d.sending_until < clock_timestamp()
        ELSE false END
    RETURNING d.delivery_id, d.conversation_id, d.message_id, d.turn_id, d.attempts
)
SELECT k.delivery_id, k.conversation_id, k.message_id, k.turn_id, k.attempts, c.thread_key, m.sender_type, m.kind,
    m.text, m.content, m.metadata, m.received_at,
    ARRAY(SELECT a.external_id FROM messages a WHERE a.workspace_id = $1 AND a.turn_id = k.turn_id
        AND a.direction = 'inbound' AND a.external_id IS NOT NULL ORDER BY a.seq),
    ch.channel_id, ch.settings, ch.credentials, w.allow_private_networks
FROM claimed k
JOIN messages m ON m.workspace_id = $1 AND m.message_id = k.message_id
JOIN conversations c ON c.workspace_id = $1 AND c.conversation_id = k.conversation_id
JOIN channels ch ON ch.workspace_id = $1 AND ch.channel_id = c.channel_id
JOIN workspaces w ON w.workspace_id = $1
"""

# Whoever claimed the delivery since has counted another attempt: what is learned of this one comes too late.
SENT = """
UPDATE deliveries SET status = 'sent', sent_at = clock_timestamp(), sending_until = NULL, error = NULL
WHERE workspace_id = $1 AND delivery_id = $2 AND status = 'sending' AND attempts = $3
"""

# The job's time is reckoned from the same now().
AGAIN = """
UPDATE deliveries d SET status = 'queued', next_try_at = now() + $4::interval, sending_until = NULL, error = $5
FROM conversations c
WHERE d.workspace_id = $1 AND d.delivery_id = $2 AND d.status = 'sending' AND d.attempts = $3
    AND c.workspace_id = $1 AND c.conversation_id = d.conversation_id
RETURNING c.state = 'agent'
"""

LOCK = """
SELECT seq, clock_timestamp() FROM conversations
WHERE workspace_id = $1 AND conversation_id = $2 FOR NO KEY UPDATE
"""

DRAW = "UPDATE conversations SET seq = $3 WHERE workspace_id = $1 AND conversation_id = $2"

FAILED = """
UPDATE deliveries SET status = 'failed', sending_until = NULL, error = $4
WHERE workspace_id = $1 AND delivery_id = $2 AND status = 'sending' AND attempts = $3
RETURNING true
"""

# Half a reply is worse than none: what the same answer had still to say stays here.
WITHHOLD_REST = """
UPDATE deliveries SET status = 'withheld', error = 'an earlier part of this reply failed'
WHERE workspace_id = $1 AND conversation_id = $2 AND turn_id = $3 AND status = 'queued'
"""

WITHHOLD = """
UPDATE deliveries SET status = 'withheld', error = $3
WHERE workspace_id = $1 AND conversation_id = $2 AND turn_id IS NOT NULL AND status = 'queued'
"""

# Heads whose job got lost, and those whose sender died. They count as due from now on, so that none is found twice.
OVERDUE = """
UPDATE deliveries d SET status = 'queued', next_try_at = clock_timestamp(), sending_until = NULL
FROM (
    SELECT o.workspace_id, o.delivery_id FROM deliveries o
    WHERE o.status IN ('queued', 'sending')
        AND coalesce(o.sending_until, o.next_try_at, o.created_at) < statement_timestamp()
        AND (o.status = 'sending'
            OR coalesce(o.next_try_at, o.created_at) < statement_timestamp() - $1::interval)
        AND NOT EXISTS (
            SELECT FROM deliveries e WHERE e.workspace_id = o.workspace_id
                AND e.conversation_id = o.conversation_id AND e.status IN ('queued', 'sending') AND e.seq < o.seq)
    ORDER BY coalesce(o.sending_until, o.next_try_at, o.created_at) LIMIT 500 FOR UPDATE OF o SKIP LOCKED
) late
WHERE d.workspace_id = late.workspace_id AND d.delivery_id = late.delivery_id
RETURNING d.workspace_id, d.conversation_id
"""


def add(
    batch: Batch,
    *,
    conversation_id: UUID,
    turn_id: UUID,
    status: str,
    at: datetime,
    delivery_ids: list[UUID],
    message_ids: list[UUID],
    seqs: list[int],
) -> None:
    """Store the deliveries of one answer, in order."""
    batch.add(ADD, conversation_id, turn_id, status, at, delivery_ids, message_ids, seqs)


async def claim(tx: Tx, conversation_id: UUID, patience: timedelta) -> Outgoing | None:
    """queued → sending for the conversation's oldest open delivery, if it is due and nobody sends it.

    Who doesn't say within `patience` what came of it is taken for dead. Raises asyncpg's UniqueViolationError when
    another of the conversation is being sent.
    """
    row = await tx.connection.fetchrow(CLAIM, tx.workspace_id, conversation_id, patience)
    return Outgoing(*row) if row else None


async def sent(tx: Tx, outgoing: Outgoing) -> None:
    """sending → sent."""
    await tx.connection.execute(SENT, tx.workspace_id, outgoing.delivery_id, outgoing.attempt)


async def again(tx: Tx, outgoing: Outgoing, pause: timedelta, error: str) -> bool:
    """sending → queued, due after `pause`; False when someone else has it by now, or a person has taken over."""
    taken_over = await tx.connection.fetchval(
        AGAIN, tx.workspace_id, outgoing.delivery_id, outgoing.attempt, pause, error
    )
    if taken_over:  # the bot does not talk over a person
        await tx.connection.execute(WITHHOLD, tx.workspace_id, outgoing.conversation_id, error)
    return taken_over is False


async def lock(tx: Tx, conversation_id: UUID) -> tuple[int, datetime]:
    """Lock the conversation; its seq, and the database's clock."""
    row = await tx.connection.fetchrow(LOCK, tx.workspace_id, conversation_id)
    assert row is not None, "a delivery's conversation is there"
    return row[0], row[1]


async def failed(tx: Tx, outgoing: Outgoing, error: str) -> bool:
    """sending → failed; False when someone else has it by now."""
    moved = await tx.connection.fetchval(
        FAILED, tx.workspace_id, outgoing.delivery_id, outgoing.attempt, error
    )
    return moved is not None


def withhold_rest(batch: Batch, outgoing: Outgoing, seq: int) -> None:
    """queued → withheld for what is left of the same answer; the conversation's counter is written back."""
    if outgoing.turn_id is not None:
        batch.add(WITHHOLD_REST, outgoing.conversation_id, outgoing.turn_id)
    batch.add(DRAW, outgoing.conversation_id, seq)


def withhold(batch: Batch, conversation_id: UUID, reason: str) -> None:
    """queued → withheld for all that the bot has still to say there."""
    batch.add(WITHHOLD, conversation_id, reason)


async def overdue(maintenance: Maintenance, late: timedelta) -> list[tuple[UUID, UUID]]:
    """(workspace, conversation) of deliveries nobody sent `late` after they were due, or whose sender died."""
    return [tuple(row) for row in await maintenance.connection.fetch(OVERDUE, late)]
