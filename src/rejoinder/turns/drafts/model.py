"""An answer that waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from rejoinder.actions.model import CollectInfo, EndConversation
from rejoinder.channels.text.pack import Packed

DraftState: TypeAlias = Literal["open", "sent", "discarded", "outdated"]


@dataclass(frozen=True, slots=True)
class Draft:
    """What the bot would have said; `outdated` when before anybody sent it the customer had written more, or a person
    had taken the conversation over or closed it. `settled_at` tells when that was, where it was noted.

    `message_id` is the first message that it was sent as. `behind` is what happens to the conversation when it is sent:
    something is asked for, or it ends.
    """

    draft_id: UUID
    conversation_id: UUID
    turn_id: UUID
    text: str
    messages: tuple[Packed, ...]
    state: DraftState
    created_at: datetime
    settled_at: datetime | None
    settled_by: str | None
    message_id: UUID | None
    behind: tuple[CollectInfo | EndConversation, ...] = ()
