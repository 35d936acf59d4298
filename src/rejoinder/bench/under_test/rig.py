"""All that a stretch needs, made and ended together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from uuid import UUID

import psutil

from rejoinder.app.sample import SLUG
from rejoinder.bench import store
from rejoinder.bench.load import Load, load
from rejoinder.bench.under_test.processes import Server, Stub, server
from rejoinder.bench.under_test.program import Program, model_settings
from rejoinder.bench.under_test.resources import Watched
from rejoinder.db import Database, connect
from rejoinder.db.private import attach
from rejoinder.errors import RejoinderError

NAME = "rejoinder bench"
"""The application name of the bench's own connections."""

_WORKERS_S = 60.0
_LOOK_S = 0.05


@dataclass(frozen=True, slots=True)
class Rig:
    """The model, the server under test, its caller, and an eye on the store.

    `startup_seconds` is from the start of the server's process in a new data folder to its first reply.
    """

    model: Stub
    server: Server
    load: Load
    db: Database
    workspace_id: UUID
    startup_seconds: float

    def watched(self) -> Watched:
        """Its processes."""
        return Watched(psutil.Process(self.server.pid), psutil.Process(self.model.pid))


@asynccontextmanager
async def rig(
    program: Program,
    model: Stub,
    settings: Mapping[str, str] | None = None,
    *,
    workers: int = 0,
    through: Callable[[Load], AbstractAsyncContextManager[Load]] = nullcontext,
) -> AsyncIterator[Rig]:
    """That program's server in a new data folder, its first reply timed. The model must answer at once.

    With `workers`, so many processes answer the turns, and all of them do when this is entered. `through` makes the
    load of one that has had its first reply.
    """
    begun = asyncio.get_running_loop().time()
    with_model = {**model_settings(model.wire, model.base_url), **(settings or {})}
    async with (
        server(program, with_model, workers) as tested,
        load(tested.base_url, tested.token) as caller,
    ):
        first = caller.stretch("first", wait=True)
        await first.open_loop([0.0])
        took = asyncio.get_running_loop().time() - begun
        if first.refusals:
            raise RejoinderError(
                f"The first message got no reply: {dict(first.refusals)}.", code="bench_no_reply"
            )
        db = await connect(attach(tested.data), size=2, name=NAME)
        try:
            async with db.maintenance() as maintenance:
                workspace_id = await store.workspace(maintenance, SLUG)
            if workers:
                await _all_there(db, workspace_id, workers)
            async with through(caller) as loaded:
                yield Rig(model, tested, loaded, db, workspace_id, took)
        finally:
            await db.close()


async def _all_there(db: Database, workspace_id: UUID, workers: int) -> None:
    deadline = asyncio.get_running_loop().time() + _WORKERS_S
    async with db.read(workspace_id) as read:
        while (there := await store.workers(read)) < workers:
            if asyncio.get_running_loop().time() > deadline:
                raise RejoinderError(
                    f"{there} of {workers} workers took turns {_WORKERS_S:.0f} s after the first reply.",
                    code="bench_no_workers",
                )
            await asyncio.sleep(_LOOK_S)
