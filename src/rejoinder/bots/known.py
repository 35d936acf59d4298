"""Channels and bots, remembered for a few seconds: every message asks for the same ones."""

from __future__ import annotations

from uuid import UUID

from cachetools import TTLCache

from rejoinder.bots import store
from rejoinder.bots.model import Bot, Channel, Platform
from rejoinder.db import Database
from rejoinder.errors import NotFound

_REMEMBERED_S = 5.0
_REMEMBERED = 10_000


class Channels:
    """Looks a workspace's channel up and remembers it for 5 s."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: TTLCache[tuple[UUID, Platform], Channel] = TTLCache(_REMEMBERED, _REMEMBERED_S)

    async def first(self, workspace_id: UUID, platform: Platform) -> Channel:
        """The workspace's oldest channel of that platform. Raises NotFound."""
        known = self._known.get((workspace_id, platform))
        if known is not None:
            return known
        async with self._db.read(workspace_id) as read:
            channel = await store.first_channel(read, platform)
        if channel is None:
            raise NotFound(
                f"This workspace has no channel of the platform {platform!r}.",
                mend="Use the token of a workspace that has one; the sample workspace does.",
            )
        self._known[workspace_id, platform] = channel
        return channel


class Bots:
    """Looks a bot up and remembers it for 5 s."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: TTLCache[tuple[UUID, UUID], Bot] = TTLCache(_REMEMBERED, _REMEMBERED_S)

    async def get(self, workspace_id: UUID, bot_id: UUID) -> Bot:
        """One bot. Raises NotFound."""
        known = self._known.get((workspace_id, bot_id))
        if known is not None:
            return known
        async with self._db.read(workspace_id) as read:
            bot = await store.bot_of(read, bot_id)
        if bot is None:
            raise NotFound(f"There is no bot {bot_id} in this workspace.")
        self._known[workspace_id, bot_id] = bot
        return bot
