"""What was forgotten is found: files whose job was lost, files that are old, bytes that belong to nobody any more."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rejoinder.db import Database, hang_up
from rejoinder.media import store
from rejoinder.media.jobs import download
from rejoinder.media.model import ids_in
from rejoinder.media.objects import Objects
from rejoinder.queue import store as queue
from rejoinder.queue.jobs import enqueue_on
from rejoinder.queue.lanes import MEDIA
from rejoinder.queue.taking.rounds import rounds
from rejoinder.telemetry.logs import log

LATE = timedelta(seconds=10)
"""A file is given this long after it was due, or after its claim ran out, to be taken by its job."""

BUSY_LATE = timedelta(minutes=10)
"""Where jobs wait for their turn, so may this one's."""

ORPHANED = timedelta(hours=24)
"""Bytes without a row are left alone for this long: their row may just be coming."""

_ROUND_S = 5.0
_FIRST_S, _EVERY_S = 180.0, 24 * 3600.0
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Cleaned:
    """How many rows were old, and how many objects belonged to nobody."""

    old: int
    orphans: int


async def keep(db: Database) -> None:
    """Sweep every 5 s, for as long as the worker lives. Any number of workers may do so at once."""
    await rounds("media_sweep", _ROUND_S, lambda _: sweep(db))


async def sweep(db: Database, late: timedelta = LATE) -> int:
    """Enqueue a job for each file that nobody fetches though it is due; returns how many."""
    async with db.maintenance() as maintenance, maintenance.connection.transaction():
        behind = MEDIA in await queue.waiting_lanes(maintenance)
        found = await store.overdue(maintenance, max(late, BUSY_LATE) if behind else late)
        await enqueue_on(maintenance.connection, [download(*each) for each in found])
    if found:
        log.warning("media_overdue", files=len(found))
    return len(found)


async def clean_daily(db: Database, objects: Objects, older: timedelta | None) -> None:
    """Clean once a day, for as long as the worker lives; when another worker does, it does so for all."""
    await asyncio.sleep(_FIRST_S * (1 + random.random()))  # noqa: S311
    await rounds("media_cleaning", _EVERY_S, lambda _: _clean_all(db, objects, older))


async def _clean_all(db: Database, objects: Objects, older: timedelta | None) -> None:
    cleaned = await clean(db, objects, older)
    if cleaned is not None:
        log.info("media_cleaned", old=cleaned.old, orphans=cleaned.orphans)


async def clean(
    db: Database, objects: Objects, older: timedelta | None, orphaned: timedelta = ORPHANED
) -> Cleaned | None:
    """Forget files older than `older`, and delete bytes that no row names; None when another does so now.

    Rows go with their messages, by the database's own hand, and their bytes stay behind until this finds them. It
    lists the whole store: a request to S3 for each thousand objects. Raises Unavailable.
    """
    session = await db.session("rejoinder media cleaning")
    try:
        if not await store.try_lock(session):
            return None
        old = await _forget(db, objects, older) if older else 0
        before = datetime.now(UTC) - orphaned
        halves = await objects.delete_halves(before)
        return Cleaned(old, halves + await _orphans(db, objects, before))
    finally:
        await hang_up(session)


async def _forget(db: Database, objects: Objects, older: timedelta) -> int:
    gone = 0
    while True:
        async with db.maintenance() as maintenance:
            keys = await store.forget(maintenance, older, _AT_ONCE)
        await objects.delete([key for key in keys if key])
        gone += len(keys)
        if len(keys) < _AT_ONCE:
            return gone


async def _orphans(db: Database, objects: Objects, before: datetime) -> int:
    """Keys that are not of our form, or of a workspace that is not here, are somebody else's, and stay."""
    gone = 0
    async for page in objects.pages():
        ours = {ids: key for key, at in page if at < before and (ids := ids_in(key))}
        if not ours:
            continue
        async with db.maintenance() as maintenance:
            unknown = await store.unknown(maintenance, list(ours))
        await objects.delete([ours[ids] for ids in unknown])
        gone += len(unknown)
    return gone
