"""Requests to a played Pebble, as its adapter makes them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

from rejoinder.channels.port.outgoing import Outgoing, Receipt
from rejoinder.channels.port.wire import Wire
from rejoinder.channels.senders import no_files
from rejoinder.conversations.content import Part, Text
from rejoinder.db import new_id
from rejoinder.net.guard import outward
from rejoinder.testing.platforms.server import PlayedPlatform
from tests.channels.conformance.pebble.adapter import Pebble


def outgoing(to: str, text: str, delivery_id: UUID | None = None) -> Outgoing:
    """A delivery to a customer."""
    return Outgoing(
        delivery_id=delivery_id or new_id(),
        conversation_id=new_id(),
        message_id=new_id(),
        turn_id=None,
        seq=2,
        attempt=1,
        uncounted=0,
        orphaned=False,
        thread_key=to,
        sender_type="ai",
        kind="text",
        text=text,
        content=[],
        metadata={},
        received_at=datetime.now(UTC),
        answers=[],
        channel_id=new_id(),
        platform="pebble",
        settings={},
        credentials=None,
        allow_private_networks=True,
        priority=0,
        workspace_id=new_id(),
    )


class Business:
    """Sends to customers of one platform."""

    def __init__(self, platform: PlayedPlatform, wire: Wire) -> None:
        self._platform = platform
        self._wire = wire

    async def send(
        self, to: str, text: str, delivery_id: UUID | None = None, part: Part | None = None
    ) -> Receipt:
        """One message."""
        message = outgoing(to, text, delivery_id)
        parts = (part or Text(text=text),)
        files = no_files(new_id())
        return await Pebble().send(self._platform.account, message, parts, self._wire, files)


@asynccontextmanager
async def business(platform: PlayedPlatform) -> AsyncIterator[Business]:
    """The business behind a platform."""
    async with outward() as out:
        yield Business(platform, Wire(out, allow_private=True))
