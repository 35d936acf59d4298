"""Whether there is pgvector to search with."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from rejoinder.db import Database
from rejoinder.knowledge.searching import store

_AGAIN_S = 60.0


class Installed:
    """Remembers that the extension is there; looks again after a minute where it is not."""

    def __init__(self, db: Database, clock: Callable[[], float] = monotonic) -> None:
        self._db = db
        self._clock = clock
        self._found = False
        self._next = 0.0

    async def yes(self) -> bool:
        """Whether it is there. Raises Unavailable."""
        if not self._found and self._clock() >= self._next:
            async with self._db.maintenance() as maintenance:
                self._found = await store.has_vector(maintenance)
            self._next = self._clock() + _AGAIN_S
        return self._found
