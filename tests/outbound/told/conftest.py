"""A conversation on a chat platform: what is sent there gets the platform's ids, and the platform tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from rejoinder.channels.port.event import Echoed, Failure, Identity, Reported, Sender
from rejoinder.channels.port.outgoing import Taken
from rejoinder.outbound.decide import Heard
from rejoinder.outbound.told.echo import Whose, echo
from rejoinder.outbound.told.report import report
from tests.outbound.conftest import OpenOutbox
from tests.outbound.outbox import Outbox

PLATFORM = "whatsapp_cloud"

MOVE = """
UPDATE channels SET platform = $2, settings = '{}' WHERE workspace_id = $1 RETURNING channel_id
"""

WROTE = """
UPDATE conversations SET last_customer_at = clock_timestamp() - $3::interval
WHERE workspace_id = $1 AND conversation_id = $2 RETURNING thread_key
"""

ROWS = """
SELECT platform_id, delivery_id, reported FROM platform_messages WHERE workspace_id = $1 ORDER BY platform_id
"""


@dataclass(frozen=True, slots=True)
class Chat:
    """One conversation of a chat platform."""

    outbox: Outbox
    thread: str

    async def report(
        self,
        status: Heard,
        platform_id: str | None = "wamid.1",
        *,
        delivery: UUID | None = None,
        failure: Failure | None = None,
        up_to: datetime | None = None,
    ) -> bool:
        """The platform tells what became of a message."""
        shop = self.outbox.shop
        told = Reported(
            status,
            datetime.now(UTC),
            platform_id=platform_id,
            delivery_id=str(delivery) if delivery else None,
            thread=self.thread,
            up_to=up_to,
            error="131000: it failed there" if status == "failed" else "",
            failure=failure,
        )
        return await report(shop.db, shop.workspace_id, self.outbox.channel_id, told)

    async def echo(
        self, text: str, platform_id: str = "wamid.1", *, delivery: UUID | None = None
    ) -> Whose:
        """A message that left our account comes back."""
        shop = self.outbox.shop
        came = Echoed(
            self.thread,
            platform_id,
            text,
            (),
            datetime.now(UTC),
            Sender((Identity("phone", self.thread),)),
            delivery_id=str(delivery) if delivery else None,
        )
        return await echo(shop.db, shop.workspace_id, self.outbox.channel_id, came)

    async def wrote(self, ago: timedelta) -> None:
        """The customer last wrote so long ago."""
        await self.outbox.shop.sql(WROTE, self.outbox.conversation_id, ago)

    async def set(self, settings: str) -> None:
        """The channel has these settings."""
        await self.outbox.shop.sql(
            "UPDATE channels SET settings = $2::text::jsonb WHERE workspace_id = $1 RETURNING true",
            settings,
        )

    async def rows(self) -> list[tuple[str, UUID | None, str | None]]:
        """What is kept of the platform's ids."""
        return [tuple(row) for row in await self.outbox.shop.sql(ROWS)]

    async def error(self) -> str:
        """Why the first delivery failed."""
        rows = await self.outbox.shop.sql(
            "SELECT error FROM deliveries WHERE workspace_id = $1 AND conversation_id = $2 ORDER BY seq",
            self.outbox.conversation_id,
        )
        return str(rows[0][0])


def taken(*platform_ids: str) -> Taken:
    """What a platform answers."""
    return Taken(platform_ids=platform_ids or ("wamid.1",))


@pytest.fixture
async def chat(outboxes: OpenOutbox) -> Chat:
    opened = await outboxes()
    await opened.shop.sql(MOVE, PLATFORM)
    rows = await opened.shop.sql(WROTE, opened.conversation_id, timedelta(minutes=1))
    return Chat(
        Outbox(opened.shop, opened.conversation_id, opened.channel_id, PLATFORM), rows[0][0]
    )
