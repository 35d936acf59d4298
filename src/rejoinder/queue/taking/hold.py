"""A claim on a row is kept while its work is being done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from rejoinder.db import AWAY, BUSY
from rejoinder.errors import Unavailable
from rejoinder.telemetry.logs import log


@asynccontextmanager
async def holding(
    name: str, every: float, renew: Callable[[], Awaitable[object]]
) -> AsyncIterator[None]:
    """Renew a claim each `every` seconds until left. One that is lost is noticed by whoever writes under it."""

    async def keep_renewing() -> None:
        while True:
            await asyncio.sleep(every)
            try:
                await renew()
            except (*AWAY, *BUSY, Unavailable) as away:
                log.warning("claim_not_renewed", claim=name, error=type(away).__name__)

    renewing = asyncio.create_task(keep_renewing(), name=f"{name}-held")
    try:
        yield
    finally:
        renewing.cancel()
        await asyncio.wait([renewing])
