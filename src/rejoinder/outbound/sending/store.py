"""SQL of what came of a try to send.

Whoever claimed the delivery since has counted another attempt: what is learned of this one comes too late.
"""

from __future__ import annotations

from datetime import timedelta

from pydantic import JsonValue

from rejoinder.channels.port.outgoing import Outgoing
from rejoinder.db import Tx
from rejoinder.outbound.store import THE_BOTS, WITHHOLD

SENT = """
UPDATE deliveries SET status = 'sent', sent_at = clock_timestamp(), sending_until = NULL, error = NULL
WHERE workspace_id = $1 AND delivery_id = $2 AND status = 'sending' AND attempts = $3
"""

# With what the receiver answered, and a bell for who waits for that: `conversation seq type`.
SENT_NOTED = """
WITH done AS (
    UPDATE deliveries SET status = 'sent', sent_at = clock_timestamp(), sending_until = NULL, error = NULL
    WHERE workspace_id = $1 AND delivery_id = $2 AND status = 'sending' AND attempts = $3
    RETURNING conversation_id, message_id, seq
), noted AS (
    UPDATE messages m SET metadata = m.metadata || $4::jsonb FROM done
    WHERE m.workspace_id = $1 AND m.message_id = done.message_id
)
SELECT pg_notify($5, done.conversation_id || ' ' || done.seq || ' ' || $6) FROM done
"""

# The job's time is reckoned from the same now().
AGAIN = f"""
UPDATE deliveries d SET status = 'queued', next_try_at = now() + $4::interval, sending_until = NULL, error = $5,
    uncounted = d.uncounted + $6
FROM conversations c
WHERE d.workspace_id = $1 AND d.delivery_id = $2 AND d.status = 'sending' AND d.attempts = $3
    AND c.workspace_id = $1 AND c.conversation_id = d.conversation_id
RETURNING c.state = 'agent' AND {THE_BOTS}
"""

FAILED = """
UPDATE deliveries SET status = 'failed', sending_until = NULL, error = $4
WHERE workspace_id = $1 AND delivery_id = $2 AND status = 'sending' AND attempts = $3
RETURNING true
"""

# A try that only found out that the one before ended in nothing doesn't count ($6).
UNKNOWN = """
UPDATE deliveries SET status = 'unknown', held_until = now() + $4::interval, sending_until = NULL, error = $5,
    attempts = attempts - $6
WHERE workspace_id = $1 AND delivery_id = $2 AND status = 'sending' AND attempts = $3
RETURNING attempts
"""

# The window has closed while it was on its way: it goes out anew as a template, at no cost.
AS_TEMPLATE = """
UPDATE deliveries SET status = 'queued', next_try_at = now(), sending_until = NULL, error = $4, as_template = true,
    uncounted = uncounted + 1
WHERE workspace_id = $1 AND delivery_id = $2 AND status = 'sending' AND attempts = $3
"""


async def sent(tx: Tx, outgoing: Outgoing) -> bool:
    """sending → sent; False when someone else has it by now."""
    done = await tx.connection.execute(
        SENT, tx.workspace_id, outgoing.delivery_id, outgoing.attempt
    )
    return bool(done == "UPDATE 1")


async def sent_noted(
    tx: Tx, outgoing: Outgoing, noted: dict[str, JsonValue], bell: tuple[str, str]
) -> bool:
    """The same, with what was answered put into the message's metadata; `bell` is a channel of NOTIFY and a type.

    Raises asyncpg's DataError for an answer that PostgreSQL can't store.
    """
    done = await tx.connection.execute(
        SENT_NOTED, tx.workspace_id, outgoing.delivery_id, outgoing.attempt, noted, *bell
    )
    return bool(done == "SELECT 1")


async def again(
    tx: Tx, outgoing: Outgoing, pause: timedelta | None, error: str, *, counts: bool = True
) -> bool:
    """sending → queued, due after `pause`; False when someone else has it by now, or a person has taken over."""
    taken_over = await tx.connection.fetchval(
        AGAIN,
        tx.workspace_id,
        outgoing.delivery_id,
        outgoing.attempt,
        pause,
        error,
        0 if counts else 1,
    )
    if taken_over:  # the bot does not talk over a person
        await tx.connection.execute(WITHHOLD, tx.workspace_id, outgoing.conversation_id, error)
    return taken_over is False


async def failed(tx: Tx, outgoing: Outgoing, error: str) -> bool:
    """sending → failed; False when someone else has it by now."""
    moved = await tx.connection.fetchval(
        FAILED, tx.workspace_id, outgoing.delivery_id, outgoing.attempt, error
    )
    return moved is not None


async def unknown(tx: Tx, outgoing: Outgoing, error: str, hold: timedelta) -> int | None:
    """sending → unknown, which holds the bot's later ones for `hold`; the tries there were, None as above."""
    attempts: int | None = await tx.connection.fetchval(
        UNKNOWN,
        tx.workspace_id,
        outgoing.delivery_id,
        outgoing.attempt,
        hold,
        error,
        int(outgoing.orphaned),
    )
    return attempts


async def as_template(tx: Tx, outgoing: Outgoing, error: str) -> None:
    """sending → queued, due now, to leave as the channel's template."""
    await tx.connection.execute(
        AS_TEMPLATE, tx.workspace_id, outgoing.delivery_id, outgoing.attempt, error
    )
