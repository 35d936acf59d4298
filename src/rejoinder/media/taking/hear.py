"""A recording is written down for the bot it came to, as long as that one's budgets last: it costs money each time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias
from uuid import UUID

from rejoinder.bots import store as bots
from rejoinder.bots.known import Bots
from rejoinder.bots.model import Bot
from rejoinder.db import Database
from rejoinder.errors import NotFound
from rejoinder.media.model import Claimed, Transcript
from rejoinder.telemetry.logs import log
from rejoinder.usage.budgets import Budgets

Hear: TypeAlias = Callable[[bytes, str, UUID], Awaitable[Transcript | None]]
"""(bytes, MIME type, bot) → the words in it, None for what it can't hear."""


class Hearing:
    """The `Transcribe` of a worker; `hear` asks the model."""

    def __init__(self, db: Database, hear: Hear) -> None:
        self._db = db
        self._hear = hear
        self._bots = Bots(db)
        self._budgets = Budgets(db)

    async def __call__(self, claimed: Claimed, data: bytes, mime_type: str) -> Transcript | None:
        """The words of a recording; None where it can't be heard, or a budget is used up. Raises Unavailable."""
        bot = await self._bot(claimed)
        if bot is None or not await self._affordable(bot, claimed):
            return None
        heard = await self._hear(data, mime_type, bot.bot_id)
        if heard is not None:
            self._budgets.booked(
                claimed.workspace_id, claimed.contact_id, [heard.call], answered=False
            )
        return heard

    async def _bot(self, claimed: Claimed) -> Bot | None:
        """That of the channel; None where either was taken away meanwhile."""
        async with self._db.read(claimed.workspace_id) as read:
            channel = await bots.channel(read, claimed.channel_id)
        if channel is None:
            return None
        try:
            return await self._bots.get(claimed.workspace_id, channel.bot_id)
        except NotFound:
            return None

    async def _affordable(self, bot: Bot, claimed: Claimed) -> bool:
        verdict = await self._budgets.look(
            claimed.workspace_id,
            bot_id=bot.bot_id,
            spend=bot.settings.spend,
            contact_id=claimed.contact_id,
        )
        if verdict.state != "within":
            log.info("recording_not_heard", media_id=str(claimed.media_id), why=verdict.why)
        return verdict.state == "within"
