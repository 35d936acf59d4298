"""The owned server: watched while it is owned, stopped at the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncpg

from rejoinder.db.private import sockets
from rejoinder.db.private.binaries import prune_copies
from rejoinder.db.private.postmaster import Postmaster
from rejoinder.db.private.start import Site, start, stop, superuser, take_over
from rejoinder.db.private.store import DATABASE, ROLE, dsn_for, ensure_database, ensure_vector
from rejoinder.errors import Setup, Unavailable

_WATCH = 0.5  # seconds that a dead server may go unseen
_WATCH_LIMIT = 30.0  # between attempts when it does not start again


@asynccontextmanager
async def running(site: Site, say: Callable[[str], None]) -> AsyncIterator[str]:
    """A server on the site's cluster with its role and database; yields the DSN. Raises Setup."""
    found = await take_over(site, say)
    server = Server(site, found or await start(site, say), say)
    if found is None:
        prune_copies(site.folder)
    try:
        await _provision(site, server.postmaster)
        watch = asyncio.create_task(server.watch(), name="private-postgresql")
        try:
            yield dsn_for(ROLE, site.keys.rejoinder, DATABASE, server.postmaster.sockets)
        finally:
            watch.cancel()
            await asyncio.wait([watch])
    finally:
        await stop(site, server.postmaster, say)
        sockets.drop(server.postmaster.sockets)


class Server:
    """The server that is owned: its process may change, its DSN does not."""

    def __init__(self, site: Site, postmaster: Postmaster, say: Callable[[str], None]) -> None:
        self.postmaster = postmaster
        self._site = site
        self._say = say

    async def watch(self) -> None:
        """Start the server again whenever it has died: something killed it from outside."""
        wait = _WATCH
        while True:
            await asyncio.sleep(wait)
            if self.postmaster.alive(self._site.folder.cluster):
                continue
            self._say("The private PostgreSQL has died; starting it again.")
            try:
                self.postmaster = await start(self._site, self._say, at=self.postmaster.sockets)
                self._say("The private PostgreSQL runs again.")
                wait = _WATCH
            except Setup as wrong:
                self._say(str(wrong))
                wait = min(wait * 2, _WATCH_LIMIT)


async def _provision(site: Site, postmaster: Postmaster) -> None:
    try:
        connection = await superuser(site, postmaster, "postgres")
        try:
            await ensure_database(connection, site.keys.rejoinder)
        finally:
            await connection.close()
        connection = await superuser(site, postmaster, DATABASE)
        try:
            await ensure_vector(connection)
        finally:
            await connection.close()
    except (asyncpg.PostgresError, Unavailable) as wrong:
        raise Setup(
            f"PostgreSQL runs, but its database can't be made: {wrong}.",
            mend=f"See its log, {site.folder.log}.",
        ) from wrong
