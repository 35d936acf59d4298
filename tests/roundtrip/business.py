"""A business on a played platform, behind the real program: what its customers do, and what is stored of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import aiohttp
import asyncpg

from rejoinder.bots import store as bots
from rejoinder.bots.model import Bot
from rejoinder.channels.port.simulated import Customer
from rejoinder.conversations.content import Part, Text
from rejoinder.db import BUSY, new_id
from rejoinder.inbound.intake import keep as intake
from rejoinder.outbound.upkeep import reconcile
from rejoinder.outbound.upkeep.pause import end_pauses
from rejoinder.testing.platforms.faults import NOTHING, Plan
from rejoinder.testing.platforms.find import adapter_of, simulated_of
from rejoinder.testing.platforms.server import PlayedPlatform, playing
from rejoinder.workspaces import store as workspaces
from tests.api.application import Application
from tests.eventually import eventually

DELIVERIES = """
SELECT c.thread_key, d.delivery_id::text, m.text, d.status, d.error FROM deliveries d
JOIN messages m ON m.workspace_id = d.workspace_id AND m.message_id = d.message_id
JOIN conversations c ON c.workspace_id = d.workspace_id AND c.conversation_id = d.conversation_id
WHERE d.workspace_id = $1 ORDER BY d.conversation_id, d.seq
"""

OPEN = """
SELECT (SELECT count(*) FROM deliveries WHERE workspace_id = $1 AND status IN ('queued', 'sending'))
    + (SELECT count(*) FROM turns WHERE workspace_id = $1 AND state IN ('waiting', 'running'))
    + (SELECT count(*) FROM intake WHERE workspace_id = $1 AND state = 'waiting')
"""

# The clock moves on: pauses end, tries are due, and who was waited for has had the time.
HURRY = (
    "UPDATE channels SET paused_until = now() WHERE workspace_id = $1 AND paused_until > now()",
    """UPDATE deliveries SET next_try_at = now(), held_until = least(held_until, now())
       WHERE workspace_id = $1 AND status IN ('queued', 'unknown') AND (next_try_at > now() OR held_until > now())""",
    "UPDATE intake SET next_try_at = now() WHERE workspace_id = $1 AND state = 'waiting' AND next_try_at > now()",
)

FINAL = frozenset({"sent", "delivered", "read", "failed", "unknown", "withheld"})


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to a customer."""

    thread: str
    delivery_id: str
    text: str
    status: str
    error: str | None


@dataclass(frozen=True, slots=True)
class Business:
    """One workspace with one bot, who answers on one channel."""

    program: Application
    platform: PlayedPlatform
    client: aiohttp.ClientSession
    workspace_id: UUID
    channel_id: UUID

    def customer(self, number: int = 1) -> Customer:
        """A customer."""
        return self.platform.played.customers(number)

    async def says(self, words: str | Part, customer: Customer | None = None) -> None:
        """A customer writes; it is acknowledged."""
        part = Text(text=words) if isinstance(words, str) else words
        assert await self.platform.say(customer or self.customer(), part)

    async def shown(self, count: int, customer: Customer | None = None) -> list[str]:
        """What a customer has been shown, once it is that much."""
        who, book = (customer or self.customer()).id, self.platform.book
        try:
            await book.until(lambda: len(book.texts(who)) >= count)
        except TimeoutError:
            stored = [await self.deliveries(), await self.letters(), await self.intake()]
            raise AssertionError(f"{book.texts(who)} was shown; {stored} is stored") from None
        return book.texts(who)

    async def settled(self, seconds: float = 15) -> list[Delivery]:
        """All deliveries, once nothing is open and all receipts have come."""

        async def quiet() -> bool:
            return bool((await self.sql(OPEN))[0][0] == 0)

        await eventually(quiet, seconds)
        await self.platform.telling.settled()
        return await self.deliveries()

    async def statuses(self, *expected: str) -> None:
        """Wait until the deliveries stand so."""

        async def stand() -> bool:
            found[:] = [each.status for each in await self.deliveries()]
            return found == list(expected)

        found = list[str]()
        try:
            await eventually(stand)
        except AssertionError:
            raise AssertionError(f"{found}, not {expected}: {await self.deliveries()}") from None

    async def deliveries(self) -> list[Delivery]:
        """All of them, each conversation's in order."""
        return [Delivery(*row) for row in await self.sql(DELIVERIES)]

    async def letters(self) -> list[str]:
        """The subjects of the open dead letters."""
        found = await self.sql(
            "SELECT subject_id::text FROM dead_letters WHERE workspace_id = $1 AND resolved_at IS NULL"
        )
        return [row[0] for row in found]

    async def intake(self) -> list[tuple[str, str]]:
        """(state, reason) of the webhooks that are still waiting or were not understood."""
        found = await self.sql(
            "SELECT state, reason FROM intake WHERE workspace_id = $1 AND state IN ('waiting', 'quarantined')"
        )
        return [tuple(row) for row in found]

    async def conversation(self, customer: Customer | None = None) -> asyncpg.Record:
        """The conversation of a customer: `conversation_id`, `state`, `agent`."""
        thread = self.platform.threads[(customer or self.customer()).id]
        return (
            await self.sql(
                """SELECT conversation_id, state, agent FROM conversations
                   WHERE workspace_id = $1 AND thread_key = $2 ORDER BY created_at DESC LIMIT 1""",
                thread,
            )
        )[0]

    async def person_says(self, text: str) -> None:
        """A person of ours writes in the first customer's conversation."""
        conversation_id = (await self.conversation())["conversation_id"]
        body = {"agent": "anna", "text": text}
        path = f"/api/v1/conversations/{conversation_id}/messages"
        async with self.client.post(path, json=body) as answer:
            assert answer.status == 201, await answer.text()

    async def sql(self, statement: str, *values: object) -> list[asyncpg.Record]:
        """Rows of a statement; $1 is the workspace."""
        async with self.program.db.read(self.workspace_id) as read:
            return await read.connection.fetch(statement, self.workspace_id, *values)

    @asynccontextmanager
    async def time_flies(self) -> AsyncIterator[None]:
        """No pause, no wait between two tries lasts longer than a moment until left."""

        async def hurry() -> None:
            while True:
                with suppress(*BUSY):
                    async with self.program.db.transaction(self.workspace_id) as tx:
                        for statement in HURRY:
                            await tx.connection.execute(statement, self.workspace_id)
                    await end_pauses(self.program.db)
                    await reconcile.sweep(self.program.db, timedelta(0))
                    await intake.sweep(self.program.db, timedelta(0))
                await asyncio.sleep(0.1)

        hurrying = asyncio.create_task(hurry(), name="clock")
        try:
            yield
        finally:
            hurrying.cancel()
            await asyncio.gather(hurrying, return_exceptions=True)


@asynccontextmanager
async def open_business(
    program: Application, platform: str, plan: Plan = NOTHING, **policy: object
) -> AsyncIterator[Business]:
    """A workspace of its own, its channel connected by API; its bot has no quiet window unless `policy` says so."""
    workspace_id = new_id()
    async with program.db.maintenance() as maintenance:
        await workspaces.add(
            maintenance, workspace_id, f"t-{workspace_id}", "Shop", allow_private_networks=True
        )
    bot = Bot(
        bot_id=new_id(),
        name="Nok",
        persona="",
        fallback_text="Later, please.",
        **({"quiet_seconds": 0.0} | policy),  # type: ignore[arg-type]
    )
    async with program.db.transaction(workspace_id) as tx:
        await bots.add_bot(tx, bot)
    async with AsyncExitStack() as stack:
        played = await stack.enter_async_context(playing(platform, plan=plan))
        token = await program.token(workspace_id=workspace_id)
        client = await stack.enter_async_context(program.client(token))
        wanted = {
            "platform": platform,
            "name": adapter_of(platform).title,
            "credentials": dict(simulated_of(platform).credentials),
            "settings": {"base_url": played.url},
        }
        async with client.post("/api/v1/channels", json=wanted) as answer:
            made = await answer.json()
            assert answer.status == 201, made
        played.posts_to(f"{program.url}/webhooks/{platform}/{made['channel_id']}")
        yield Business(program, played, client, workspace_id, UUID(made["channel_id"]))
