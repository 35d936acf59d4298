"""Which PostgreSQL: the operator's, or our own private one; and whether its schema fits this program."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from rejoinder.db.migrate import migrate, newer, one_at_a_time, version
from rejoinder.db.pool import AWAY, unreachable
from rejoinder.db.private import HELD, attach, attach_lasting, has_cluster, own
from rejoinder.errors import Setup
from rejoinder.queue import schema
from rejoinder.settings import Settings

_PATIENCE_S = (
    60.0  # for a command that is using the private PostgreSQL, or a `serve` that is starting
)


@asynccontextmanager
async def ready_database(settings: Settings, say: Callable[[str], None]) -> AsyncIterator[str]:
    """The DSN of a database that fits: the private one is brought forward here, the operator's is only checked.

    Raises Setup when the operator's schema is missing, older, half migrated, or newer.
    """
    if settings.dsn is not None:
        await check(settings.dsn)
        yield settings.dsn
        return
    async with own(settings.data, say) as dsn:
        await bring_forward(dsn)
        yield dsn


async def shared_database(settings: Settings) -> str:
    """The DSN of a database that fits and that others may be using too: for programs beside `serve`.

    The operator's, or the private one of the `serve` that runs on the data folder. Raises Setup when that doesn't run,
    or the schema is not this program's.
    """
    dsn = settings.dsn or attach(settings.data)
    await check(dsn)
    return dsn


@asynccontextmanager
async def any_database(
    settings: Settings, say: Callable[[str], None], *, new: bool = False
) -> AsyncIterator[str]:
    """The DSN of the database as it is: the operator's, or the private one, whether or not `serve` runs.

    The private one is made only if it may be `new`. Raises Setup.
    """
    if settings.dsn is not None:
        yield settings.dsn
        return
    if not new and not has_cluster(settings.data):
        raise Setup(
            f"There is no PostgreSQL of Rejoinder's in {settings.data}.",
            mend="Name its folder with REJOINDER_DATA, or your own PostgreSQL with DATABASE_URL.",
            code="no_database",
        )
    async with AsyncExitStack() as stack:
        yield await _own_or_attach(settings, say, stack)


async def _own_or_attach(
    settings: Settings, say: Callable[[str], None], stack: AsyncExitStack
) -> str:
    """The private one, owned if nobody else does; another command's is waited for, since it ends with that."""
    loop = asyncio.get_running_loop()
    until, told = loop.time() + _PATIENCE_S, False
    while True:
        try:
            return await stack.enter_async_context(own(settings.data, say, passing=True))
        except Setup as held:
            if held.code != HELD or loop.time() > until:
                raise
        dsn = attach_lasting(settings.data)
        if dsn is not None:
            return dsn
        if not told:
            told = True
            say("Another command is using the private PostgreSQL; waiting for it …")
        await asyncio.sleep(0.2)


async def bring_forward(dsn: str) -> None:
    """Migrate our tables and the queue's. Raises Setup when the schema is newer than this program."""
    async with one_at_a_time(dsn):
        await migrate(dsn)
        if not await schema.is_current(dsn):
            await schema.upgrade(dsn)


async def check(dsn: str) -> None:
    """Raise Setup unless the schema is exactly this program's, and Unavailable when PostgreSQL goes away meanwhile."""
    try:
        await _check(dsn)
    except AWAY as away:
        raise unreachable(away) from None


async def _check(dsn: str) -> None:
    found = await version(dsn)
    if found == "unknown":
        raise newer()
    if found != "current":
        what = "has no tables yet" if found == "empty" else "was made by an older Rejoinder"
        raise Setup(
            f"The database {what}.",
            mend="Run `rejoinder migrate`, then start again.",
            code="schema_behind",
        )
    if not await schema.is_current(dsn):
        raise Setup(
            "The database is half migrated: the queue's tables are missing or older.",
            mend="Run `rejoinder migrate`, then start again.",
            code="schema_half",
        )
