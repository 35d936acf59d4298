"""The models that a server itself asks, for analyses."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from rejoinder.api.processing.model import Models
from rejoinder.app.accounts import accounts
from rejoinder.errors import Conflict
from rejoinder.llm.calling.limits import Limits
from rejoinder.llm.choose import choose
from rejoinder.net.http import session
from rejoinder.settings import Settings

if TYPE_CHECKING:
    from rejoinder.llm.calling.chain import Chain


async def no_models() -> Chain:
    """Of a server that answers nothing itself: the models' keys may be elsewhere. Raises Conflict."""
    raise Conflict(
        "This server has no model: it runs with --no-worker.",
        mend="Ask a server that runs without it; `ai_response` works here too.",
        code="no_model_here",
    )


@asynccontextmanager
async def models_when_asked(settings: Settings) -> AsyncIterator[Models]:
    """Those of the settings, for a server whose workers are processes of their own: loaded when first asked for.

    pydantic-ai costs 2 s of CPU, so it is imported beside the event loop. Raises Setup for what can't be used.
    """
    async with AsyncExitStack() as stack:
        lock = asyncio.Lock()
        made: list[Chain] = []

        async def models() -> Chain:
            async with lock:
                if not made:
                    await asyncio.to_thread(
                        importlib.import_module, "rejoinder.llm.calling.analyse"
                    )
                    http = await stack.enter_async_context(session())
                    places = Limits.read(settings.model_limits)
                    chain = choose(settings.model, accounts(settings), http, places)
                    made.append(await stack.enter_async_context(chain.open()))
                return made[0]

        yield models
