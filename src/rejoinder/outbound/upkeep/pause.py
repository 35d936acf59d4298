"""A channel's pause ends: what waited for that goes on its way."""

from __future__ import annotations

from uuid import UUID

from rejoinder.db import BUSY, Database, Tx, retry_busy
from rejoinder.errors import Unavailable
from rejoinder.outbound.alarm import job
from rejoinder.outbound.upkeep import store
from rejoinder.queue.jobs import enqueue_alone
from rejoinder.telemetry.logs import log
from rejoinder.telemetry.metrics import PAUSED


async def resume(tx: Tx, channel_id: UUID, *, early: bool = True) -> int | None:
    """Let the channel go on, paused or not; how many conversations have something to send, None for no channel.

    Unless `early`, only one whose pause has come to its end: another may have let it go on, or paused it anew.
    """
    platform = await store.resume(tx, channel_id, early=early)
    if platform is None:
        return None
    waiting = await store.release(tx, channel_id)
    await enqueue_alone(tx, [job(tx.workspace_id, each, platform) for each in waiting])
    return len(waiting)


async def resume_now(db: Database, workspace_id: UUID, channel_id: UUID) -> int | None:
    """The same in a transaction of its own. Raises Unavailable when the channel stays locked."""

    async def once() -> int | None:
        async with db.transaction(workspace_id) as tx:
            return await resume(tx, channel_id)

    try:
        return await retry_busy(once)
    except BUSY:
        raise Unavailable(
            "This channel is being changed.", mend="Send the request again.", retry_after=5
        ) from None


async def end_pauses(db: Database) -> int:
    """Resume the channels whose pause is over, a batch of them; returns how many."""
    async with db.maintenance() as maintenance:
        PAUSED.set(await store.paused(maintenance))
        over = await store.over(maintenance)
    for workspace_id, channel_id in over:
        async with db.transaction(workspace_id) as tx:
            waiting = await resume(tx, channel_id, early=False)
        log.info("channel_goes_on", channel_id=str(channel_id), conversations=waiting)
    return len(over)
