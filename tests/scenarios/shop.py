"""A shop whose customers write: what the scenarios do and look at, in their own words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
from pydantic_ai.models import Model

from rejoinder.bots import store as bots
from rejoinder.bots.model import Bot, Channel, Platform
from rejoinder.channels.port.outgoing import NotTaken, Outgoing, Receipt
from rejoinder.conversations import store as records
from rejoinder.conversations.model import Conversation, Message, SenderType
from rejoinder.db import Database, new_id
from rejoinder.inbound.model import Incoming, Received
from rejoinder.inbound.receive import receive
from rejoinder.inbound.rest.wait import await_outcome
from rejoinder.live.bus import Bus
from rejoinder.llm.calling.chain import Chain
from rejoinder.llm.chains import Chains
from rejoinder.outbound.sending.deliver import Send
from rejoinder.settings import Settings
from rejoinder.turns.outcome.read import Outcome
from rejoinder.worker import Work

FALLBACK = "I can't answer now; a person will."

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Shop:
    """One workspace with one bot on one channel."""

    db: Database
    bus: Bus
    workspace_id: UUID
    channel_id: UUID
    bot: Bot
    platform: Platform = "rest"

    async def says(
        self,
        text: str,
        *,
        thread: str = "thread",
        customer: str = "customer",
        external_id: str | None = None,
        at: datetime | None = None,
        waits: bool = False,
        sender_type: SenderType = "customer",
    ) -> Received:
        """The customer writes."""
        incoming = Incoming(
            channel_id=self.channel_id,
            platform=self.platform,
            thread_key=thread,
            external_id=external_id,
            sender_type=sender_type,
            sender_id=customer,
            sender_name=None,
            text=text,
            content=[],
            platform_time=at,
            metadata={},
            waits=waits,
        )
        return await receive(self.db, self.workspace_id, incoming)

    async def outcome(self, message: Received, seconds: float = 15) -> Outcome:
        """What became of a message, as soon as something has."""
        found = await await_outcome(
            self.db,
            self.bus,
            self.workspace_id,
            message.conversation_id,
            message.message_id,
            seconds,
        )
        assert found.status != "pending", f"no outcome after {seconds} s"
        return found

    async def messages(self, message: Received) -> list[Message]:
        """All messages of the conversation, in order."""
        async with self.db.read(self.workspace_id) as read:
            return await records.page(read, message.conversation_id, 0, 200)

    async def replies(self, message: Received) -> list[str]:
        """What the business has answered in the conversation."""
        return [m.text for m in await self.messages(message) if m.sender_type in ("ai", "system")]

    async def conversation(self, message: Received) -> Conversation:
        """The conversation a message is in."""
        async with self.db.read(self.workspace_id) as read:
            found = await records.conversation(read, message.conversation_id)
        assert found is not None
        return found

    async def sql(self, statement: str, *values: object) -> list[asyncpg.Record]:
        """Rows of a statement; $1 is the workspace."""
        async with self.db.read(self.workspace_id) as read:
            return await read.connection.fetch(statement, self.workspace_id, *values)

    async def turns(self) -> list[str]:
        """The states of the workspace's turns, oldest first."""
        found = await self.sql(
            "SELECT state FROM turns WHERE workspace_id = $1 ORDER BY opened_at, turn_id"
        )
        return [row["state"] for row in found]

    async def attempts(self) -> list[tuple[int, str | None]]:
        """(number, outcome) of every attempt, in the order they began."""
        found = await self.sql(
            "SELECT attempt, outcome FROM turn_attempts WHERE workspace_id = $1 ORDER BY started_at"
        )
        return [(row["attempt"], row["outcome"]) for row in found]

    async def events(self) -> list[str]:
        """The types of what the log tells, in order."""
        found = await self.sql(
            "SELECT event_type FROM events WHERE workspace_id = $1 ORDER BY conversation_id, seq"
        )
        return [row["event_type"] for row in found]


async def open_shop(
    db: Database,
    bus: Bus,
    workspace_id: UUID,
    *,
    name: str = "Shop",
    platform: Platform = "rest",
    **policy: object,
) -> Shop:
    """A shop whose bot has no quiet window, unless `policy` says otherwise: columns of a bot."""
    bot = Bot(
        bot_id=new_id(),
        name=name,
        fallback_text=FALLBACK,
        **({"quiet_seconds": 0.0, "persona": "You help the customers of a shop."} | policy),  # type: ignore[arg-type]
    )
    channel = Channel(new_id(), bot.bot_id, platform, name)
    async with db.transaction(workspace_id) as tx:
        await bots.add_bot(tx, bot)
        await bots.add_channel(tx, channel)
    return Shop(db, bus, workspace_id, channel.channel_id, bot, platform)


async def nowhere(outgoing: Outgoing) -> Receipt:
    """Nothing of these scenarios leaves through a channel, unless they say so."""
    return NotTaken("this worker sends nowhere")


@asynccontextmanager
async def working(
    db: Database, model: Model, send: Send = nowhere, **settings: object
) -> AsyncIterator[Work]:
    """A worker that answers with `model` and sends by `send`; it hands back at once what runs when the test leaves."""
    chosen = Settings.model_construct(**({"drain_seconds": 0.0} | settings))  # type: ignore[arg-type]
    work = Work(db, Chains.only(Chain([model])), chosen, send)
    async with work.running():
        yield work
