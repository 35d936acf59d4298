"""A channel of a chat platform, and customers who write over it by one or several names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest
from pydantic import JsonValue

from rejoinder.bots import store as bots
from rejoinder.bots.model import Bot, Channel, ChannelSettings
from rejoinder.channels.port.event import MediaRef
from rejoinder.conversations.contacts.model import Identity
from rejoinder.conversations.model import SenderType
from rejoinder.db import Database, new_id
from rejoinder.inbound.model import Incoming, Received
from rejoinder.inbound.receive import receive

PHONE = Identity("phone", "66812345678")
USER = Identity("whatsapp_user", "TH.1234")


@dataclass(frozen=True, slots=True)
class House:
    """A workspace with one WhatsApp channel."""

    db: Database
    workspace_id: UUID
    channel_id: UUID
    settings: ChannelSettings

    async def says(
        self,
        text: str,
        names: Sequence[Identity] = (PHONE,),
        *,
        external_id: str | None = None,
        group: str | None = None,
        sender: SenderType = "customer",
        content: list[JsonValue] | None = None,
        media: tuple[MediaRef, ...] = (),
        history: bool = False,
        shown: str | None = None,
        reply_token: str | None = None,
        at: datetime | None = None,
    ) -> Received:
        """A message comes."""
        incoming = Incoming(
            channel_id=self.channel_id,
            platform="whatsapp_cloud",
            thread_key=group or names[0].value,
            external_id=external_id or str(new_id()),
            sender_type=sender,
            sender_id=names[0].value,
            sender_name=shown,
            text=text,
            content=content or [],
            platform_time=at or datetime.now(UTC),
            metadata={},
            waits=False,
            identities=tuple(names),
            group=group is not None,
            media=media,
            settings=self.settings,
            history=history,
            reply_token=reply_token,
        )
        return await receive(self.db, self.workspace_id, incoming, tries=20)

    async def sql(self, statement: str, *values: object) -> list[asyncpg.Record]:
        """Rows of a statement; $1 is the workspace."""
        async with self.db.read(self.workspace_id) as read:
            return await read.connection.fetch(statement, self.workspace_id, *values)

    async def contacts(self) -> list[tuple[str, ...]]:
        """The names of each contact that was not merged into another."""
        rows = await self.sql(
            """SELECT array_agg(i.identity ORDER BY i.identity) FROM contacts c
            JOIN contact_identities i USING (workspace_id, contact_id)
            WHERE workspace_id = $1 AND c.merged_into IS NULL GROUP BY contact_id ORDER BY 1"""
        )
        return [tuple(row[0]) for row in rows]

    async def state(self, received: Received) -> str:
        """Who is in charge."""
        rows = await self.sql(
            "SELECT state FROM conversations WHERE workspace_id = $1 AND conversation_id = $2",
            received.conversation_id,
        )
        return str(rows[0][0])

    async def sent(self, received: Received) -> list[tuple[str, str]]:
        """What we say in the conversation, with the state of its delivery."""
        rows = await self.sql(
            """SELECT m.text, d.status FROM messages m JOIN deliveries d USING (workspace_id, message_id)
            WHERE workspace_id = $1 AND m.conversation_id = $2 ORDER BY m.seq""",
            received.conversation_id,
        )
        return [(row[0], row[1]) for row in rows]


@pytest.fixture
async def house(db: Database, workspace_id: UUID) -> House:
    bot = Bot(bot_id=new_id(), name="Bot", persona="", fallback_text="Later.")
    settings = ChannelSettings()
    channel = Channel(
        new_id(), bot.bot_id, "whatsapp_cloud", "WhatsApp", settings, account="1098765"
    )
    async with db.transaction(workspace_id) as tx:
        await bots.add_bot(tx, bot)
        await bots.add_channel(tx, channel)
    return House(db, workspace_id, channel.channel_id, settings)
