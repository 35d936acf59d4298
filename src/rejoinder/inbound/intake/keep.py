"""The intake is looked after: what was forgotten is tried again, what is settled goes."""

from __future__ import annotations

from datetime import timedelta

from rejoinder.db import Database
from rejoinder.inbound.intake import store
from rejoinder.inbound.intake.leave import job
from rejoinder.queue.jobs import enqueue_on
from rejoinder.queue.taking.rounds import rounds
from rejoinder.telemetry.logs import log

LATE = timedelta(seconds=6)
"""A body is given this long to be taken by its job. With the lease and a round it makes 19 s after a worker died."""

SETTLED = timedelta(days=7)
"""How long one that was applied or discarded is kept: its customers' words stand in their messages."""

_SWEEP_S = 5.0
_FORGET_EVERY = 360  # rounds: half an hour


async def keep(db: Database) -> None:
    """Sweep every 5 s and forget every half hour, as long as the worker lives. Any number of workers may do so."""

    async def work(number: int) -> None:
        await sweep(db)
        if number % _FORGET_EVERY == 0:
            await forget(db)

    await rounds("intake_sweep", _SWEEP_S, work)


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
