"""Turns of dead or stalled workers go back to waiting; overdue ones are woken again."""

from __future__ import annotations

from datetime import timedelta

import asyncpg

from rejoinder.db import AWAY, BUSY, Database
from rejoinder.errors import Unavailable
from rejoinder.queue.jobs import enqueue_on
from rejoinder.queue.taking.rounds import rounds
from rejoinder.telemetry.logs import log
from rejoinder.telemetry.metrics import RESCUED, REWOKEN
from rejoinder.turns import decide
from rejoinder.turns.attempt.hand_back import hand_back
from rejoinder.turns.schedule import wake
from rejoinder.turns.upkeep import store as upkeep

LATE = timedelta(seconds=10)
"""A wake-up is given this long to be taken before another is sent, else a backlog would multiply itself."""

_ROUND_S = 1.0
_FORGET_EVERY = 300


async def keep(db: Database) -> None:
    """Rescue and sweep once a second, for as long as the worker lives. Any number of workers may do so at once."""

    async def work(number: int) -> None:
        while await rescue(db) == upkeep.LOST_BATCH:
            pass  # a worker died with its hands full: no pause before the rest
        await sweep(db)
        if number % _FORGET_EVERY == 0:
            async with db.maintenance() as maintenance:
                await upkeep.forget_workers(maintenance)

    await rounds("upkeep", _ROUND_S, work)


async def rescue(db: Database) -> int:
    """Take lost turns from their workers, at most a batch; returns how many were moved."""
    async with db.maintenance() as maintenance:
        lost = await upkeep.lost(maintenance)
    moved = sum([await _take_back(db, turn) for turn in lost])
    RESCUED.inc(moved)
    return moved


async def _take_back(db: Database, lost: upkeep.Lost) -> bool:
    try:
        moved = await hand_back(
            db,
            lost.workspace_id,
            lost.conversation_id,
            (lost.turn_id, lost.fence),
            "expired",
            only_if=lambda now, running: decide.is_lost(now, running, lost.worker_alive),
        )
    except (*AWAY, *BUSY, Unavailable) as away:
        log.warning("rescue_waits", turn_id=str(lost.turn_id), error=str(away))
        return False
    except asyncpg.PostgresError:  # one turn that can't be moved must not keep the others
        log.exception("rescue_failed", turn_id=str(lost.turn_id))
        return False
    if moved:
        log.warning("turn_rescued", turn_id=str(lost.turn_id), worker_alive=lost.worker_alive)
    return moved


async def sweep(db: Database) -> int:
    """Wake again the turns whose wake-up got lost; returns how many."""
    async with db.maintenance() as maintenance, maintenance.connection.transaction():
        late = await upkeep.overdue(maintenance, LATE)
        await enqueue_on(
            maintenance.connection,
            [
                wake(workspace_id, conversation_id, priority=priority)
                for workspace_id, conversation_id, priority in late
            ],
        )
    if late:
        REWOKEN.inc(len(late))
        log.warning("turns_woken_again", turns=len(late))
    return len(late)
