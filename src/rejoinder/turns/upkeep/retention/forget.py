"""Delete what has been kept for as long as the settings say."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

import asyncpg

from rejoinder.db import Connection, Database, Maintenance, hang_up
from rejoinder.errors import Conflict
from rejoinder.queue import upkeep as queue
from rejoinder.queue.taking.rounds import rounds
from rejoinder.settings import Settings
from rejoinder.telemetry.logs import log
from rejoinder.turns.upkeep.retention import store

RESOLVED = timedelta(days=30)
"""A dead letter that was replayed or discarded is history; its turn or delivery is still there."""

# A worker that has just started has more urgent things to do, and one that is restarted often must clean all the same.
_FIRST_S, _EVERY_S = 120.0, 3600.0
_PARTS = 24

# One conversation may have a hundred thousand messages, and goes in one statement.
_SESSION = {"statement_timeout": "60s", "lock_timeout": "20s"}


@dataclass(frozen=True, slots=True)
class Keep:
    """How long things are kept; None for ever, and of the channel log 0 for not at all."""

    prompts: timedelta | None
    events: timedelta | None
    closed: timedelta | None
    channel_log: timedelta = timedelta(days=7)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """What the settings say, where 0 days mean for ever."""
        days = (settings.keep_prompts_days, settings.keep_events_days, settings.keep_closed_days)
        prompts, events, closed = (timedelta(days=each) if each else None for each in days)
        return cls(prompts, events, closed, timedelta(days=settings.keep_channel_log_days))


@dataclass(frozen=True, slots=True)
class Cleaned:
    """How many went: jobs that finished (their log lines), jobs that failed, prompts taken out, rows deleted.

    `strays` are receipts of messages that are none of ours.
    """

    finished_jobs: int
    failed_jobs: int
    prompts: int
    explanations: int
    events: int
    conversations: int
    dead_letters: int
    channel_log: int = 0
    strays: int = 0


async def clean(db: Database, keep: Keep, *, jobs_older_than: timedelta | None = None) -> Cleaned:
    """Delete now all that is old enough, in short statements, across workspaces.

    Finished jobs are kept an hour and failed ones a day, or both as long as `jobs_older_than` says. Raises Conflict
    when another cleaning goes on for long, Unavailable when the database is away.
    """
    async with _session(db) as connection:
        try:
            await store.lock(connection)
        except asyncpg.LockNotAvailableError:
            raise Conflict(
                "Another cleaning is under way.",
                mend="It ends by itself; ask again in a minute.",
                code="cleaning_under_way",
            ) from None
        return await _clean(db, connection, keep, jobs_older_than, None)


async def clean_hourly(db: Database, keep: Keep) -> None:
    """Clean once an hour, for as long as the worker lives; when another worker does, it does so for all.

    Each time it reads another 24th of the tables of which most rows stay, so each row is looked at once a day.
    """
    await asyncio.sleep(_FIRST_S * (1 + random.random()))  # noqa: S311
    await rounds("cleaning", _EVERY_S, lambda _: _clean_part(db, keep))


async def _clean_part(db: Database, keep: Keep) -> None:
    async with _session(db) as connection:
        if await store.try_lock(connection):
            hour = await store.hour(connection)
            log.info("cleaned", what=str(await _clean(db, connection, keep, None, hour)))


@asynccontextmanager
async def _session(db: Database) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A connection of its own: the lock that keeps others out ends with it."""
    connection = await db.session("rejoinder cleaning", _SESSION)
    try:
        yield connection
    finally:
        await hang_up(connection)


async def _clean(
    db: Database,
    connection: Connection,
    keep: Keep,
    jobs: timedelta | None,
    part: int | None,
) -> Cleaned:
    finished, failed = await queue.prune(
        db,
        finished=queue.FINISHED if jobs is None else jobs,
        failed=queue.FAILED if jobs is None else jobs,
    )
    on = Maintenance(connection)
    return Cleaned(
        finished_jobs=finished,
        failed_jobs=failed,
        # Conversations first: their events and letters need not be looked for one by one.
        conversations=await store.forget_closed(on, keep.closed) if keep.closed else 0,
        prompts=await _walk(on, store.PROMPTS, keep.prompts, part),
        explanations=await _walk(on, store.EXPLANATIONS, keep.prompts, part),
        events=await _walk(on, store.EVENTS, keep.events, part),
        dead_letters=await _walk(on, store.DEAD_LETTERS, RESOLVED, None),
        channel_log=await _walk(on, store.CHANNEL_LOG, keep.channel_log, part),
        strays=await store.forget_strays(on),
    )


async def _walk(
    on: Maintenance, what: store.Walk, older: timedelta | None, part: int | None
) -> int:
    """Go through the table, or a 24th of it, a few megabytes a statement."""
    if older is None:
        return 0
    blocks = await store.blocks(on, what)
    first, end = (0, blocks) if part is None else share(blocks, part)
    return sum(
        [
            await store.forget(on, what, older, at, min(at + store.BLOCKS, end))
            for at in range(first, end, store.BLOCKS)
        ]
    )


def share(blocks: int, part: int) -> tuple[int, int]:
    """From which block to which one an hour's part goes, of `part` 0 to 23."""
    return blocks * part // _PARTS, blocks * (part + 1) // _PARTS
