"""What is being written is shown to whoever watches, and kept nowhere.

It goes over PostgreSQL's NOTIFY, at most four times a second a turn, and not at all for an answer that is there at
once: each is a commit. One that gets lost is made good by the next, or by the message itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from uuid import UUID

from pydantic_core import to_json

from rejoinder.db import AWAY, BUSY, Database
from rejoinder.errors import Unavailable
from rejoinder.live import store
from rejoinder.telemetry.logs import log

PREVIEW_CHANNEL = "rejoinder_preview"
"""PostgreSQL channel; payload: the conversation's id, a space, and the frame's data as JSON."""

_FIRST_S = 0.4
_EVERY_S = 0.25
_A_SECOND = 200
"""From all turns of a process together: PostgreSQL hands out notifications one commit after the other, and those of the
messages themselves must not wait. A thousand turns at once are each shown every five seconds."""

_LARGEST = 7_900
"""Bytes: PostgreSQL refuses a payload of 8,000 (NOTIFY). What is longer shows its beginning until it is sent."""

_SMALLEST = 16
"""Characters: less is no beginning."""

Tell = Callable[[str], None]


@dataclass(slots=True)
class _Draft:
    """What a turn is writing; `grown` is set while there is more than was shown."""

    conversation_id: UUID
    turn_id: UUID
    fence: int
    text: str = ""
    grown: asyncio.Event = field(default_factory=asyncio.Event)
    begun: float = field(default_factory=monotonic)

    def tell(self, text: str) -> None:
        """It has become that."""
        if text and text != self.text:
            self.text = text
            self.grown.set()


class Previews:
    """Shows drafts of running turns."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._showing = 0

    @asynccontextmanager
    async def of(self, conversation_id: UUID, turn_id: UUID, fence: int) -> AsyncIterator[Tell]:
        """Tell it the text so far, as often as you like; it is shown until this is left, and never after."""
        draft = _Draft(conversation_id, turn_id, fence)
        showing = asyncio.create_task(self._show(draft), name="preview")
        try:
            yield draft.tell
        finally:
            showing.cancel()
            await asyncio.wait([showing])
            if not showing.cancelled() and (failed := showing.exception()):
                log.warning("preview_failed", turn_id=str(turn_id), error=type(failed).__name__)

    async def _show(self, draft: _Draft) -> None:
        await draft.grown.wait()
        await asyncio.sleep(max(0.0, draft.begun + _FIRST_S - monotonic()))
        shown = b""
        self._showing += 1
        try:
            while True:
                await draft.grown.wait()
                draft.grown.clear()
                data = preview(draft.turn_id, draft.fence, draft.text)
                if data != shown:
                    await self._send(draft.conversation_id, data)
                    shown = data
                await asyncio.sleep(max(_EVERY_S, self._showing / _A_SECOND))
        finally:
            self._showing -= 1

    async def _send(self, conversation_id: UUID, data: bytes) -> None:
        payload = f"{conversation_id} {data.decode()}"
        try:
            async with self._db.maintenance() as maintenance:
                await store.show(maintenance, PREVIEW_CHANNEL, payload)
        except (*AWAY, *BUSY, Unavailable):
            return  # nobody sees it; the message itself comes all the same


def preview(turn_id: UUID, fence: int, text: str) -> bytes:
    """The frame's data: as much of the text as fits, so that what only grows never shrinks before a reader's eyes."""
    readable = text.encode(
        "utf-8", "replace"
    ).decode()  # half of a surrogate pair may have come so far
    room = _LARGEST - len(f"{turn_id} ")
    data = _data(turn_id, fence, readable)
    while len(data) > room and len(readable) > _SMALLEST:
        over = len(data) - room  # bytes, of which a character takes six at most: \\u0000
        readable = readable[: -max(1, over // 6)]
        data = _data(turn_id, fence, readable)
    return data


def _data(turn_id: UUID, fence: int, text: str) -> bytes:
    return to_json({"turn_id": turn_id, "fence": fence, "text": text})
