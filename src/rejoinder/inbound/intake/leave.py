"""A body is left in the intake, and somebody is told to look at it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta
from uuid import UUID

from rejoinder.db import Batch, Database, Tx, new_id
from rejoinder.inbound.intake import store
from rejoinder.inbound.intake.model import State
from rejoinder.queue.jobs import Job, enqueue, enqueue_alone
from rejoinder.queue.lanes import INTAKE
from rejoinder.telemetry.metrics import INTAKE as LEFT

LONGEST_REASON = 1000


def job(workspace_id: UUID, intake_id: UUID, delay: timedelta = timedelta(0)) -> Job:
    """Look at this entry."""
    return Job(INTAKE, workspace_id.bytes + intake_id.bytes, delay)


async def leave(
    db: Database,
    workspace_id: UUID,
    channel_id: UUID,
    body: bytes,
    state: State,
    reason: str,
    threads: Iterable[str] = (),
) -> UUID:
    """Keep the body: `waiting` to be applied as soon as that is possible, or `quarantined` for a person.

    Raises Unavailable when the database is away; then nothing was kept.
    """
    intake_id = new_id()
    async with db.transaction(workspace_id) as tx:
        batch = Batch(tx)
        store.add(batch, intake_id, channel_id, body, state, reason[:LONGEST_REASON], threads)
        if state == "waiting":
            enqueue(batch, [job(workspace_id, intake_id)])
        await batch.send()
    LEFT.labels(state).inc()
    return intake_id


async def wake_next(tx: Tx, channel_id: UUID, threads: Collection[str]) -> None:
    """What queued behind an entry that has just let these threads go is looked at."""
    if not threads:
        return
    found = await store.following(tx, channel_id, threads)
    await enqueue_alone(tx, [job(tx.workspace_id, each) for each in found])
