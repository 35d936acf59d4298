"""`rejoinder worker`: a worker as a process of its own, beside servers and other workers on one PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress

from rejoinder.app.database import shared_database
from rejoinder.cli.serve.memory import settled
from rejoinder.cli.serve.stop import Stop
from rejoinder.cli.serve.working import working
from rejoinder.errors import Setup
from rejoinder.queue.lanes import find, unknown
from rejoinder.secrets.vault import open_vault
from rejoinder.settings import Settings
from rejoinder.worker import LANES

_STDIN, _STDOUT = 0, 1


def lanes_of(named: str | None) -> frozenset[str]:
    """`turns,deliver` → the lanes, aliases among them; all for None. Raises Setup for one that nobody knows."""
    if named is None:
        return LANES
    wanted: set[str] = set()
    for name in named.split(","):
        lanes = find(name.strip())
        if not lanes:
            detail, mend = unknown(name.strip())
            raise Setup(detail, mend=mend, code="unknown_lane")
        wanted.update(lane.name for lane in lanes)
    return frozenset(wanted)


async def run(
    settings: Settings, lanes: frozenset[str], supervised: bool, say: Callable[[str], None]
) -> None:
    """Work until SIGTERM or SIGINT, supervised also until the input closes. Raises Setup."""
    stop, ended = Stop(), asyncio.Event()
    if supervised:
        _listen(stop)  # first of all: the start may wait for a database that went with the server
    try:
        async with AsyncExitStack() as stack:
            dsn = await shared_database(settings)
            secret = settings.secret_key.get_secret_value() if settings.secret_key else None
            vault = open_vault(secret, settings.data)
            work = await stack.enter_async_context(working(dsn, settings, vault, lanes))
            settled()
            stop.started(ended.set, work.desk.hurry)
            if supervised:
                with suppress(BrokenPipeError):  # the server has gone, as the input says too
                    os.write(_STDOUT, b"ready\n")
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
        if not supervised:
            say("Stopped while starting.")


def _listen(stop: Stop) -> None:
    """End when our input closes, which the server that holds its other end does in order or by dying; a word: at once.

    After a SIGTERM the closing says nothing new: who stops all processes of a unit has meant the server too.
    """
    loop = asyncio.get_running_loop()

    def listen() -> None:
        word = os.read(_STDIN, 1)
        with suppress(RuntimeError):  # the loop is closed: we are ending
            loop.call_soon_threadsafe(stop.end)
            if word:
                loop.call_soon_threadsafe(stop.ask)

    # A thread, since a loop can't watch all that an input may be: /dev/null is none of its pipes.
    threading.Thread(target=listen, name="input", daemon=True).start()
