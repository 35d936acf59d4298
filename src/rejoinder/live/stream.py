"""A conversation's events as server-sent events, resumable by seq."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from uuid import UUID

from pydantic_core import from_json, to_json

from rejoinder.db import Database
from rejoinder.errors import Unavailable
from rejoinder.events import store
from rejoinder.events.model import Event
from rejoinder.live.bus import Bus

_KEEP_ALIVE_S = 15.0  # proxies commonly cut a silent connection after 60 s

_ENDS = frozenset(
    {
        "turn.committed",
        "turn.superseded",
        "turn.cancelled",
        "turn.failed",
        "turn.expired",
        "turn.retried",
    }
)
_REMEMBERED = 32  # turns that ended; what one still tells comes within milliseconds


async def stream(
    db: Database, bus: Bus, workspace_id: UUID, conversation_id: UUID, after: int
) -> AsyncIterator[bytes]:
    """Frames of https://html.spec.whatwg.org/multipage/server-sent-events.html: what is stored after the seq
    `after`, then what comes, until the client leaves or the program ends.

    A `turn.preview` without an id is what a turn is writing: all of it so far, in place of what was shown before.
    Whatever ends the turn takes it away, and none of it comes after that.
    """
    yield b"retry: 1000\n\n"
    running = Running()
    with bus.watch(conversation_id) as watch:
        while not bus.closing.is_set():
            try:
                async with db.read(workspace_id) as read:
                    events = await store.after(read, conversation_id, after)
            except Unavailable:
                return  # the client comes back by itself and resumes
            for event in events:
                yield frame(event)
                after = event.seq
                running.saw(event)
            preview = watch.preview()
            if preview and running.writes(preview):
                yield b"event: turn.preview\ndata: %b\n\n" % preview.encode()
            if not events and not await watch.ring(_KEEP_ALIVE_S):
                yield b": keep-alive\n\n"


def frame(event: Event) -> bytes:
    """One event as a frame; JSON holds no raw line break, so one `data:` line is enough."""
    data = to_json({**event.data, "seq": event.seq, "at": event.at})
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (event.seq, event.type.encode(), data)


class Running:
    """Which turns may still write: a preview goes another way than the log, and may come behind its turn's end."""

    def __init__(self) -> None:
        self._ended: deque[object] = deque(maxlen=_REMEMBERED)
        self._turn: object = None
        self._fence = 0

    def saw(self, event: Event) -> None:
        """That has happened."""
        turn = event.data.get("turn_id")
        if event.type == "turn.started" and turn in self._ended:
            self._ended.remove(turn)  # another try
        elif event.type in _ENDS:
            self._ended.append(turn)
        elif event.type in ("conversation.handed_off", "conversation.closed"):
            self._ended.append(self._turn)

    def writes(self, preview: str) -> bool:
        """Whether the turn of a preview is not over, and no newer one was shown."""
        told = from_json(preview)
        if told["turn_id"] in self._ended or told["fence"] < self._fence:
            return False
        self._turn, self._fence = told["turn_id"], told["fence"]
        return True
