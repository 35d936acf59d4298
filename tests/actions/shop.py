"""A conversation with a turn in it, for actions to be written to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Self
from uuid import UUID

from rejoinder.actions.parts import Ready
from rejoinder.bots import store as bots
from rejoinder.bots.model import Bot, Channel
from rejoinder.conversations.contacts import store as contacts
from rejoinder.conversations.contacts.model import Identity
from rejoinder.conversations.content import stored
from rejoinder.conversations.model import NewMessage
from rejoinder.db import Database, new_id

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)

CONVERSATION = """
INSERT INTO conversations (workspace_id, conversation_id, channel_id, thread_key, contact_id)
VALUES ($1, $2, $3, $4, $5)
"""

TURN = """
INSERT INTO turns (workspace_id, turn_id, conversation_id, state, opened_at, due_at, first_unanswered_at, woken_at,
    ended_at)
VALUES ($1, $2, $3, 'committed', now(), now(), now(), now(), now())
"""

DELIVERED = """
UPDATE deliveries SET status = $3, attempts = $4, error = $5 WHERE workspace_id = $1 AND message_id = $2
"""


@dataclass(frozen=True, slots=True)
class Shop:
    """One of each."""

    db: Database
    workspace_id: UUID
    channel_id: UUID
    contact_id: UUID
    conversation_id: UUID
    turn_id: UUID
    seqs: count[int]

    @classmethod
    async def opened(cls, db: Database, workspace_id: UUID) -> Self:
        """Made anew."""
        bot = Bot(bot_id=new_id(), name="Nok", persona="", fallback_text="Later, please.")
        channel_id, conversation_id, turn_id = new_id(), new_id(), new_id()
        async with db.transaction(workspace_id) as tx:
            await bots.add_bot(tx, bot)
            await bots.add_channel(tx, Channel(channel_id, bot.bot_id, "rest", "REST"))
            who = Identity("visitor", str(conversation_id))
            contact_id = await contacts.add(tx, channel_id, [who], None)
            await tx.connection.execute(
                CONVERSATION, workspace_id, conversation_id, channel_id, who.value, contact_id
            )
            await tx.connection.execute(TURN, workspace_id, turn_id, conversation_id)
        return cls(db, workspace_id, channel_id, contact_id, conversation_id, turn_id, count(1))

    def reply(self, one: Ready) -> NewMessage:
        """A message of the bot's."""
        return NewMessage(
            message_id=new_id(),
            conversation_id=self.conversation_id,
            channel_id=self.channel_id,
            seq=next(self.seqs),
            turn_id=self.turn_id,
            direction="outbound",
            sender_type="ai",
            sender_id=None,
            kind=one.kind,
            text=one.text,
            content=stored(one.packed.parts),
            external_id=None,
            fingerprint=None,
            waited_for=False,
            platform_time=NOW,
            received_at=NOW,
            metadata={},
        )

    async def delivered(self, message_id: UUID, status: str, attempts: int, error: str) -> None:
        """What came of a message's delivery."""
        async with self.db.transaction(self.workspace_id) as tx:
            await tx.connection.execute(
                DELIVERED, self.workspace_id, message_id, status, attempts, error
            )
