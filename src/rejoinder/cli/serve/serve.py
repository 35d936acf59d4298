"""`rejoinder serve`: the database, the server and a worker, in one process or with worker processes beside it."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rejoinder.api.processing.model import Models
from rejoinder.app.accounts import accounts
from rejoinder.app.address import published
from rejoinder.app.build import build
from rejoinder.app.database import ready_database
from rejoinder.app.meaning import meaning_when_asked
from rejoinder.app.models import models_when_asked, no_models
from rejoinder.app.sample import Pancake, Sample, sample
from rejoinder.app.tokens.file import ensure_token
from rejoinder.channels.log import ChannelLog
from rejoinder.cli.serve.fleet import Fleet, count_of
from rejoinder.cli.serve.greeting import greeting
from rejoinder.cli.serve.listen import bind, server_for, url_of
from rejoinder.cli.serve.memory import settled
from rejoinder.cli.serve.stop import Stop
from rejoinder.db import Database, connect
from rejoinder.errors import Setup
from rejoinder.live.bus import Bus
from rejoinder.llm.choose import names
from rejoinder.net.guard import outward
from rejoinder.secrets.keys import load_keys
from rejoinder.secrets.vault import Vault, open_vault
from rejoinder.settings import Settings

if TYPE_CHECKING:
    from rejoinder.llm.calling.chain import Chain

_EDGE_LOCK = "700ms"  # a frozen conversation must not keep the connections of all others; LINE allows 2 s in all
_SAMPLE_LOCK = "9s"  # a statement may take 10


@dataclass(frozen=True, slots=True)
class Crew:
    """Who answers turns beside this server: `ready` says whether someone does, `hurry` lets them hand back at once.

    `models` are what the server itself asks for analyses.
    """

    ready: Callable[[], bool]
    hurry: Callable[[], None]
    models: Models


NOBODY = Crew(lambda: True, lambda: None, no_models)
"""Workers elsewhere answer; this server was never meant to."""


async def serve(
    settings: Settings,
    say: Callable[[str], None],
    *,
    worker: bool = True,
    workers: str | None = None,
) -> None:
    """Run until SIGTERM or SIGINT, then stop in order: no new requests, running turns finish, the database stops.

    Turns are answered in this process, by `workers` processes of their own (a number, or `auto` for one a core), or,
    without `worker`, elsewhere. A signal during the start undoes what was started. Raises Setup when something must
    be mended first.
    """
    if workers is not None and not worker:
        raise Setup(
            f"--workers {workers} and --no-worker are opposites.",
            mend="Leave one of them out.",
            code="bad_workers",
        )
    private, size = settings.dsn is None, settings.pool_size
    count = 0 if workers is None else count_of(workers, private=private, pool_size=size)
    stop = Stop()
    listening = bind(settings.host, settings.port)
    try:
        async with AsyncExitStack() as stack:
            stack.callback(listening.close)
            await _run(settings, say, stack, stop, listening, worker=worker, count=count)
    except asyncio.CancelledError:
        if not stop.asked:
            raise
        say("Stopped while starting.")


async def _run(
    settings: Settings,
    say: Callable[[str], None],
    stack: AsyncExitStack,
    stop: Stop,
    listening: socket.socket,
    *,
    worker: bool,
    count: int,
) -> None:
    loading = _loading() if worker and not count else None
    dsn = await stack.enter_async_context(ready_database(settings, say))
    if loading is not None:
        await loading
    db = await connect(dsn, size=settings.pool_size, lock_timeout=_EDGE_LOCK)
    stack.push_async_callback(db.close)
    secret = settings.secret_key.get_secret_value() if settings.secret_key else None
    vault = open_vault(secret, settings.data)
    shop = await _sample(dsn, Pancake.of(settings, vault))
    token = await ensure_token(db, settings.data, shop.workspace_id)
    bus = Bus(db)
    await stack.enter_async_context(bus.running())
    channel_log = ChannelLog(db, keep=settings.keep_channel_log_days > 0)
    await stack.enter_async_context(channel_log.open())
    crew = await _crew(settings, say, stack, stop, db, vault, worker=worker, count=count)
    answering = names(settings.model, accounts(settings))
    app = build(
        db=db,
        bus=bus,
        settings=settings,
        keys=load_keys(secret, settings.data),
        vault=vault,
        out=await stack.enter_async_context(outward()),
        sample=shop,
        model=answering[0],
        working=crew.ready,
        models=crew.models,
        channel_log=channel_log,
        meaning=await stack.enter_async_context(meaning_when_asked(settings, db)),
    )
    server = server_for(app)

    def end() -> None:
        server.should_exit = True
        bus.close()  # streams and waiting callers leave now

    def hurry() -> None:
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # requests are cut: no faults
        server.force_exit = True
        crew.hurry()

    stop.started(end, hurry)
    url = url_of(listening)
    stack.enter_context(published(settings.data, url))
    said = ", else ".join(answering) if worker else None
    settled()
    say(greeting(url, settings.data_dir and settings.data, token, shop.bot.name, said))
    await server.serve(sockets=[listening])
    say(
        f"Stopping: running turns finish first, {settings.drain_seconds:.0f} s at most; Ctrl-C again hands them back."
    )


def _loading() -> asyncio.Task[None]:
    """The worker's program and word lists on their way, a second of CPU, while PostgreSQL starts."""

    def load() -> None:
        from rejoinder.cli.serve import working  # noqa: F401 - pydantic-ai with it
        from rejoinder.turns.answering.warm import warm

        warm()

    return asyncio.create_task(asyncio.to_thread(load), name="loading")


async def _sample(dsn: str, pancake: Pancake) -> Sample:
    """The sample workspace. Another server that starts on an empty database takes a second or two to add it."""
    db = await connect(dsn, size=1, lock_timeout=_SAMPLE_LOCK)
    try:
        return await sample(db, pancake)
    finally:
        await db.close()


async def _crew(
    settings: Settings,
    say: Callable[[str], None],
    stack: AsyncExitStack,
    stop: Stop,
    db: Database,
    vault: Vault,
    *,
    worker: bool,
    count: int,
) -> Crew:
    if count:
        fleet = Fleet(count, settings.drain_seconds, say, give_up=stop.end)
        await stack.enter_async_context(fleet.running())
        models = await stack.enter_async_context(models_when_asked(settings))
        return Crew(lambda: fleet.ready, fleet.hurry, models)
    if not worker:
        return NOBODY
    from rejoinder.cli.serve.working import (
        working,  # pydantic-ai with it, which a server without a worker doesn't need
    )

    work = await stack.enter_async_context(working(db.dsn, settings, vault))
    stack.enter_context(work.beside(db))

    async def ours() -> Chain:
        return work.models.default

    return Crew(lambda: work.ready, work.desk.hurry, ours)
