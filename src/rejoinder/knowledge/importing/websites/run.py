"""One import of one source: claim, crawl, store page by page, forget what is gone, write down how it went."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID
from weakref import WeakValueDictionary

from yarl import URL

from rejoinder.db import AWAY, BUSY, Database
from rejoinder.errors import Unavailable
from rejoinder.knowledge.importing.formats.apart import Reading
from rejoinder.knowledge.importing.websites import store
from rejoinder.knowledge.importing.websites.crawl import PAUSE_S, Crawl
from rejoinder.knowledge.importing.websites.found import Crawled, outcome
from rejoinder.knowledge.importing.websites.keep import LEASE, Keeper, Lost
from rejoinder.knowledge.importing.websites.model import Claimed
from rejoinder.net.guard import Outward
from rejoinder.queue.taking.hold import holding
from rejoinder.telemetry.logs import log

_RENEW_S = LEASE.total_seconds() / 4


@dataclass(frozen=True, slots=True)
class Means:
    """What websites are read with; `pause` are seconds between two requests."""

    db: Database
    out: Outward
    reading: Reading = field(default_factory=Reading)
    pause: float = PAUSE_S
    # One request at a time to a host: of this process; a worker has few places for imports.
    hosts: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)


async def import_source(means: Means, workspace_id: UUID, source_id: UUID) -> str | None:
    """Read the source if it is due: `done`, `failed`, None where there was nothing to do. Raises Unavailable.

    A second worker finds it claimed, and one that comes after a crash begins anew; what did not change stays untouched.
    """
    async with means.db.statement(workspace_id) as tx:
        claimed = await store.claim(tx, source_id, LEASE)
    if claimed is None:
        return None
    try:
        async with (
            holding(f"import-{source_id}", _RENEW_S, partial(_renew, means.db, claimed)),
            _host(means, claimed),
        ):
            crawled = await _crawl(means, claimed)
    except Lost:
        log.warning("import_lost", source_id=str(source_id))
        return None
    except (asyncio.CancelledError, *AWAY, *BUSY, Unavailable):
        await _release(means.db, claimed)
        raise
    except (
        Exception
    ) as wrong:  # our own fault: told in the source's row, and not begun anew at once for ever
        async with means.db.transaction(workspace_id) as tx:
            await store.end(
                tx, claimed, "failed", f"The import broke off ({type(wrong).__name__})."
            )
        raise
    return await _settle(means.db, claimed, crawled)


async def _crawl(means: Means, claimed: Claimed) -> Crawled:
    async with means.db.read(claimed.workspace_id) as read:
        known = await store.known(read, claimed.source_id)
    keeper = Keeper(means.db, means.reading, claimed, known)
    return await Crawl(claimed, means.out, known, keeper, means.pause).run()


async def _settle(db: Database, claimed: Claimed, crawled: Crawled) -> str | None:
    ended = outcome(crawled)
    gone = 0
    async with db.transaction(claimed.workspace_id) as tx:
        if not await store.hold(tx, claimed, LEASE):
            return None
        if ended.forgets:
            gone = await store.forget_others(tx, claimed.source_id, crawled.seen)
        await store.end(tx, claimed, ended.state, ended.error)
    log.info(
        "import_ended",
        source_id=str(claimed.source_id),
        state=ended.state,
        pages=len(crawled.seen),
        gone=gone,
        skipped=len(crawled.skipped),
        failed=len(crawled.failed),
    )
    return ended.state


@asynccontextmanager
async def _host(means: Means, claimed: Claimed) -> AsyncIterator[None]:
    name = URL(claimed.url).host or ""
    lock = means.hosts.setdefault(name, asyncio.Lock())
    async with lock:
        yield


async def _renew(db: Database, claimed: Claimed) -> None:
    """Should the claim be lost, nothing more is stored."""
    async with db.statement(claimed.workspace_id) as tx:
        await store.hold(tx, claimed, LEASE)


async def _release(db: Database, claimed: Claimed) -> None:
    """Left unfinished: another begins anew, soon if the database hears of it, else when the claim has run out."""
    try:
        async with db.statement(claimed.workspace_id) as tx:
            await store.release(tx, claimed)
    except (*AWAY, *BUSY, Unavailable) as away:
        log.warning("import_not_released", error=type(away).__name__)
