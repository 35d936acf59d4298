"""A worker of this process, with all it needs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from rejoinder.app.accounts import accounts
from rejoinder.channels.senders import Senders
from rejoinder.db import connect
from rejoinder.llm.calling.price import kept_new
from rejoinder.llm.choose import choose
from rejoinder.net.guard import outward
from rejoinder.net.http import session
from rejoinder.queue.jobs import TURNS
from rejoinder.secrets.vault import Vault
from rejoinder.settings import Settings
from rejoinder.text.thai import warm
from rejoinder.worker import LANES, Work


@asynccontextmanager
async def working(
    dsn: str, settings: Settings, vault: Vault, lanes: frozenset[str] = LANES
) -> AsyncIterator[Work]:
    """A worker that takes jobs of the lanes, until left; then it finishes what runs. Raises Setup."""
    async with AsyncExitStack() as stack:
        # Answers have a pool of their own: a backlog of them must not keep a message from being acknowledged,
        # and an answer that was paid for waits for its turn to be stored.
        db = await connect(dsn, size=settings.pool_size, name="rejoinder work", patience=300)
        stack.push_async_callback(db.close)
        http = await stack.enter_async_context(session())
        # Who only sends needs no model and no key for one.
        wanted = settings.model if TURNS in lanes else "local"
        models = choose(wanted, accounts(settings), http)
        await stack.enter_async_context(models.open())
        stack.enter_context(kept_new(settings.update_prices))
        senders = Senders(await stack.enter_async_context(outward()), vault)
        await asyncio.to_thread(warm)  # else the first Thai customer waits for the dictionary
        work = Work(db, models, settings, senders.send, lanes)
        await stack.enter_async_context(work.running())
        yield work
