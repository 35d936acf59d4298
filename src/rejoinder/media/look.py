"""The files of a turn's messages, as far as they are here in time and a model takes them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID
from weakref import finalize

from rejoinder.db import Database
from rejoinder.errors import Unavailable
from rejoinder.media import store
from rejoinder.media.model import File
from rejoinder.media.objects import Objects
from rejoinder.telemetry.logs import log

MOST_FILES = 8
"""Of one turn; the newest go along."""

MOST_BYTES = 12 * 1024 * 1024
"""Of one turn together: Gemini takes requests of 20 MB, and base64 makes four bytes of three."""

LONGEST_PICTURE = 5 * 1024 * 1024
"""Anthropic takes pictures of 5 MB at most (Anthropic, "Vision")."""

MOST_HELD = 256 * 1024 * 1024
"""Of all turns of a process together: a call in flight holds a file about four times, as bytes and as its request."""

_AGAIN_S = 0.25
_READ_S = 10.0
"""Of all files of a turn together: a store that hangs must not hold its answer up file by file."""


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Seen:
    """A file that a model may be shown. As long as anybody has it, its bytes count as held."""

    media_id: UUID
    kind: str
    mime_type: str
    data: bytes


class Viewer:
    """Waits for files, `seconds` at most, and reads them. `hears` says that recordings are written down.

    No more than `most_held` bytes are held at once: a turn that comes when they are is answered without its files.
    """

    def __init__(
        self,
        db: Database,
        objects: Objects,
        *,
        seconds: float,
        hears: bool,
        most_held: int = MOST_HELD,
    ) -> None:
        self._left = most_held
        self._db = db
        self._objects = objects
        self._seconds = seconds
        self._hears = hears

    async def settled(
        self, workspace_id: UUID, media_ids: Collection[UUID], takes: Collection[str]
    ) -> dict[UUID, File]:
        """The files as they are when none is waited for any more: ready, given up, or too late.

        Waited for is what a model that `takes` these MIME types would be shown, and what is being written down.
        """
        until = time.monotonic() + self._seconds
        while True:
            async with self._db.read(workspace_id) as read:
                files = await store.files(read, media_ids)
            waiting = any(
                file.state == "waiting" and self._matters(file.kind, takes)
                for file in files.values()
            )
            if not waiting or time.monotonic() >= until:
                return files
            await asyncio.sleep(_AGAIN_S)

    async def shown(self, files: Sequence[File], takes: Collection[str]) -> list[Seen]:
        """The bytes of those that a model takes, within the limits; a store that is away shows nothing."""
        found = []
        wanted = chosen(files, takes)
        until = asyncio.get_running_loop().time() + _READ_S
        for file in chosen(wanted, takes, self._left):
            data = await self._read(file, until)
            if data is not None and len(data) <= self._left:
                seen = Seen(file.media_id, file.kind, file.mime_type or "", data)
                self._hold(seen)
                found.append(seen)
        if len(found) < len(wanted):
            log.warning("media_not_all_shown", files=len(wanted), shown=len(found))
        return found

    def _hold(self, seen: Seen) -> None:
        self._left -= len(seen.data)
        finalize(seen, self._free, len(seen.data)).atexit = False

    def _free(self, size: int) -> None:
        self._left += size

    def _matters(self, kind: str, takes: Collection[str]) -> bool:
        if kind == "audio" and self._hears:
            return True
        wanted = "image/" if kind in ("image", "sticker") else f"{kind}/"
        return any(each.startswith(wanted) for each in takes)

    async def _read(self, file: File, until: float) -> bytes | None:
        try:
            async with asyncio.timeout_at(until):
                return await self._objects.read(file.key) if file.key else None
        except (Unavailable, TimeoutError) as away:
            log.warning("media_not_shown", media_id=str(file.media_id), error=type(away).__name__)
            return None


def chosen(files: Sequence[File], takes: Collection[str], most: int = MOST_BYTES) -> list[File]:
    """Which of the files, oldest first, a model that `takes` these types is shown: the newest within the limits."""
    found: list[File] = []
    left = min(most, MOST_BYTES)
    for file in reversed(files):
        size, mime_type = file.size or 0, file.mime_type or ""
        if file.state != "ready" or mime_type not in takes or file.transcript:
            continue
        if mime_type.startswith("image/") and size > LONGEST_PICTURE:
            continue
        if size <= left and len(found) < MOST_FILES:
            found.append(file)
            left -= size
    return found[::-1]
