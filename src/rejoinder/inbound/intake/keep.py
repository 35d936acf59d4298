"""The intake is looked after: what was forgotten is tried again, what is settled goes."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from rejoinder.db import AWAY, BUSY, Database
from rejoinder.errors import Unavailable
from rejoinder.inbound.intake import store
from rejoinder.inbound.intake.leave import job
from rejoinder.queue.jobs import enqueue_on
from rejoinder.telemetry.logs import log

LATE = timedelta(seconds=6)
"""A body is given this long to be taken by its job. With the lease and a round it makes 19 s after a worker died."""

SETTLED = timedelta(days=7)
"""How long one that was applied or discarded is kept: its customers' words stand in their messages."""

_SWEEP_S = 5.0
_FORGET_EVERY = 360  # rounds: half an hour


async def keep(db: Database) -> None:
    """Sweep every 5 s and forget every half hour, as long as the worker lives. Any number of workers may do so."""
    rounds = 0
    while True:
        try:
            await sweep(db)
            if rounds % _FORGET_EVERY == 0:
                await forget(db)
        except (*AWAY, *BUSY, Unavailable) as away:
            log.warning("intake_sweep_waits", error=str(away))
        except Exception:  # noqa: BLE001 - nobody else would do this work
            log.exception("intake_sweep_failed")
        rounds += 1
        await asyncio.sleep(_SWEEP_S)


async def sweep(db: Database, late: timedelta = LATE) -> int:
    """Enqueue a job for each waiting body whose own got lost, or whose worker died; returns how many."""
    async with db.maintenance() as maintenance, maintenance.connection.transaction():
        found = await store.overdue(maintenance, late)
        await enqueue_on(maintenance.connection, [job(*one) for one in found])
    if found:
        log.warning("intake_overdue", bodies=len(found))
    return len(found)


async def forget(db: Database, older: timedelta = SETTLED) -> int:
    """Delete what was settled before that; returns how many."""
    deleted = 0
    async with db.maintenance() as maintenance:
        while some := await store.forget(maintenance, older):
            deleted += some
    return deleted
