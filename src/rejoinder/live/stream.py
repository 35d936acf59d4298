"""A conversation's events as server-sent events, resumable by seq."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from pydantic_core import to_json

from rejoinder.db import Database
from rejoinder.errors import Unavailable
from rejoinder.events import store
from rejoinder.events.model import Event
from rejoinder.live.bus import Bus

_KEEP_ALIVE_S = 15.0  # proxies commonly cut a silent connection after 60 s


async def stream(
    db: Database, bus: Bus, workspace_id: UUID, conversation_id: UUID, after: int
) -> AsyncIterator[bytes]:
    """Frames of https://html.spec.whatwg.org/multipage/server-sent-events.html: what is stored after the seq
    `after`, then what comes, until the client leaves or the program ends.
    """
    yield b"retry: 1000\n\n"
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
            if not events and not await watch.ring(_KEEP_ALIVE_S):
                yield b": keep-alive\n\n"


def frame(event: Event) -> bytes:
    """One event as a frame; JSON holds no raw line break, so one `data:` line is enough."""
    data = to_json({**event.data, "seq": event.seq, "at": event.at})
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (event.seq, event.type.encode(), data)
