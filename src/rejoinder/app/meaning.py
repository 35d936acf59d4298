"""What makes vectors of questions in a server, for its search."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from rejoinder.api.knowledge.search import MeaningOf
from rejoinder.app.accounts import accounts
from rejoinder.db import Database
from rejoinder.knowledge.searching.meaning import Meaning
from rejoinder.llm.calling.limits import Limits
from rejoinder.llm.embedding import embedder_of
from rejoinder.llm.embedding.choose import choice
from rejoinder.net.http import session
from rejoinder.settings import Settings


@asynccontextmanager
async def meaning_when_asked(settings: Settings, db: Database) -> AsyncIterator[MeaningOf]:
    """That of the settings, loaded when first asked for; nothing is loaded where they name none.

    pydantic-ai costs 2 s of CPU, so it is imported beside the event loop. Raises Setup for a name that is none.
    """
    wanted = choice(settings.embedder, accounts(settings), settings.model)
    async with AsyncExitStack() as stack:
        lock = asyncio.Lock()
        made: list[Meaning] = []

        async def meaning() -> Meaning | None:
            if wanted is None:
                return None
            async with lock:
                if not made:
                    await asyncio.to_thread(
                        importlib.import_module, "rejoinder.llm.embedding.embedder"
                    )
                    http = await stack.enter_async_context(session())
                    places = Limits.read(settings.model_limits, db)
                    embedder = embedder_of(wanted.identity, accounts(settings), http, limits=places)
                    if embedder is not None:
                        stack.push_async_callback(embedder.close)
                    made.append(Meaning(db, embedder))
                return made[0]

        yield meaning
