"""What goes to platforms and comes from them is noted, a moment later and beside the work."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

from rejoinder.channels.log import store
from rejoinder.channels.log.model import Direction, Entry
from rejoinder.channels.log.redact import redacted, shown
from rejoinder.channels.port.adapter import Request
from rejoinder.channels.port.outgoing import Outgoing
from rejoinder.channels.port.wire import Exchange
from rejoinder.db import AWAY, BUSY, Database, new_id
from rejoinder.errors import Unavailable
from rejoinder.telemetry.logs import log

_EVERY_S = 1.0
_MOST = 5_000
"""Lines that wait to be written, 10 KB each at most: where the database is away for longer, the rest is not kept."""

_AT_ONCE = 500
_STATUS = {"refused": 401, "unavailable": 503, "raised": 500}


class ChannelLog:
    """Gathers lines and writes them every second; a crash loses a second of log, and never a message.

    With `keep` False it notes nothing.
    """

    def __init__(self, db: Database, *, keep: bool = True) -> None:
        self._db = db
        self._keep = keep
        self._waiting: list[tuple[UUID, Entry]] = []
        self._lost = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Write until left, and what is left then."""
        writing = asyncio.create_task(self._write_on(), name="channel-log")
        try:
            yield
        finally:
            writing.cancel()
            await asyncio.wait([writing])
            await self.flush()

    def note_in(
        self,
        workspace_id: UUID,
        channel_id: UUID,
        request: Request,
        address: str,
        what: str,
        seconds: float,
        secrets: Collection[str] = (),
    ) -> None:
        """A webhook, what became of it, and how long its answer took."""
        if not self._keep:
            return
        self._add(
            workspace_id,
            channel_id,
            "in",
            seconds,
            None,
            (request.method, redacted(address, secrets), _STATUS.get(what, 200)),
            what,
            (shown(request.body, secrets), ""),
        )

    def note_out(
        self,
        outgoing: Outgoing,
        secrets: Collection[str],
        exchanges: Sequence[Exchange],
        what: str,
    ) -> None:
        """The requests of one try to send, and the class of what came of it."""
        if not self._keep or outgoing.workspace_id is None:
            return
        hidden = (*secrets, outgoing.reply_token) if outgoing.reply_token else tuple(secrets)
        for each in exchanges:
            self._add(
                outgoing.workspace_id,
                outgoing.channel_id,
                "out",
                each.seconds,
                outgoing.delivery_id,
                (each.method, redacted(each.url, hidden), each.status),
                what,
                (shown(each.request, hidden), shown(each.response, hidden)),
            )

    async def flush(self) -> None:
        """Write what waits; where the database is away it waits on."""
        while self._waiting:
            some, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
            try:
                await self._write(some)
            except (*AWAY, *BUSY, Unavailable) as away:
                self._waiting = (some + self._waiting)[:_MOST]
                log.warning("channel_log_waits", lines=len(self._waiting), error=str(away))
                return
            except (
                asyncio.CancelledError
            ):  # it may have been written: a line is written once all the same
                self._waiting = some + self._waiting
                raise
            except Exception:  # noqa: BLE001 - a bug; the lines are lost, the log goes on
                log.exception("channel_log_lost", lines=len(some))
        if self._lost:
            log.warning("channel_log_lost", lines=self._lost)
            self._lost = 0

    async def _write(self, some: list[tuple[UUID, Entry]]) -> None:
        by_workspace: dict[UUID, list[Entry]] = defaultdict(list)
        for workspace_id, entry in some:
            by_workspace[workspace_id].append(entry)
        for workspace_id, entries in by_workspace.items():
            async with self._db.statement(workspace_id) as tx:
                await store.add(tx, entries)

    async def _write_on(self) -> None:
        while True:
            await asyncio.sleep(_EVERY_S)
            await self.flush()

    def _add(
        self,
        workspace_id: UUID,
        channel_id: UUID,
        direction: Direction,
        seconds: float,
        delivery_id: UUID | None,
        line: tuple[str, str, int | None],
        what: str,
        bodies: tuple[str, str],
    ) -> None:
        if len(self._waiting) >= _MOST:
            self._lost += 1
            return
        at = datetime.now(UTC) - timedelta(seconds=seconds)
        entry = Entry(
            new_id(), channel_id, direction, at, seconds * 1000, delivery_id, *line, what, *bodies
        )
        self._waiting.append((workspace_id, entry))
