"""SQL of bots and channels."""

from __future__ import annotations

from uuid import UUID

from rejoinder.bots.model import Bot, Channel, Platform
from rejoinder.db import Read, Tx

ADD_BOT = """
INSERT INTO bots (workspace_id, bot_id, name, persona, fallback_text, quiet_seconds, max_wait_seconds,
    overlap_policy, max_interrupts, interrupt_seconds, max_attempts, history_messages)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""

BOT = """
SELECT bot_id, name, persona, fallback_text, quiet_seconds, max_wait_seconds, overlap_policy, max_interrupts,
    interrupt_seconds, max_attempts, history_messages
FROM bots WHERE workspace_id = $1 AND bot_id = $2
"""

ADD_CHANNEL = """
INSERT INTO channels (workspace_id, channel_id, bot_id, platform, name) VALUES ($1, $2, $3, $4, $5)
"""

FIRST_CHANNEL = """
SELECT channel_id, bot_id, platform, name FROM channels WHERE workspace_id = $1 AND platform = $2
ORDER BY created_at, channel_id LIMIT 1
"""


async def add_bot(tx: Tx, bot: Bot) -> None:
    """Store a new bot."""
    await tx.connection.execute(
        ADD_BOT,
        tx.workspace_id,
        bot.bot_id,
        bot.name,
        bot.persona,
        bot.fallback_text,
        bot.quiet_seconds,
        bot.max_wait_seconds,
        bot.overlap_policy,
        bot.max_interrupts,
        bot.interrupt_seconds,
        bot.max_attempts,
        bot.history_messages,
    )


async def bot_of(read: Read, bot_id: UUID) -> Bot | None:
    """One bot."""
    row = await read.connection.fetchrow(BOT, read.workspace_id, bot_id)
    return Bot(*row) if row else None


async def add_channel(tx: Tx, channel: Channel) -> None:
    """Store a new channel."""
    await tx.connection.execute(
        ADD_CHANNEL,
        tx.workspace_id,
        channel.channel_id,
        channel.bot_id,
        channel.platform,
        channel.name,
    )


async def first_channel(read: Read, platform: Platform) -> Channel | None:
    """The workspace's oldest channel of that platform."""
    row = await read.connection.fetchrow(FIRST_CHANNEL, read.workspace_id, platform)
    return Channel(*row) if row else None
