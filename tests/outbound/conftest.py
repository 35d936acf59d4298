"""A shop whose replies are posted somewhere, and the somewhere, whose answers the test scripts."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from rejoinder.channels.port.outgoing import Outgoing, Receipt, Taken
from rejoinder.db import Database, new_id
from rejoinder.testing import ScriptedModel
from rejoinder.worker import Work
from tests.outbound.outbox import Outbox
from tests.scenarios.conftest import OpenShop, bus, model, opens, quiet_house
from tests.scenarios.shop import Shop, working

__all__ = ["bus", "model", "opens", "quiet_house"]

SETTINGS = """
UPDATE channels SET settings = jsonb_build_object('callback_url', 'https://receiver.example/hook')
WHERE workspace_id = $1 RETURNING channel_id
"""


class Receiver:
    """Takes what is sent. Each call uses the next receipt of `script`, else it is taken; `hold()` keeps calls open."""

    def __init__(self) -> None:
        self.script: deque[Receipt | Exception] = deque()
        self.got: list[Outgoing] = []
        self.open = 0
        self._go = asyncio.Event()
        self._go.set()
        self._came = asyncio.Condition()

    async def send(self, outgoing: Outgoing) -> Receipt:
        """What a channel does."""
        self.got.append(outgoing)
        self.open += 1
        async with self._came:
            self._came.notify_all()
        try:
            await self._go.wait()
        finally:
            self.open -= 1
        receipt = self.script.popleft() if self.script else Taken()
        if isinstance(receipt, Exception):
            raise receipt
        return receipt

    def hold(self) -> None:
        """Keep the calls from now on open."""
        self._go.clear()

    def release(self) -> None:
        """Answer them."""
        self._go.set()

    async def called(self, times: int, seconds: float = 15) -> None:
        """Wait until it was called that often."""
        async with asyncio.timeout(seconds), self._came:
            await self._came.wait_for(lambda: len(self.got) >= times)

    @property
    def texts(self) -> list[str]:
        """What came, in order."""
        return [outgoing.text for outgoing in self.got]


@pytest.fixture
async def shop(opens: OpenShop) -> Shop:
    shop = await opens()
    assert await shop.sql(SETTINGS)
    return shop


@pytest.fixture
async def quiet_outbox(db: Database) -> None:
    """Nothing is left to send from other tests of this database, and no pause to end."""
    async with db.maintenance() as maintenance:
        await maintenance.connection.execute(
            "UPDATE channels SET paused_until = NULL, paused_reason = NULL WHERE paused_until IS NOT NULL"
        )
        await maintenance.connection.execute(
            "UPDATE deliveries SET status = 'failed' WHERE status IN ('queued', 'sending', 'unknown')"
        )


@pytest.fixture
def receiver(quiet_outbox: None) -> Receiver:
    return Receiver()


@pytest.fixture
async def work(
    db: Database, model: ScriptedModel, receiver: Receiver, quiet_house: None
) -> AsyncIterator[Work]:
    async with working(db, model, receiver.send) as work:
        yield work


Deliveries = Callable[[], Awaitable[list[tuple[str, int, str | None]]]]


@pytest.fixture
def deliveries(shop: Shop) -> Deliveries:
    """(status, attempts, error) of the shop's deliveries, in order."""

    async def look() -> list[tuple[str, int, str | None]]:
        rows = await shop.sql(
            "SELECT status, attempts, error FROM deliveries WHERE workspace_id = $1 ORDER BY created_at, seq"
        )
        return [tuple(row) for row in rows]

    return look


OpenOutbox = Callable[[], Awaitable[Outbox]]

FORGETFUL = """
UPDATE channels SET settings = settings || '{"deduplicates": false}' WHERE workspace_id = $1 RETURNING channel_id
"""


@pytest.fixture
def outboxes(shop: Shop, quiet_outbox: None) -> OpenOutbox:
    """Opens a conversation of the shop, handled by nobody, with an empty outbox."""

    async def opens() -> Outbox:
        said = await shop.says("Hello", thread=f"{new_id()}", customer=f"{new_id()}")
        await shop.sql(
            """UPDATE turns SET state = 'cancelled', ended_at = now()
               WHERE workspace_id = $1 AND state = 'waiting'"""
        )
        return Outbox(shop, said.conversation_id, shop.channel_id)

    return opens


@pytest.fixture
async def outbox(outboxes: OpenOutbox) -> Outbox:
    """One whose receiver knows a message that it gets twice."""
    return await outboxes()


@pytest.fixture
async def forgetful(shop: Shop, outbox: Outbox) -> Outbox:
    """One whose receiver would take a message that it gets twice for another."""
    assert await shop.sql(FORGETFUL)
    return outbox
