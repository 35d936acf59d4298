"""What bots speak with, remembered for a few seconds: every turn asks for it."""

from __future__ import annotations

from uuid import UUID

from cachetools import TTLCache

from rejoinder.bots.voice import store
from rejoinder.bots.voice.model import Voice
from rejoinder.db import Database

_REMEMBERED_S = 5.0
_REMEMBERED = 10_000


class Voices:
    """Looks a bot's voice up, in one round trip, and remembers it for 5 s."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: TTLCache[tuple[UUID, UUID], Voice] = TTLCache(_REMEMBERED, _REMEMBERED_S)

    async def get(self, workspace_id: UUID, bot_id: UUID) -> Voice:
        """The bot's active personas and templates; none of a bot that is not there."""
        known = self._known.get((workspace_id, bot_id))
        if known is not None:
            return known
        async with self._db.read(workspace_id) as read:
            found = await store.voice(read, bot_id)
        self._known[workspace_id, bot_id] = found
        return found
