"""One LISTEN connection a process wakes everyone here who watches a conversation.

A wake-up carries no truth: the watcher reads the log. So a lost connection only means reading once more.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from uuid import UUID

from cachetools import TTLCache

from rejoinder.db import AWAY, Database, hang_up
from rejoinder.errors import Unavailable
from rejoinder.events.model import NOTIFY_CHANNEL
from rejoinder.live.preview import PREVIEW_CHANNEL
from rejoinder.telemetry.logs import log

_RECONNECT_S = 0.5
# Who has just stored a message may ask to be told of what came since: between the two lie milliseconds.
_REMEMBERED_S, _REMEMBERED = 5.0, 50_000


class Watch:
    """One watcher's bell for one conversation."""

    def __init__(self) -> None:
        self._bell = asyncio.Event()
        self._preview: str | None = None

    async def ring(self, timeout: float) -> bool:
        """Wait for something to happen, `timeout` seconds at most. False when nothing did."""
        try:
            async with asyncio.timeout(timeout):
                await self._bell.wait()
        except TimeoutError:
            return False
        self._bell.clear()
        return True

    def sound(self) -> None:
        """Wake the watcher."""
        self._bell.set()

    def show(self, preview: str) -> None:
        """Wake the watcher with what is being written, as JSON."""
        self._preview = preview
        self._bell.set()

    def preview(self) -> str | None:
        """The newest of what is being written, once."""
        shown, self._preview = self._preview, None
        return shown


class Bus:
    """The watchers of this process, by conversation; `running()` keeps it listening."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._watches: defaultdict[UUID, set[tuple[Watch, frozenset[str] | None]]] = defaultdict(
            set
        )
        self._newest: TTLCache[tuple[UUID, str], int] = TTLCache(_REMEMBERED, _REMEMBERED_S)
        self.closing = asyncio.Event()

    @contextmanager
    def watch(
        self,
        conversation_id: UUID,
        types: frozenset[str] | None = None,
        since: int | None = None,
    ) -> Iterator[Watch]:
        """Watch a conversation; with `types`, only appends whose newest event is one of them ring.

        With `since`, a seq drawn within the last seconds, one of `types` that came after it rings at once.
        """
        entry = (Watch(), types)
        if since is not None and any(
            self._newest.get((conversation_id, kind), 0) > since for kind in types or ()
        ):
            entry[0].sound()
        self._watches[conversation_id].add(entry)
        try:
            yield entry[0]
        finally:
            self._watches[conversation_id].discard(entry)
            if not self._watches[conversation_id]:
                del self._watches[conversation_id]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen, reconnecting as needed, until left; then every watcher is woken to leave too."""
        ready = asyncio.Event()
        task = asyncio.create_task(self._listen(ready), name="live-bus")
        try:
            await ready.wait()
            yield
        finally:
            self.close()
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def close(self) -> None:
        """Tell the watchers that the program is ending."""
        self.closing.set()
        self._ring_all()

    async def _listen(self, ready: asyncio.Event) -> None:
        while True:
            try:
                connection = await self._db.session("rejoinder live")
                lost = asyncio.Event()
                connection.add_termination_listener(lambda _, lost=lost: lost.set())
                try:
                    await connection.add_listener(NOTIFY_CHANNEL, self._notified)
                    await connection.add_listener(PREVIEW_CHANNEL, self._previewed)
                    ready.set()
                    self._ring_all()  # what came while we were away
                    await lost.wait()
                finally:
                    await hang_up(connection)
            except (*AWAY, Unavailable) as away:
                log.warning("live_bus_lost", error=str(away))
            except Exception:  # noqa: BLE001 - without the bus every waiting caller would wait in vain
                log.exception("live_bus_failed")
            ready.set()
            await asyncio.sleep(_RECONNECT_S)

    def _notified(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        conversation, seq, kind = str(payload).split(" ", 2)
        conversation_id = UUID(conversation)
        self._newest[conversation_id, kind] = int(seq)
        for watch, types in self._watches.get(conversation_id, ()):
            if types is None or kind in types:
                watch.sound()

    def _previewed(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        conversation, preview = str(payload).split(" ", 1)
        for watch, types in self._watches.get(UUID(conversation), ()):
            if types is None:  # who waits for one thing sees no drafts
                watch.show(preview)

    def _ring_all(self) -> None:
        for entries in self._watches.values():
            for watch, _ in entries:
                watch.sound()
