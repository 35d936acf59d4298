"""The queue is kept short, and nothing waits in it for ever."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from rejoinder.db import Database
from rejoinder.queue import store
from rejoinder.queue.lanes import DELIVER, NAMES
from rejoinder.queue.taking.rounds import rounds
from rejoinder.telemetry.logs import log

FINISHED = timedelta(hours=1)
"""About three log rows a job; the turns tell the story, so an hour of them is enough."""

FAILED = timedelta(days=1)
"""What a failed wake-up was for was woken again by the sweeper long ago."""

UNKNOWN = timedelta(minutes=5)
"""A job of a lane that this version doesn't know may be of a newer one, whose workers are just being started."""

_AGE_EVERY_S = 10.0
_PRUNE_EVERY_S = 300.0


async def keep(db: Database) -> None:
    """Age the waiting jobs every 10 s, prune the others every five minutes, for as long as the worker lives."""
    await asyncio.gather(
        rounds("queue_upkeep", _AGE_EVERY_S, lambda _: age(db)),
        rounds("queue_pruning", _PRUNE_EVERY_S, lambda _: prune(db)),
    )


async def age(db: Database) -> int:
    """Raise what has waited for half a minute since it was due or last raised; returns how many jobs, at most a batch.

    Any number of workers may do so at once.
    """
    async with db.maintenance() as maintenance:
        return await store.age(maintenance)


async def prune(
    db: Database, *, finished: timedelta = FINISHED, failed: timedelta = FAILED
) -> tuple[int, int]:
    """Delete log lines and failed jobs older than that; returns how many of each.

    Jobs of lanes that nobody knows are held as failed first, which says so in the log.
    """
    async with db.maintenance() as maintenance:
        for lane, jobs in await store.fail_unknown(maintenance, [*NAMES, DELIVER], UNKNOWN):
            log.error("jobs_of_an_unknown_lane", lane=lane, jobs=jobs)
        return await store.prune(maintenance, finished, failed)
