"""`rejoinder worker`: a worker as a process of its own, beside servers and other workers on one PostgreSQL."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack

from rejoinder.app.database import shared_database
from rejoinder.cli.stop import Stop
from rejoinder.cli.working import working
from rejoinder.errors import Setup
from rejoinder.secrets.vault import open_vault
from rejoinder.settings import Settings
from rejoinder.worker import LANES

READY = "ready"
"""What a supervised worker prints once it takes jobs."""


def lanes_of(named: str | None) -> frozenset[str]:
    """`turns,deliver` → the lanes; all of them for None. Raises Setup for one that is not known."""
    if named is None:
        return LANES
    wanted = frozenset(lane.strip() for lane in named.split(","))
    unknown = sorted(wanted - LANES)
    if unknown:
        raise Setup(
            f"There is no lane {', '.join(map(repr, unknown))}.",
            mend=f"The lanes are: {', '.join(sorted(LANES))}; several with commas between.",
            code="unknown_lane",
        )
    return wanted


async def run(
    settings: Settings, lanes: frozenset[str], supervised: bool, say: Callable[[str], None]
) -> None:
    """Work until SIGTERM or SIGINT, supervised also until the parent has gone. Raises Setup."""
    stop, ended = Stop(), asyncio.Event()
    try:
        async with AsyncExitStack() as stack:
            dsn = await shared_database(settings)
            secret = settings.secret_key.get_secret_value() if settings.secret_key else None
            vault = open_vault(secret, settings.data)
            work = await stack.enter_async_context(working(dsn, settings, vault, lanes))
            stop.started(ended.set, work.desk.hurry)
            if supervised:
                watch = asyncio.create_task(_parent_gone(stop), name="parent")
                stack.callback(watch.cancel)
                sys.stdout.write(f"{READY}\n")
                sys.stdout.flush()
            else:
                say(f"Working: {', '.join(sorted(lanes))}. Stop with Ctrl-C.")
            await ended.wait()
            if not supervised:
                say(
                    f"Stopping: running turns finish first, {settings.drain_seconds:.0f} s at most; "
                    "Ctrl-C again hands them back."
                )
    except asyncio.CancelledError:
        if not stop.asked:
            raise
        say("Stopped while starting.")


async def _parent_gone(stop: Stop) -> None:
    """The supervisor holds the other end of our input: it closes when that ends, however it does."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
    if not stop.asked:
        stop.ask()
