"""A message on its way in, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from rejoinder.bots.model import ChannelSettings
from rejoinder.channels.port.event import MediaRef
from rejoinder.conversations.contacts.model import Identity
from rejoinder.conversations.model import SenderType
from rejoinder.queue.priority import NORMAL


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message as its channel understood it.

    `external_id` is unique in the channel; the same one again is the same message. `waits` says that the caller
    stays for the answer, so no quiet window is kept. `priority` is the queue's (queue/priority.py). `history` is what
    was said and answered elsewhere before, or wants no answer, a reaction for instance: it is kept for the model to
    read.

    What a chat platform tells: `identities` are the customer's names, by which the contact is found; empty where the
    caller's own name for the sender is all there is. `group` says that the thread is not one person's. `media` are the
    files of `content` that are still to be fetched, `reply_token` is good for one answer, for a while. `settings` are
    the channel's.
    """

    channel_id: UUID
    platform: str
    thread_key: str
    external_id: str | None
    sender_type: SenderType
    sender_id: str
    sender_name: str | None
    text: str
    content: list[JsonValue]
    platform_time: datetime | None
    metadata: dict[str, JsonValue]
    waits: bool
    priority: int = NORMAL
    history: bool = False
    identities: tuple[Identity, ...] = ()
    group: bool = False
    media: tuple[MediaRef, ...] = ()
    reply_token: str | None = None
    read_token: str | None = None
    settings: ChannelSettings = field(default_factory=ChannelSettings)

    @property
    def from_platform(self) -> bool:
        """Whether it came by a chat platform, which brings each message once and reads no answer of ours."""
        return bool(self.identities)


@dataclass(frozen=True, slots=True)
class Received:
    """The stored message; `turn_id` is None when no turn will answer it."""

    message_id: UUID
    conversation_id: UUID
    turn_id: UUID | None
    seq: int
    duplicate: bool
