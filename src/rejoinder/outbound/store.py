"""SQL of deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from rejoinder.channels.port.outgoing import Outgoing
from rejoinder.db import Batch, Read, Tx
from rejoinder.outbound.decide import Status
from rejoinder.queue.priority import priority

# The first of them takes the token of the conversation, if that is still good for something.
ADD = """
INSERT INTO deliveries (workspace_id, delivery_id, conversation_id, message_id, turn_id, seq, status, created_at,
    sent_at, reply_token, reply_token_until)
SELECT $1, d.delivery_id, $2, d.message_id, $3, d.seq, $4::text, $5::timestamptz,
    CASE WHEN $4::text = 'sent' THEN $5::timestamptz END,
    CASE WHEN d.seq = ($8::bigint[])[1] THEN c.reply_token END,
    CASE WHEN d.seq = ($8::bigint[])[1] THEN c.reply_token_until END
FROM unnest($6::uuid[], $7::uuid[], $8::bigint[]) AS d (delivery_id, message_id, seq)
LEFT JOIN conversations c ON c.workspace_id = $1 AND c.conversation_id = $2
    AND c.reply_token_until > clock_timestamp()
"""


def held(now: str = "clock_timestamp()") -> str:
    """SQL: whether the delivery `o`, if it is queued, has to wait for another of its conversation.

    The bot's wait for every earlier one, of those whose fate is not known for a while only; a person's message waits
    for none of the bot's.
    """
    return f"""o.status = 'queued' AND EXISTS (
        SELECT FROM deliveries e
        WHERE e.workspace_id = o.workspace_id AND e.conversation_id = o.conversation_id
            AND e.status IN ('queued', 'sending', 'unknown') AND e.delivery_id <> o.delivery_id AND CASE e.status
                WHEN 'sending' THEN true
                WHEN 'queued' THEN e.seq < o.seq AND (o.turn_id IS NOT NULL OR e.turn_id IS NULL)
                ELSE e.seq < o.seq AND o.turn_id IS NOT NULL AND e.held_until > {now} END)"""


PERSONS = priority("urgent")
"""A person's message has no turn; someone sits there and waits to see it sent."""

# Of several names of a kind the last stands: the thread's own, if it is still the customer's, else the newest.
# The first that waits for nothing else, if its time has come and its channel is not paused; one whose sender has given
# up or died is anyone's.
CLAIM = f"""
WITH place AS (
    SELECT c.thread_key, c.contact_id, c.last_customer_at, ch.channel_id, ch.platform, ch.settings, ch.credentials,
        ch.account
    FROM conversations c
    JOIN channels ch ON ch.workspace_id = $1 AND ch.channel_id = c.channel_id
    WHERE c.workspace_id = $1 AND c.conversation_id = $2 AND coalesce(ch.paused_until <= clock_timestamp(), true)
), head AS (
    SELECT o.delivery_id, o.status FROM deliveries o
    WHERE o.workspace_id = $1 AND o.conversation_id = $2 AND o.status IN ('queued', 'sending') AND CASE o.status
            WHEN 'queued' THEN coalesce(o.next_try_at <= clock_timestamp(), true)
            ELSE o.sending_until < clock_timestamp() END
        AND EXISTS (SELECT FROM place) AND NOT ({held()})
    ORDER BY o.seq LIMIT 1
), claimed AS (
    UPDATE deliveries d SET status = 'sending', attempts = d.attempts + 1, next_try_at = NULL,
        sending_until = clock_timestamp() + $3::interval
    FROM head
    WHERE d.workspace_id = $1 AND d.delivery_id = head.delivery_id AND d.status = head.status AND CASE d.status
        WHEN 'queued' THEN coalesce(d.next_try_at <= clock_timestamp(), true)
        ELSE d.sending_until < clock_timestamp() END
    RETURNING d.delivery_id, d.conversation_id, d.message_id, d.turn_id, d.seq, d.attempts, d.uncounted,
        d.reply_token, d.reply_token_until, d.as_template, head.status = 'sending' AS orphaned
)
SELECT k.delivery_id, k.conversation_id, k.message_id, k.turn_id, k.seq, k.attempts, k.uncounted, k.orphaned,
    p.thread_key, m.sender_type, m.kind, m.text, m.content, m.metadata, m.received_at,
    ARRAY(SELECT a.external_id FROM messages a WHERE a.workspace_id = $1 AND a.turn_id = k.turn_id
        AND a.direction = 'inbound' AND a.external_id IS NOT NULL ORDER BY a.seq),
    p.channel_id, p.platform, p.settings, p.credentials, w.allow_private_networks,
    coalesce((SELECT t.priority FROM turns t WHERE t.workspace_id = $1 AND t.turn_id = k.turn_id), {PERSONS}),
    $1::uuid, p.account,
    CASE WHEN p.account IS NULL THEN '{{}}'::jsonb ELSE coalesce((
        SELECT jsonb_object_agg(i.kind, i.identity ORDER BY i.identity = p.thread_key, i.seen_at)
        FROM contact_identities i
        WHERE i.workspace_id = $1 AND i.contact_id = p.contact_id
            AND i.scope IN (p.channel_id, '00000000-0000-0000-0000-000000000000')), '{{}}'::jsonb) END,
    clock_timestamp() - p.last_customer_at, k.reply_token,
    coalesce(extract(epoch FROM k.reply_token_until - clock_timestamp()), 0)::double precision, k.as_template
FROM claimed k
CROSS JOIN place p
JOIN messages m ON m.workspace_id = $1 AND m.message_id = k.message_id
JOIN workspaces w ON w.workspace_id = $1
"""

# What would be claimed next, as far as that can be seen without a lock.
HEAD = f"""
SELECT o.delivery_id, c.channel_id,
    coalesce((SELECT t.priority FROM turns t WHERE t.workspace_id = $1 AND t.turn_id = o.turn_id), {PERSONS})
FROM conversations c
JOIN channels ch ON ch.workspace_id = $1 AND ch.channel_id = c.channel_id
    AND coalesce(ch.paused_until <= clock_timestamp(), true)
JOIN deliveries o ON o.workspace_id = $1 AND o.conversation_id = c.conversation_id
WHERE c.workspace_id = $1 AND c.conversation_id = $2 AND o.status = 'queued'
    AND coalesce(o.next_try_at <= clock_timestamp(), true) AND NOT ({held()})
ORDER BY o.seq LIMIT 1
"""

# It must wait for its customer: until then it is not due, for whoever else looks at it.
POSTPONE = """
UPDATE deliveries SET next_try_at = now() + $3::interval
WHERE workspace_id = $1 AND delivery_id = $2 AND status = 'queued'
"""

LOCK = """
SELECT seq, clock_timestamp() FROM conversations
WHERE workspace_id = $1 AND conversation_id = $2 FOR NO KEY UPDATE
"""

DRAW = "UPDATE conversations SET seq = $3 WHERE workspace_id = $1 AND conversation_id = $2"

OF_MESSAGE = """
SELECT d.delivery_id, d.conversation_id, d.message_id, d.turn_id, ch.platform FROM messages m
JOIN deliveries d ON d.workspace_id = $1 AND d.message_id = m.message_id
JOIN channels ch ON ch.workspace_id = $1 AND ch.channel_id = m.channel_id
WHERE m.workspace_id = $1 AND m.message_id = $2
"""

OF_ID = """
SELECT d.delivery_id, d.conversation_id, d.message_id, d.turn_id, ch.platform FROM deliveries d
JOIN conversations c ON c.workspace_id = $1 AND c.conversation_id = d.conversation_id
JOIN channels ch ON ch.workspace_id = $1 AND ch.channel_id = c.channel_id
WHERE d.workspace_id = $1 AND d.delivery_id = $2
"""

STANDS = "SELECT status, attempts FROM deliveries WHERE workspace_id = $1 AND delivery_id = $2 FOR NO KEY UPDATE"

MOVE = """
UPDATE deliveries SET status = $3, error = nullif($4, ''), sending_until = NULL, next_try_at = NULL, held_until = NULL,
    sent_at = CASE WHEN $3 = 'failed' THEN sent_at ELSE coalesce(sent_at, clock_timestamp()) END
WHERE workspace_id = $1 AND delivery_id = $2
"""

# All tries so far cost nothing: it gets as many as a new one. Due from now on, so that no sweep takes it for forgotten.
RESEND = """
UPDATE deliveries SET status = 'queued', uncounted = attempts, next_try_at = now(), held_until = NULL, error = NULL
WHERE workspace_id = $1 AND delivery_id = $2
"""

# Half a reply is worse than none: what the same answer had still to say stays here.
WITHHOLD_REST = """
UPDATE deliveries SET status = 'withheld', error = 'an earlier part of this reply failed'
WHERE workspace_id = $1 AND conversation_id = $2 AND turn_id = $3 AND delivery_id <> $4 AND status = 'queued'
"""

# What the bot says by itself: of a turn, and no draft that a person has sent.
THE_BOTS = """d.turn_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM messages s WHERE s.workspace_id = $1 AND s.message_id = d.message_id AND s.metadata ? 'draft_id')"""

WITHHOLD = f"""
UPDATE deliveries d SET status = 'withheld', error = $3
WHERE d.workspace_id = $1 AND d.conversation_id = $2 AND d.status = 'queued' AND {THE_BOTS}
"""

WITHHOLD_FROM = """
UPDATE deliveries d SET status = 'withheld', error = $3 FROM conversations c
WHERE d.workspace_id = $1 AND c.workspace_id = $1 AND c.contact_id = $2 AND d.conversation_id = c.conversation_id
    AND d.turn_id IS NOT NULL AND d.status = 'queued'
"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What never changes of a delivery: its message, the turn whose answer that is part of, and where it leaves."""

    delivery_id: UUID
    conversation_id: UUID
    message_id: UUID
    turn_id: UUID | None
    platform: str


def add(
    batch: Batch,
    *,
    conversation_id: UUID,
    turn_id: UUID | None,
    status: str,
    at: datetime,
    delivery_ids: list[UUID],
    message_ids: list[UUID],
    seqs: list[int],
) -> None:
    """Store the deliveries of one answer, in order."""
    batch.add(
        ADD,
        conversation_id,
        turn_id,
        status,
        at,
        delivery_ids,
        message_ids,
        seqs,
    )


async def claim(tx: Tx, conversation_id: UUID, patience: timedelta) -> Outgoing | None:
    """queued → sending for the conversation's oldest open delivery, if it is due and nobody sends it.

    Who doesn't say within `patience` what came of it is taken for dead. Raises asyncpg's UniqueViolationError when
    another of the conversation is being sent.
    """
    row = await tx.connection.fetchrow(CLAIM, tx.workspace_id, conversation_id, patience)
    return Outgoing(*row) if row else None


async def head(read: Read, conversation_id: UUID) -> tuple[UUID, UUID, int] | None:
    """The delivery that is due next, its channel and its priority; None when nothing is."""
    row = await read.connection.fetchrow(HEAD, read.workspace_id, conversation_id)
    return (row[0], row[1], row[2]) if row else None


async def postpone(tx: Tx, delivery_id: UUID, pause: timedelta) -> None:
    """A queued delivery is due after `pause`."""
    await tx.connection.execute(POSTPONE, tx.workspace_id, delivery_id, pause)


async def lock(tx: Tx, conversation_id: UUID) -> tuple[int, datetime]:
    """Lock the conversation; its seq, and the database's clock."""
    row = await tx.connection.fetchrow(LOCK, tx.workspace_id, conversation_id)
    assert row is not None, "a delivery's conversation is there"
    return row[0], row[1]


async def of_message(read: Read, message_id: UUID) -> Delivery | None:
    """The delivery of a message."""
    row = await read.connection.fetchrow(OF_MESSAGE, read.workspace_id, message_id)
    return Delivery(*row) if row else None


async def of_id(read: Read, delivery_id: UUID) -> Delivery | None:
    """One delivery."""
    row = await read.connection.fetchrow(OF_ID, read.workspace_id, delivery_id)
    return Delivery(*row) if row else None


async def stands(tx: Tx, delivery_id: UUID) -> tuple[Status, int]:
    """Its status and tries now; it stays so until the transaction ends."""
    row = await tx.connection.fetchrow(STANDS, tx.workspace_id, delivery_id)
    assert row is not None, "deliveries are not taken away alone"
    return row[0], row[1]


def move(batch: Batch, delivery_id: UUID, status: Status, error: str = "") -> None:
    """To sent, delivered, read or failed, from where that is forward."""
    batch.add(MOVE, delivery_id, status, error)


def resend(batch: Batch, delivery_id: UUID) -> None:
    """failed or unknown → queued, with a fresh set of tries."""
    batch.add(RESEND, delivery_id)


def draw(batch: Batch, conversation_id: UUID, seq: int) -> None:
    """Write the conversation's counter back."""
    batch.add(DRAW, conversation_id, seq)


def withhold_rest(batch: Batch, conversation_id: UUID, turn_id: UUID | None, failed: UUID) -> None:
    """queued → withheld for what is left of the answer that the failed delivery was part of."""
    if turn_id is not None:
        batch.add(WITHHOLD_REST, conversation_id, turn_id, failed)


def withhold(batch: Batch, conversation_id: UUID, reason: str) -> None:
    """queued → withheld for all that the bot has still to say there."""
    batch.add(WITHHOLD, conversation_id, reason)


def withhold_from(batch: Batch, contact_id: UUID, reason: str) -> None:
    """queued → withheld for all that the bot has still to say to one person, wherever."""
    batch.add(WITHHOLD_FROM, contact_id, reason)
