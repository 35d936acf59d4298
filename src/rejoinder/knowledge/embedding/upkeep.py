"""What lacks vectors is found: after an embedder was set, its model was changed, a job was lost or a pause is over."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from rejoinder.db import Database
from rejoinder.knowledge.embedding import store
from rejoinder.knowledge.embedding.jobs import embed_message, job
from rejoinder.knowledge.searching.installed import Installed
from rejoinder.queue import store as queue
from rejoinder.queue.jobs import enqueue_on
from rejoinder.queue.lanes import EMBEDDINGS
from rejoinder.queue.taking.rounds import rounds
from rejoinder.telemetry.logs import log

BACK, MESSAGE_LATE = timedelta(days=1), timedelta(minutes=2)
"""Messages of the last day are looked for, once their own jobs have had their time."""

_ROUND_S = 5.0
_MESSAGES_EVERY = 120
"""Rounds: each looks at a day's messages of the bots that want it."""

_AT_ONCE = 500


async def keep(db: Database, model: str, installed: Installed) -> None:
    """Sweep every 5 s, for as long as the worker lives. Any number of workers may do so at once."""

    async def work(number: int) -> None:
        if await installed.yes():
            await sweep(db, model)
            if number % _MESSAGES_EVERY == _MESSAGES_EVERY - 1:
                await sweep_messages(db, model)

    await asyncio.sleep(_ROUND_S)
    await rounds("embedding_sweep", _ROUND_S, work)


async def sweep(db: Database, model: str) -> int:
    """Enqueue a job for each document that lacks vectors of the model and is due; returns how many.

    No import enqueues one: where nobody works, or no embedder is set, it would wait for ever. None while the lane's
    jobs still wait: they are for the same documents.
    """
    async with db.maintenance() as maintenance, maintenance.connection.transaction():
        if EMBEDDINGS in await queue.waiting_lanes(maintenance):
            return 0
        found = await store.overdue(maintenance, model, _AT_ONCE)
        await enqueue_on(maintenance.connection, [job(*each) for each in found])
    if found:
        log.info("documents_to_embed", documents=len(found))
    return len(found)


async def sweep_messages(
    db: Database, model: str, back: timedelta = BACK, late: timedelta = MESSAGE_LATE
) -> int:
    """Enqueue a job for each message that was to be embedded and was not; returns how many."""
    async with db.maintenance() as maintenance, maintenance.connection.transaction():
        found = await store.forgotten(maintenance, model, back, late, _AT_ONCE)
        await enqueue_on(maintenance.connection, [embed_message(*each) for each in found])
    return len(found)
