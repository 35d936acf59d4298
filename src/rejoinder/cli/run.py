"""What the commands do that need the whole program."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import typer

from rejoinder.queue.limits import limits
from rejoinder.settings import Settings, load
from rejoinder.telemetry.logs import configure


def say(line: str) -> None:
    """Tell the operator something, at once."""
    print(line, file=sys.stderr, flush=True)


def run_async(work: Coroutine[Any, Any, None]) -> None:
    """Run on uvloop where there is one."""
    factory: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
    with suppress(ImportError):  # Windows has none
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(work)


def run_serve(host: str | None, port: int | None, *, worker: bool, workers: str | None) -> None:
    """Run the server until it is told to stop."""
    overrides = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    settings = load(**overrides)
    limits(
        settings.lanes, settings.max_turns
    )  # what is wrong with it is told before anything starts
    configure(settings.log_level, settings.log_format)
    say("Starting …")
    from rejoinder.cli.serve.serve import serve

    run_async(serve(settings, say, worker=worker, workers=workers))


def run_worker(lanes: str | None, supervised: bool) -> None:
    """Run a worker until it is told to stop."""
    settings = load()
    limits(settings.lanes, settings.max_turns)
    configure(settings.log_level, settings.log_format)
    if not supervised:
        say("Starting …")
    from rejoinder.cli.serve.worker import lanes_of, run

    run_async(run(settings, lanes_of(lanes), supervised, say))


def run_migrate() -> None:
    """Bring the schema forward: the operator's database, or the private one, running or not."""
    settings = load()
    configure(settings.log_level, settings.log_format)
    run_async(_migrate(settings))


async def _migrate(settings: Settings) -> None:
    from rejoinder.app.database import any_database, bring_forward

    async with any_database(settings, say, new=True) as dsn:
        await bring_forward(dsn)
    typer.echo("The database fits this version.")
