"""SQL of bots and channels."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import lru_cache
from uuid import UUID

import asyncpg

from rejoinder.bots.model import Bot, Channel, ChannelSettings, Pause, Platform
from rejoinder.bots.policies import BotSettings
from rejoinder.db import Connection, Maintenance, Read, Tx
from rejoinder.telemetry.logs import log

ADD_BOT = """
INSERT INTO bots (workspace_id, bot_id, name, persona, fallback_text, quiet_seconds, max_wait_seconds,
    overlap_policy, max_interrupts, interrupt_seconds, max_attempts, history_messages, retry_seconds, loop_turns,
    loop_seconds, settings)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
"""

_BOT = """bot_id, name, persona, fallback_text, quiet_seconds, max_wait_seconds, overlap_policy, max_interrupts,
    interrupt_seconds, max_attempts, history_messages, retry_seconds, loop_turns, loop_seconds, settings"""

BOT = f"SELECT {_BOT} FROM bots WHERE workspace_id = $1 AND bot_id = $2"

BOT_TO_CHANGE = f"{BOT} FOR NO KEY UPDATE"

# Nobody can give it a channel until the transaction ends.
BOT_TO_REMOVE = """
SELECT (SELECT count(*) FROM channels c WHERE c.workspace_id = $1 AND c.bot_id = $2)
FROM bots b WHERE b.workspace_id = $1 AND b.bot_id = $2 FOR UPDATE OF b
"""

REMOVE_BOT = "DELETE FROM bots WHERE workspace_id = $1 AND bot_id = $2"

BOTS = f"SELECT {_BOT} FROM bots WHERE workspace_id = $1 AND bot_id > $2 ORDER BY bot_id LIMIT $3"

CHANGE_BOT = """
UPDATE bots SET name = $3, persona = $4, fallback_text = $5, quiet_seconds = $6, max_wait_seconds = $7,
    overlap_policy = $8, max_interrupts = $9, interrupt_seconds = $10, max_attempts = $11, history_messages = $12,
    retry_seconds = $13, loop_turns = $14, loop_seconds = $15, settings = $16
WHERE workspace_id = $1 AND bot_id = $2
"""

ADD_CHANNEL = """
INSERT INTO channels (workspace_id, channel_id, bot_id, platform, name, settings, credentials, created_at, account)
VALUES ($1, $2, $3, $4, $5, $6, $7, coalesce($8, clock_timestamp()), $9)
"""

# A pause that is over is none, though nobody has taken it away yet; one until the channel is resumed has no end.
_CHANNEL = """channel_id, bot_id, platform, name, settings, credentials, created_at,
    (SELECT w.plan FROM workspaces w WHERE w.workspace_id = channels.workspace_id),
    coalesce(paused_until > clock_timestamp(), false), CASE WHEN isfinite(paused_until) THEN paused_until END,
    paused_reason, account"""

FIRST_CHANNEL = f"""
SELECT {_CHANNEL} FROM channels WHERE workspace_id = $1 AND platform = $2 ORDER BY created_at, channel_id LIMIT 1
"""

CHANNEL = f"SELECT {_CHANNEL} FROM channels WHERE workspace_id = $1 AND channel_id = $2"

CHANNEL_TO_CHANGE = f"{CHANNEL} FOR NO KEY UPDATE"

CHANNELS = f"""
SELECT {_CHANNEL} FROM channels WHERE workspace_id = $1 AND channel_id > $2 ORDER BY channel_id LIMIT $3
"""

# Who changes settings or credentials has put right what the channel was paused for: the pause is over, and the next
# sweep takes it away and lets go what waited.
CHANGE_CHANNEL = """
UPDATE channels SET bot_id = $3, name = $4, settings = $5, credentials = $6, account = $7,
    paused_until = CASE WHEN paused_until > clock_timestamp()
        AND (settings IS DISTINCT FROM $5 OR credentials IS DISTINCT FROM $6)
        THEN clock_timestamp() ELSE paused_until END
WHERE workspace_id = $1 AND channel_id = $2
"""

FIRST_BOT = """
SELECT bot_id FROM bots WHERE workspace_id = $1 ORDER BY created_at, bot_id LIMIT 1
"""

# Who seals credentials shares this lock; who changes the keys holds it alone, so nothing is sealed with a former key.
SEALING = "SELECT pg_advisory_xact_lock_shared(5261891203)"
CHANGING_KEYS = "SELECT pg_advisory_lock(5261891203)"

# Across workspaces, for the rotation of the keys that seal them.
SEALED = """
SELECT workspace_id, channel_id, credentials FROM channels WHERE credentials IS NOT NULL AND channel_id > $1
ORDER BY channel_id LIMIT $2
"""

RESEAL = """
UPDATE channels SET credentials = $4 WHERE workspace_id = $1 AND channel_id = $2 AND credentials = $3
"""


async def add_bot(tx: Tx, bot: Bot) -> None:
    """Store a new bot."""
    await tx.connection.execute(ADD_BOT, tx.workspace_id, *_columns(bot))


async def change_bot(tx: Tx, bot: Bot) -> None:
    """Store a bot anew."""
    await tx.connection.execute(CHANGE_BOT, tx.workspace_id, *_columns(bot))


async def bot_of(read: Read, bot_id: UUID) -> Bot | None:
    """One bot."""
    row = await read.connection.fetchrow(BOT, read.workspace_id, bot_id)
    return _bot(row) if row else None


async def bot_to_change(tx: Tx, bot_id: UUID) -> Bot | None:
    """One bot, locked until the transaction ends."""
    row = await tx.connection.fetchrow(BOT_TO_CHANGE, tx.workspace_id, bot_id)
    return _bot(row) if row else None


async def bot_to_remove(tx: Tx, bot_id: UUID) -> int | None:
    """How many channels a bot answers on; it is locked, and gets no other. None where there is no such bot."""
    # First the lock, then a look after it: whoever held it may have given the bot a channel.
    await tx.connection.execute(BOT_TO_REMOVE, tx.workspace_id, bot_id)
    channels: int | None = await tx.connection.fetchval(BOT_TO_REMOVE, tx.workspace_id, bot_id)
    return channels


async def remove_bot(tx: Tx, bot_id: UUID) -> None:
    """Take a bot away, with its personas, templates and, were there any, its channels."""
    await tx.connection.execute(REMOVE_BOT, tx.workspace_id, bot_id)


async def bots(read: Read, after: UUID, limit: int) -> list[Bot]:
    """The workspace's bots after an id, oldest first."""
    rows = await read.connection.fetch(BOTS, read.workspace_id, after, limit)
    return [_bot(row) for row in rows]


async def first_bot(read: Read) -> UUID | None:
    """The workspace's oldest bot."""
    found: UUID | None = await read.connection.fetchval(FIRST_BOT, read.workspace_id)
    return found


async def add_channel(tx: Tx, channel: Channel) -> None:
    """Store a new channel. Raises asyncpg's UniqueViolationError for a name that is taken."""
    await tx.connection.execute(
        ADD_CHANNEL,
        tx.workspace_id,
        channel.channel_id,
        channel.bot_id,
        channel.platform,
        channel.name,
        channel.settings.stored(),
        channel.credentials,
        channel.created_at,
        channel.account,
    )


async def change_channel(tx: Tx, channel: Channel) -> None:
    """Store a channel's bot, name, settings and credentials anew; the last two end its pause.

    Raises asyncpg's UniqueViolationError.
    """
    await tx.connection.execute(
        CHANGE_CHANNEL,
        tx.workspace_id,
        channel.channel_id,
        channel.bot_id,
        channel.name,
        channel.settings.stored(),
        channel.credentials,
        channel.account,
    )


async def first_channel(read: Read, platform: Platform) -> Channel | None:
    """The workspace's oldest channel of that platform."""
    return _channel(await read.connection.fetchrow(FIRST_CHANNEL, read.workspace_id, platform))


async def channel(read: Read, channel_id: UUID) -> Channel | None:
    """One channel."""
    return _channel(await read.connection.fetchrow(CHANNEL, read.workspace_id, channel_id))


async def channel_to_change(tx: Tx, channel_id: UUID) -> Channel | None:
    """One channel, locked until the transaction ends."""
    return _channel(await tx.connection.fetchrow(CHANNEL_TO_CHANGE, tx.workspace_id, channel_id))


async def channels(read: Read, after: UUID, limit: int) -> list[Channel]:
    """The workspace's channels after an id, oldest first."""
    rows = await read.connection.fetch(CHANNELS, read.workspace_id, after, limit)
    return [found for row in rows if (found := _channel(row))]


def _columns(bot: Bot) -> tuple[object, ...]:
    return tuple(
        bot.settings.stored() if each.name == "settings" else getattr(bot, each.name)
        for each in fields(bot)
    )


def _bot(row: asyncpg.Record) -> Bot:
    *known, stored = row
    settings, passed_over = BotSettings.read(stored)
    bot = replace(Bot(*known), settings=settings)
    if passed_over:
        _passed_over(bot.bot_id, passed_over)
    return bot


@lru_cache(maxsize=1_000)  # once a process: every turn reads its bot
def _passed_over(bot_id: UUID, names: tuple[str, ...]) -> None:
    log.warning("bot_settings_passed_over", bot_id=str(bot_id), names=names)


def _channel(row: asyncpg.Record | None) -> Channel | None:
    if row is None:
        return None
    channel_id, bot_id, platform, name, settings, credentials, created_at, plan, *rest = row
    paused, until, reason, account = rest
    return Channel(
        channel_id,
        bot_id,
        platform,
        name,
        ChannelSettings.read(settings),
        credentials,
        created_at,
        plan,
        Pause(until, reason) if paused else None,
        account,
    )


async def sealing(tx: Tx) -> None:
    """To be called before credentials are sealed for this transaction."""
    await tx.connection.execute(SEALING)


async def changing_keys(session: Connection) -> None:
    """Until the session ends nobody seals, nor changes the keys; who was about to seal has committed."""
    await session.execute(CHANGING_KEYS)


async def sealed(
    maintenance: Maintenance, after: UUID, limit: int
) -> list[tuple[UUID, UUID, bytes]]:
    """(workspace, channel, sealed credentials) of the channels after an id, whosever they are."""
    return [tuple(row) for row in await maintenance.connection.fetch(SEALED, after, limit)]


async def reseal(tx: Tx, channel_id: UUID, before: bytes, after: bytes) -> bool:
    """Put newly sealed credentials in place of `before`; False when they have changed meanwhile."""
    done = await tx.connection.execute(RESEAL, tx.workspace_id, channel_id, before, after)
    return bool(done == "UPDATE 1")
