"""Channels, remembered for a few seconds: every request asks for the same one."""

from __future__ import annotations

import time
from uuid import UUID

from rejoinder.bots import store
from rejoinder.bots.model import Channel, Platform
from rejoinder.db import Database
from rejoinder.errors import NotFound

_REMEMBERED_S = 5.0
_REMEMBERED = 10_000


class Channels:
    """Looks a workspace's channel up and remembers it for 5 s."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: dict[tuple[UUID, Platform], tuple[float, Channel]] = {}

    async def first(self, workspace_id: UUID, platform: Platform) -> Channel:
        """The workspace's oldest channel of that platform. Raises NotFound."""
        now = time.monotonic()
        known = self._known.get((workspace_id, platform))
        if known is not None and known[0] > now:
            return known[1]
        async with self._db.read(workspace_id) as read:
            channel = await store.first_channel(read, platform)
        if channel is None:
            raise NotFound(
                f"This workspace has no channel of the platform {platform!r}.",
                mend="Use the token of a workspace that has one; the sample workspace does.",
            )
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[workspace_id, platform] = (now + _REMEMBERED_S, channel)
        return channel
