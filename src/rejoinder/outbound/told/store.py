"""SQL of what platforms call our messages and tell of them.

A receipt or an echo may come before our own request was answered: whichever side is first writes the row, the other
finds it there. Whoever needs both locks the row first and the delivery after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from pydantic import JsonValue

from rejoinder.channels.port.event import Failure
from rejoinder.channels.port.outgoing import Outgoing
from rejoinder.db import Read, Tx
from rejoinder.outbound.decide import Heard, Status
from rejoinder.outbound.store import THE_BOTS, Delivery

_RANK = "coalesce(array_position(ARRAY['sent', 'failed', 'delivered', 'read'], {}), 0)"
_FURTHER = f"{_RANK.format('excluded.reported')} > {_RANK.format('p.reported')}"

# Our own request was answered. A receipt that came first is obeyed at once; `failed` is left to who asked.
NAMED = f"""
WITH named AS (
    INSERT INTO platform_messages AS p (workspace_id, channel_id, platform_id, delivery_id)
    SELECT DISTINCT $1::uuid, $4::uuid, each, $2::uuid FROM unnest($5::text[]) AS each
    ON CONFLICT (workspace_id, channel_id, platform_id) DO UPDATE SET delivery_id = excluded.delivery_id
    RETURNING p.reported, p.error, p.error_class
), told AS (
    SELECT max(reported) AS reported, max(error) AS error, max(error_class) AS error_class FROM (
        SELECT reported, error, error_class FROM named ORDER BY {_RANK.format("reported")} DESC LIMIT 1) AS most
), done AS (
    UPDATE deliveries d SET sending_until = NULL, error = NULL, sent_at = clock_timestamp(),
        status = CASE WHEN told.reported IN ('delivered', 'read') THEN told.reported ELSE 'sent' END,
        as_template = d.as_template OR $6
    FROM told
    WHERE d.workspace_id = $1 AND d.delivery_id = $2 AND d.status = 'sending' AND d.attempts = $3
        AND told.reported IS DISTINCT FROM 'failed'
    RETURNING d.message_id
), noted AS (
    UPDATE messages m SET metadata = m.metadata || $7::jsonb WHERE m.workspace_id = $1 AND m.message_id = $8
)
SELECT EXISTS (SELECT FROM done), told.reported, told.error, told.error_class FROM told
"""

# By the platform's id; by ours too, where it brings that back. What only moves forward needs no lock but the row's.
REPORTED = f"""
WITH ours AS (
    SELECT d.delivery_id FROM deliveries d
    JOIN conversations c ON c.workspace_id = $1 AND c.conversation_id = d.conversation_id
    WHERE d.workspace_id = $1 AND d.delivery_id = $5 AND c.channel_id = $2
), named AS (
    INSERT INTO platform_messages AS p
        (workspace_id, channel_id, platform_id, delivery_id, reported, error, error_class)
    SELECT $1::uuid, $2::uuid, $3::text, (SELECT delivery_id FROM ours), $4::text, $7::text, $8::text
    ON CONFLICT (workspace_id, channel_id, platform_id) DO UPDATE
    SET delivery_id = coalesce(p.delivery_id, excluded.delivery_id),
        reported = CASE WHEN {_FURTHER} THEN excluded.reported ELSE p.reported END,
        error = CASE WHEN {_FURTHER} THEN excluded.error ELSE p.error END,
        error_class = CASE WHEN {_FURTHER} THEN excluded.error_class ELSE p.error_class END
    RETURNING p.delivery_id, p.reported
), moved AS (
    UPDATE deliveries d SET status = $4 FROM named
    WHERE d.workspace_id = $1 AND d.delivery_id = named.delivery_id AND d.status = ANY ($6::text[])
    RETURNING d.delivery_id
)
SELECT delivery_id, reported, EXISTS (SELECT FROM moved) FROM named
"""

KNOWN = """
SELECT reported, delivery_id FROM platform_messages
WHERE workspace_id = $1 AND channel_id = $2 AND platform_id = $3
"""

OF_CHANNEL = """
SELECT d.delivery_id FROM deliveries d
JOIN conversations c ON c.workspace_id = $1 AND c.conversation_id = d.conversation_id
WHERE d.workspace_id = $1 AND d.delivery_id = $2 AND c.channel_id = $3
"""

UP_TO = """
UPDATE deliveries d SET status = $5 FROM conversations c
WHERE c.workspace_id = $1 AND c.channel_id = $2 AND c.thread_key = $3
    AND d.workspace_id = $1 AND d.conversation_id = c.conversation_id AND d.sent_at <= $4
    AND d.status = ANY ($6::text[])
RETURNING d.delivery_id
"""

FACTS = """
SELECT d.delivery_id, d.conversation_id, d.message_id, d.turn_id, ch.platform, ch.channel_id, d.status, d.attempts,
    d.uncounted,
    ch.settings ? 'window_template' AND NOT d.as_template AND NOT m.content @> '[{"kind": "template"}]'::jsonb
FROM deliveries d
JOIN conversations c ON c.workspace_id = $1 AND c.conversation_id = d.conversation_id
JOIN channels ch ON ch.workspace_id = $1 AND ch.channel_id = c.channel_id
JOIN messages m ON m.workspace_id = $1 AND m.message_id = d.message_id
WHERE d.workspace_id = $1 AND d.delivery_id = $2 FOR NO KEY UPDATE OF d
"""

FELL = """
UPDATE deliveries SET status = 'failed' WHERE workspace_id = $1 AND delivery_id = $2 AND status IN ('sent', 'sending')
"""

REQUEUE = f"""
UPDATE deliveries d SET status = 'queued', next_try_at = now() + $3::interval, sending_until = NULL, held_until = NULL,
    error = $4, uncounted = d.uncounted + $5, as_template = d.as_template OR $6
FROM conversations c
WHERE d.workspace_id = $1 AND d.delivery_id = $2
    AND c.workspace_id = $1 AND c.conversation_id = d.conversation_id
RETURNING c.state = 'agent' AND {THE_BOTS}
"""

PAUSE = """
UPDATE channels SET paused_until = 'infinity', paused_reason = $3
WHERE workspace_id = $1 AND channel_id = $2 AND paused_until IS DISTINCT FROM 'infinity' RETURNING true
"""

LINK = """
INSERT INTO platform_messages AS p (workspace_id, channel_id, platform_id, delivery_id, echoed_at)
VALUES ($1, $2, $3, $4, clock_timestamp())
ON CONFLICT (workspace_id, channel_id, platform_id) DO UPDATE
SET delivery_id = coalesce(p.delivery_id, excluded.delivery_id), echoed_at = coalesce(p.echoed_at, excluded.echoed_at)
"""

# Of whose fate nobody is sure; one of unknown fate only for a while, afterwards an echo is a person's.
IN_DOUBT = """
SELECT d.delivery_id, d.status, m.text, m.content, d.status = 'sending' OR d.held_until > clock_timestamp()
FROM conversations c
JOIN deliveries d ON d.workspace_id = $1 AND d.conversation_id = c.conversation_id
JOIN messages m ON m.workspace_id = $1 AND m.message_id = d.message_id
WHERE c.workspace_id = $1 AND c.channel_id = $2 AND c.thread_key = $3
    AND (d.status = 'sending' OR d.status = 'unknown' AND d.held_until > clock_timestamp() - $4::interval)
ORDER BY d.seq
"""

HEARD = f"""
SELECT coalesce(reported, 'sent') FROM platform_messages
WHERE workspace_id = $1 AND delivery_id = $2 AND coalesce(reported, 'sent') <> 'failed'
    AND (reported IS NOT NULL OR echoed_at IS NOT NULL)
ORDER BY {_RANK.format("reported")} DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """A delivery as it stands; `template` says that the channel's template may go in its place."""

    delivery_id: UUID
    conversation_id: UUID
    message_id: UUID
    turn_id: UUID | None
    platform: str
    channel_id: UUID
    status: Status
    attempts: int
    uncounted: int
    template: bool

    @property
    def delivery(self) -> Delivery:
        """What never changes of it."""
        return Delivery(
            self.delivery_id, self.conversation_id, self.message_id, self.turn_id, self.platform
        )


@dataclass(frozen=True, slots=True)
class Named:
    """Whether it is sent now, and what had been reported of it before."""

    done: bool
    reported: Heard | None
    error: str | None
    failure: Failure | None


@dataclass(frozen=True, slots=True)
class Noted:
    """The delivery of a report, if it is known, what its row says now, and whether the delivery moved."""

    delivery_id: UUID | None
    reported: Heard
    moved: bool


@dataclass(frozen=True, slots=True)
class InDoubt:
    """A delivery that an echo may be of; `holds` says that its fate may become known any moment."""

    delivery_id: UUID
    status: Literal["sending", "unknown"]
    text: str
    content: list[JsonValue]
    holds: bool


async def named(
    tx: Tx,
    outgoing: Outgoing,
    platform_ids: list[str],
    noted: dict[str, JsonValue],
    *,
    as_template: bool,
) -> Named:
    """sending → sent, or as far as was reported already, with its ids. Raises asyncpg's DataError for odd `noted`."""
    row = await tx.connection.fetchrow(
        NAMED,
        tx.workspace_id,
        outgoing.delivery_id,
        outgoing.attempt,
        outgoing.channel_id,
        platform_ids,
        as_template,
        noted,
        outgoing.message_id,
    )
    assert row is not None, "an aggregate has one row"
    return Named(*row)


async def note(
    tx: Tx,
    channel_id: UUID,
    platform_id: str,
    status: Heard,
    given: UUID | None,
    simple: list[Status],
    error: str | None = None,
    failure: Failure | None = None,
) -> Noted:
    """Keep a report of that id; its delivery moves with it from one of the `simple` statuses."""
    row = await tx.connection.fetchrow(
        REPORTED,
        tx.workspace_id,
        channel_id,
        platform_id,
        status,
        given,
        simple,
        error,
        failure,
    )
    assert row is not None, "it was inserted or changed"
    return Noted(*row)


async def known(
    read: Read, channel_id: UUID, platform_id: str
) -> tuple[Heard | None, UUID | None] | None:
    """What was reported of the platform's id, and the delivery it names; None for one never heard of."""
    row = await read.connection.fetchrow(KNOWN, read.workspace_id, channel_id, platform_id)
    return (row[0], row[1]) if row else None


async def of_channel(read: Read, channel_id: UUID, delivery_id: UUID) -> UUID | None:
    """The delivery, if it left through that channel."""
    found: UUID | None = await read.connection.fetchval(
        OF_CHANNEL, read.workspace_id, delivery_id, channel_id
    )
    return found


async def up_to(
    tx: Tx, channel_id: UUID, thread: str, until: datetime, status: Heard, simple: list[Status]
) -> int:
    """Move all that was sent in the thread until then; how many moved."""
    rows = await tx.connection.fetch(
        UP_TO, tx.workspace_id, channel_id, thread, until, status, simple
    )
    return len(rows)


async def facts(tx: Tx, delivery_id: UUID) -> Facts:
    """The delivery as it stands until the transaction ends."""
    row = await tx.connection.fetchrow(FACTS, tx.workspace_id, delivery_id)
    assert row is not None, "deliveries are not taken away alone"
    return Facts(*row)


async def requeue(
    tx: Tx, delivery_id: UUID, pause: timedelta, error: str, *, counts: bool, as_template: bool
) -> bool:
    """sent or unknown → failed → queued, due after `pause`; False when a person has taken over, who speaks now."""
    await tx.connection.execute(FELL, tx.workspace_id, delivery_id)
    taken_over: bool = await tx.connection.fetchval(
        REQUEUE, tx.workspace_id, delivery_id, pause, error, 0 if counts else 1, as_template
    )
    return not taken_over


async def pause(tx: Tx, channel_id: UUID, reason: str) -> bool:
    """Let nothing leave through the channel until it is resumed; False when that was so before."""
    return bool(await tx.connection.fetchval(PAUSE, tx.workspace_id, channel_id, reason))


async def link(tx: Tx, channel_id: UUID, platform_id: str, delivery_id: UUID) -> None:
    """The platform's id is that delivery's: it came back to us."""
    await tx.connection.execute(LINK, tx.workspace_id, channel_id, platform_id, delivery_id)


async def in_doubt(
    read: Read, channel_id: UUID, thread: str, since_held: timedelta
) -> list[InDoubt]:
    """What an echo in that thread may be of, oldest first."""
    rows = await read.connection.fetch(IN_DOUBT, read.workspace_id, channel_id, thread, since_held)
    return [InDoubt(*row) for row in rows]


async def heard(read: Read, delivery_id: UUID) -> Heard | None:
    """The best that was told of a delivery, an echo among it; None for nothing."""
    found: Heard | None = await read.connection.fetchval(HEARD, read.workspace_id, delivery_id)
    return found
