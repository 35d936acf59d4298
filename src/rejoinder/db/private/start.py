"""From a folder to a server that answers, started or taken over; and its end."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from rejoinder.db.pool import connect_once
from rejoinder.db.private import sockets
from rejoinder.db.private.account import Account, account_for
from rejoinder.db.private.binaries import Binaries, binaries_for, installed
from rejoinder.db.private.cluster import SUPERUSER, Keys, ensure_cluster
from rejoinder.db.private.folder import Folder
from rejoinder.db.private.postmaster import (
    Postmaster,
    clear_leftovers,
    holders,
    launch,
    left_behind,
    log_tail,
)
from rejoinder.db.private.store import dsn_for
from rejoinder.errors import Setup, Unavailable

_POLL = 0.02  # seconds; a start takes about 0.1 s
_START_SECONDS = 300.0  # after a crash it replays up to 1 GB of WAL before it answers
_PATIENCE = 3.0  # then the person who waits is told why
_STOP_SECONDS = 30.0  # a fast shutdown writes a checkpoint
_QUIT_SECONDS = 10.0
_ORPHAN_SECONDS = 10.0  # backends leave when they notice that their postmaster is dead


@dataclass(frozen=True, slots=True)
class Site:
    """All that starting a server needs."""

    folder: Folder
    account: Account
    binaries: Binaries
    keys: Keys


def prepare(folder: Folder, say: Callable[[str], None]) -> Site:
    """Find the user and the binaries, make the cluster if it is new. Blocks. Raises Setup."""
    account = account_for(folder.cluster, say)
    binaries = binaries_for(installed(), folder, account, say)
    return Site(folder, account, binaries, ensure_cluster(folder, account, binaries, say))


async def take_over(site: Site, say: Callable[[str], None]) -> Postmaster | None:
    """The server that a killed owner left running, once it answers; None if there is none."""
    found = left_behind(site.folder.cluster)
    if found is None or not await _answering(site, found, say):
        return None
    say(f"Took over the PostgreSQL that an earlier run left behind (process {found.pid}).")
    return found


async def start(site: Site, say: Callable[[str], None], at: Path | None = None) -> Postmaster:
    """Start a server and wait until it answers; `at` is the socket folder to keep. Raises Setup."""
    await _await_free(site.folder.cluster)
    clear_leftovers(site.folder.cluster)
    place = (
        at
        if at is not None and sockets.claim(at, site.account)
        else sockets.socket_folder(site.folder, site.account)
    )
    postmaster, logged = launch(site.folder, site.account, site.binaries, place)
    try:
        if await _answering(site, postmaster, say):
            return postmaster
        raise Setup(
            f"PostgreSQL did not start:\n{log_tail(site.folder, logged) or 'It said nothing.'}\n",
            mend=f"Its whole log is {site.folder.log}.",
        )
    except BaseException:  # also when we are cancelled: no server without an owner
        await stop(site, postmaster, say)
        sockets.drop(place)
        raise


async def stop(site: Site, postmaster: Postmaster, say: Callable[[str], None]) -> None:
    """Fast shutdown; after 30 s the immediate one, whose next start replays the log."""
    for number, seconds in ((signal.SIGINT, _STOP_SECONDS), (signal.SIGQUIT, _QUIT_SECONDS)):
        if not postmaster.alive(site.folder.cluster):
            return
        postmaster.send(number)
        if await _gone(site, postmaster, seconds):
            return
    say(f"PostgreSQL (process {postmaster.pid}) does not stop; the next start takes it over.")


async def end_orphan(cluster: Path) -> None:
    """End the server that a killed owner left on a cluster that is to be removed. Raises Setup if it stays."""
    found = left_behind(cluster)
    if found is not None:
        found.send(signal.SIGQUIT)
    await _await_free(cluster)


async def superuser(
    site: Site, postmaster: Postmaster, database: str
) -> asyncpg.Connection[asyncpg.Record]:
    """A connection that may do all. Raises Unavailable, or Setup if the password is another one."""
    dsn = dsn_for(SUPERUSER, site.keys.superuser, database, postmaster.sockets)
    try:
        return await connect_once(dsn, "rejoinder-owner", limits=False)
    except Setup:
        raise Setup(
            f"The running PostgreSQL does not take the password in {site.folder.keys}.",
            mend="Put the file that belongs to this cluster back from a backup.",
        ) from None


async def _answering(site: Site, postmaster: Postmaster, say: Callable[[str], None]) -> bool:
    """Wait until it takes connections; False when it has ended instead. Raises Setup."""
    begun = time.monotonic()
    told = False
    while postmaster.alive(site.folder.cluster):
        with suppress(Unavailable):
            await (await superuser(site, postmaster, "postgres")).close()
            return True
        waited = time.monotonic() - begun
        if waited > _START_SECONDS:
            raise Setup(
                f"PostgreSQL (process {postmaster.pid}) does not answer after {waited:.0f} s.",
                mend=f"See its log, {site.folder.log}.",
            )
        if waited > _PATIENCE and not told:
            told = True
            say("PostgreSQL is still starting or stopping; after a crash it replays its log.")
        await asyncio.sleep(_POLL)
    return False


async def _await_free(cluster: Path) -> None:
    """Wait until the processes of a killed server have left. Raises Setup if they stay."""
    deadline = time.monotonic() + _ORPHAN_SECONDS
    while pids := holders(cluster):
        if time.monotonic() > deadline:
            raise Setup(
                f"PostgreSQL processes of an earlier run still hold {cluster}: {pids}.",
                mend="End them with kill, then start again.",
            )
        await asyncio.sleep(0.1)


async def _gone(site: Site, postmaster: Postmaster, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not postmaster.alive(site.folder.cluster):
            return True
        await asyncio.sleep(_POLL)
    return False
