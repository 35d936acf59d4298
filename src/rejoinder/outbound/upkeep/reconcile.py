"""Deliveries nobody sends are found: their job got lost, or their sender died."""

from __future__ import annotations

from datetime import timedelta

from rejoinder.db import Database
from rejoinder.outbound.alarm import job
from rejoinder.outbound.upkeep import store
from rejoinder.outbound.upkeep.pause import end_pauses
from rejoinder.queue import store as queue
from rejoinder.queue.jobs import DELIVER, enqueue_on
from rejoinder.queue.lanes import platform_of
from rejoinder.queue.taking.rounds import rounds
from rejoinder.telemetry.logs import log
from rejoinder.telemetry.metrics import DELIVERIES

LATE = timedelta(seconds=10)
"""A delivery is given this long to be taken by who committed it, or by its job."""

BUSY_LATE = timedelta(minutes=10)
"""In a lane where jobs wait for their turn, so may this one's: another job for it would only take the others' rate."""

_ROUND_S = 5.0


async def keep(db: Database) -> None:
    """Sweep and end pauses every 5 s, for as long as the worker lives. Any number of workers may do so at once."""

    async def work(_: int) -> None:
        await sweep(db)
        await end_pauses(db)

    await rounds("sweep", _ROUND_S, work)


async def sweep(db: Database, late: timedelta = LATE) -> int:
    """Enqueue a job for each conversation with an overdue delivery, or one whose sender died; returns how many.

    The job decides what becomes of the latter. Where the channel is paused nothing is late.
    """
    async with db.maintenance() as maintenance, maintenance.connection.transaction():
        waiting = await queue.waiting_lanes(maintenance)
        busy = [platform_of(lane) for lane in waiting if lane.startswith(DELIVER)]
        found = await store.overdue(maintenance, late, busy, max(late, BUSY_LATE))
        await enqueue_on(
            maintenance.connection,
            [job(*one) for one in found],
        )
    if found:
        DELIVERIES.labels("overdue").inc(len(found))
        log.warning("deliveries_overdue", conversations=len(found))
    return len(found)
