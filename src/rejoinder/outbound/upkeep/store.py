"""SQL that looks after deliveries: what is late, and channels that are paused."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from rejoinder.channels.port.outgoing import Outgoing
from rejoinder.db import Maintenance, Tx
from rejoinder.outbound.store import held

# What could leave and whose job got lost, and what was being sent by one that died. They count as due or found from now
# on, so that none is found twice. What a pause has kept is not late. Nor is, for some minutes, what leaves through a
# channel at its pace (its bucket is not full): a second who stood there for it would only take others' places.
OVERDUE = f"""
WITH late AS MATERIALIZED (
    SELECT o.workspace_id, o.delivery_id, ch.platform FROM deliveries o
    JOIN conversations c ON c.workspace_id = o.workspace_id AND c.conversation_id = o.conversation_id
    JOIN channels ch ON ch.workspace_id = c.workspace_id AND ch.channel_id = c.channel_id AND ch.paused_until IS NULL
    WHERE o.status IN ('queued', 'sending')
        AND coalesce(o.sending_until, o.next_try_at, o.created_at) < statement_timestamp()
        AND CASE o.status
            WHEN 'queued' THEN coalesce(o.next_try_at, o.created_at) < statement_timestamp() - $1::interval
            ELSE coalesce(o.next_try_at < statement_timestamp() - $1::interval, true) END
        AND NOT ({held("statement_timestamp() - $1::interval")})
        AND (o.status = 'sending' OR ch.platform <> ALL ($2::text[]) AND NOT EXISTS (
                SELECT FROM rate_limits r WHERE r.key = sha256(convert_to('send ' || ch.channel_id, 'UTF8'))
                    AND r.full_at > statement_timestamp())
            OR coalesce(o.sending_until, o.next_try_at, o.created_at) < statement_timestamp() - $3::interval)
    ORDER BY coalesce(o.sending_until, o.next_try_at, o.created_at) LIMIT 500 FOR UPDATE OF o SKIP LOCKED
)
UPDATE deliveries d SET next_try_at = clock_timestamp() FROM late
WHERE d.workspace_id = late.workspace_id AND d.delivery_id = late.delivery_id
RETURNING d.workspace_id, d.conversation_id, late.platform
"""

# Only as long as it is what that try was sent with: whoever changed it since has put it right. A pause never gets
# shorter, and one without an end stays.
PAUSE = """
UPDATE channels SET paused_until = coalesce(now() + $5::interval, 'infinity'), paused_reason = $6
WHERE workspace_id = $1 AND channel_id = $2 AND settings = $3 AND credentials IS NOT DISTINCT FROM $4
    AND coalesce(paused_until < coalesce(now() + $5::interval, 'infinity'), true)
RETURNING true
"""

RESUME = """
UPDATE channels SET paused_until = NULL, paused_reason = NULL
WHERE workspace_id = $1 AND channel_id = $2 AND ($3 OR paused_until <= clock_timestamp()) RETURNING platform
"""

OVER = """
SELECT workspace_id, channel_id FROM channels WHERE paused_until <= clock_timestamp() LIMIT 100
"""

PAUSED = "SELECT count(*) FROM channels WHERE paused_until = 'infinity'"

# What waited for a channel's pause to end is due from now on.
RELEASE = """
UPDATE deliveries d SET next_try_at = clock_timestamp()
FROM (
    SELECT o.delivery_id FROM conversations c
    JOIN deliveries o ON o.workspace_id = $1 AND o.conversation_id = c.conversation_id
    WHERE c.workspace_id = $1 AND c.channel_id = $2 AND o.status = 'queued'
        AND coalesce(o.next_try_at, o.created_at) < clock_timestamp()
    FOR NO KEY UPDATE OF o SKIP LOCKED
) freed
WHERE d.workspace_id = $1 AND d.delivery_id = freed.delivery_id
RETURNING d.conversation_id
"""


async def overdue(
    maintenance: Maintenance, late: timedelta, busy: list[str], busy_late: timedelta
) -> list[tuple[UUID, UUID, str]]:
    """(workspace, conversation, platform) of what nobody sent `late` after it was due, or whose sender died.

    Of the `busy` platforms only what is later than `busy_late`.
    """
    rows = await maintenance.connection.fetch(OVERDUE, late, busy, busy_late)
    return [tuple(row) for row in rows]


async def pause(tx: Tx, outgoing: Outgoing, span: timedelta | None, reason: str | None) -> bool:
    """Let nothing leave through the channel for `span`, None until it is resumed; False when that changes nothing."""
    changed = await tx.connection.fetchval(
        PAUSE,
        tx.workspace_id,
        outgoing.channel_id,
        outgoing.settings,
        outgoing.credentials,
        span,
        reason,
    )
    return changed is not None


async def resume(tx: Tx, channel_id: UUID, *, early: bool) -> str | None:
    """End the channel's pause, if it is over or may end `early`; its platform, None when there is no such channel."""
    platform: str | None = await tx.connection.fetchval(RESUME, tx.workspace_id, channel_id, early)
    return platform


async def release(tx: Tx, channel_id: UUID) -> set[UUID]:
    """The conversations of a channel with something to send, which is due from now on."""
    rows = await tx.connection.fetch(RELEASE, tx.workspace_id, channel_id)
    return {row[0] for row in rows}


async def over(maintenance: Maintenance) -> list[tuple[UUID, UUID]]:
    """(workspace, channel) of pauses that have come to their end."""
    return [tuple(row) for row in await maintenance.connection.fetch(OVER)]


async def paused(maintenance: Maintenance) -> int:
    """How many channels wait for a person to resume them."""
    count: int = await maintenance.connection.fetchval(PAUSED)
    return count
