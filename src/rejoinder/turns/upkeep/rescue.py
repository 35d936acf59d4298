"""Turns of dead or stalled workers go back to waiting; overdue ones are woken again."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg

from rejoinder.db import AWAY, BUSY, Batch, Database
from rejoinder.errors import Unavailable
from rejoinder.events import store as log_store
from rejoinder.events.model import NewEvent
from rejoinder.queue.jobs import enqueue, enqueue_on
from rejoinder.queue.store import prune
from rejoinder.telemetry.logs import log
from rejoinder.telemetry.metrics import RESCUED, REWOKEN, TURNS
from rejoinder.turns import decide, store
from rejoinder.turns.schedule import wake
from rejoinder.turns.upkeep import store as upkeep
from rejoinder.turns.upkeep.store import Lost

LATE = timedelta(seconds=10)
"""A wake-up is given this long to be taken before another is sent, else a backlog would multiply itself."""

_LATER = (*AWAY, *BUSY, Unavailable)
_ROUND_S = 1.0
_FORGET_EVERY = 300


async def keep(db: Database) -> None:
    """Rescue and sweep once a second, for as long as the worker lives. Any number of workers may do so at once."""
    rounds = 0
    while True:
        try:
            while await rescue(db) == upkeep.LOST_BATCH:
                pass  # a worker died with its hands full: no pause before the rest
            await sweep(db)
            if rounds % _FORGET_EVERY == 0:
                await _forget(db)
        except _LATER as away:
            log.warning("upkeep_waits", error=str(away))
        except Exception:  # noqa: BLE001 - nobody else would do this work
            log.exception("upkeep_failed")
        rounds += 1
        await asyncio.sleep(_ROUND_S)


async def rescue(db: Database) -> int:
    """Take lost turns from their workers, 200 at most; returns how many were found."""
    async with db.maintenance() as maintenance:
        lost = await upkeep.lost(maintenance)
    for turn in lost:
        try:
            await take_back(db, turn)
        except _LATER as away:
            log.warning("rescue_waits", turn_id=str(turn.turn_id), error=str(away))
        except asyncpg.PostgresError:  # one turn that can't be moved must not keep the others
            log.exception("rescue_failed", turn_id=str(turn.turn_id))
    return len(lost)


async def _forget(db: Database) -> None:
    async with db.maintenance() as maintenance:
        await upkeep.forget_workers(maintenance)
        await prune(maintenance)


async def take_back(
    db: Database, lost: Lost, *, outcome: str = "expired", pause: timedelta = timedelta(0)
) -> bool:
    """running → waiting, or into the waiting turn if there is one. False when it was no longer running so.

    `returned` gives the attempt back (a worker handed it back by itself), `expired` does not. `pause` delays the
    next attempt.
    """
    async with db.transaction(lost.workspace_id) as tx:
        guard = await store.lock(tx, lost.conversation_id)
        running = guard.running if guard else None
        if (
            guard is None
            or running is None
            or (running.turn_id, running.fence) != (lost.turn_id, lost.fence)
        ):
            return False
        if (
            outcome == "expired"
            and not pause
            and not decide.is_lost(guard.now, running, lost.worker_alive)
        ):
            return False
        batch = Batch(tx)
        if guard.waiting is None:
            store.give_back(batch, running, outcome, pause)
        else:
            plan = decide.merge(running, guard.waiting, outcome == "returned")
            store.extend(batch, guard.waiting.turn_id, plan)
            store.supersede(batch, running, guard.waiting.turn_id, outcome)
        event = NewEvent(
            guard.seq + 1, "turn.expired", {"turn_id": str(running.turn_id), "outcome": outcome}
        )
        store.advance(batch, guard.conversation_id, event.seq)
        log_store.append(batch, guard.conversation_id, guard.now, [event])
        await batch.send()
        await enqueue(tx, [wake(lost.workspace_id, guard.conversation_id, pause)])
    RESCUED.inc()
    TURNS.labels(outcome).inc()
    log.warning(
        "turn_taken_back",
        turn_id=str(lost.turn_id),
        outcome=outcome,
        worker_alive=lost.worker_alive,
    )
    return True


async def sweep(db: Database) -> int:
    """Wake again the turns whose wake-up got lost; returns how many."""
    async with db.maintenance() as maintenance, maintenance.connection.transaction():
        late = await upkeep.overdue(maintenance, LATE)
        await enqueue_on(
            maintenance.connection,
            [wake(workspace_id, conversation_id) for workspace_id, conversation_id in late],
        )
    if late:
        REWOKEN.inc(len(late))
        log.warning("turns_woken_again", turns=len(late))
    return len(late)
