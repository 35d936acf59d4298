"""The queue's tables are kept short."""

from __future__ import annotations

import asyncio

from rejoinder.db import AWAY, BUSY, Database
from rejoinder.errors import Unavailable
from rejoinder.queue import store
from rejoinder.telemetry.logs import log

_EVERY_S = 300.0


async def keep_short(db: Database) -> None:
    """Prune every five minutes, for as long as the worker lives."""
    while True:
        try:
            async with db.maintenance() as maintenance:
                await store.prune(maintenance)
        except (*AWAY, *BUSY, Unavailable) as away:
            log.warning("queue_pruning_waits", error=str(away))
        except Exception:  # noqa: BLE001 - tomorrow's disk depends on it
            log.exception("queue_pruning_failed")
        await asyncio.sleep(_EVERY_S)
