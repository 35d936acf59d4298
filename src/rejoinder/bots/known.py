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
    """Looks a workspace's channels up and remembers them for 5 s."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: TTLCache[tuple[UUID, UUID | Platform], Channel] = TTLCache(
            _REMEMBERED, _REMEMBERED_S
        )

    async def find(
        self, workspace_id: UUID, platform: Platform, channel_id: UUID | None = None
    ) -> Channel:
        """The workspace's channel of that id, or its oldest of that platform. Raises NotFound."""
        which = channel_id or platform
        known = self._known.get((workspace_id, which))
        if known is not None:
            return known
        async with self._db.read(workspace_id) as read:
            if channel_id is None:
                channel = await store.first_channel(read, platform)
            else:
                channel = await store.channel(read, channel_id)
        if channel is None or channel.platform != platform:
            raise NotFound(
                f"This workspace has no channel {channel_id or 'of the platform'} ({platform}).",
                mend="GET /api/v1/channels lists its channels; POST there makes one.",
            )
        self._known[workspace_id, which] = channel
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
