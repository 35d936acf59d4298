"""A worker's hold on its turns: a session lock that shows its death at once, and leases that back it up."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import asyncpg

from rejoinder.db import AWAY, BUSY, Database, hang_up
from rejoinder.errors import Unavailable
from rejoinder.telemetry.logs import log
from rejoinder.telemetry.metrics import RUNNING
from rejoinder.turns.model import LEASE, Claimed, Worker
from rejoinder.turns.store import LOST_CHANNEL
from rejoinder.turns.upkeep import store

_RENEW_S = 1.0
_RECONNECT_S = 0.25
_STATEMENT_S = 5.0


class Lease:
    """The attempts this worker runs. Losing one cancels its task, once; a session lost for long cancels them all."""

    def __init__(self, db: Database) -> None:
        self._db = db
        # By turn and fence: the same turn may be claimed here anew while the task that lost it still ends.
        self._held: dict[tuple[UUID, int], tuple[Claimed, asyncio.Task[None]]] = {}
        self._cancelled: set[tuple[UUID, int]] = set()
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._worker: Worker | None = None
        self._away_since: float | None = None
        self._registered = asyncio.Event()

    async def worker(self) -> Worker:
        """Who claims now; waits while the session is being made anew."""
        while self._worker is None:
            await self._registered.wait()
        return self._worker

    @property
    def alive(self) -> bool:
        """Whether this worker holds its lock."""
        return self._worker is not None

    def is_held_by(self, worker: Worker) -> bool:
        """Whether `worker` is still the one whose lock this session holds."""
        return self._worker is worker

    def hold(self, claimed: Claimed, task: asyncio.Task[None]) -> None:
        """Renew the attempt's lease until its task ends."""
        attempt = (claimed.turn_id, claimed.fence)
        self._held[attempt] = (claimed, task)
        RUNNING.inc()
        task.add_done_callback(lambda _: self._drop(attempt))

    def let_go(self, claimed: Claimed) -> None:
        """The attempt has ended: what is still to be written about it must not be cancelled."""
        self._drop((claimed.turn_id, claimed.fence))

    @property
    def tasks(self) -> set[asyncio.Task[None]]:
        """The tasks of the attempts that run now."""
        return {task for _, task in self._held.values()}

    def cancel_all(self) -> None:
        """Stop every attempt that was not stopped before."""
        for attempt in list(self._held):
            self._cancel(attempt)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Hold the lock and renew, across every loss of the database, until left."""
        task = asyncio.create_task(self._live(), name="lease")
        try:
            await self._registered.wait()
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _live(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            lost_at = loop.time()
            try:
                connection = await self._db.session("rejoinder worker")
                try:
                    await self._renew_for_ever(connection)
                finally:
                    lost_at = loop.time()
                    self._worker = None
                    self._registered.clear()
                    await hang_up(connection)
            except (*AWAY, Unavailable) as away:
                log.warning("lease_lost", error=str(away), turns=len(self._held))
            except Exception:  # noqa: BLE001 - without a lease this worker answers nothing
                log.exception("lease_failed", turns=len(self._held))
            if self._away_since is None:
                self._away_since = lost_at
            if loop.time() - self._away_since > store.GRACE.total_seconds():
                # Others take these turns from now on: no answer of ours would be committed.
                self.cancel_all()
            await asyncio.sleep(_RECONNECT_S)

    async def _renew_for_ever(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        number = await store.register(connection, self._name)
        await connection.add_listener(LOST_CHANNEL, self._told)
        self._away_since = None
        self._worker = Worker(number, self._name)
        self._registered.set()
        while True:
            async with asyncio.timeout(_STATEMENT_S):
                held = [claimed for claimed, _ in self._held.values()]
                if held:
                    with suppress(*BUSY):  # the next round renews; two thirds of the lease are left
                        for attempt in await store.renew(connection, held, number, LEASE):
                            self._cancel(attempt)
                await store.seen(connection, number)
            with suppress(TimeoutError):
                async with asyncio.timeout(_RENEW_S):
                    await lost.wait()
                raise ConnectionError("the worker's session was ended")

    def _told(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        turn_id, fence = str(payload).split(" ")
        self._cancel((UUID(turn_id), int(fence)))

    def _cancel(self, attempt: tuple[UUID, int]) -> None:
        # Once: a second cancel would hit the booking of what the stopped call has cost.
        if attempt in self._held and attempt not in self._cancelled:
            self._cancelled.add(attempt)
            self._held[attempt][1].cancel()

    def _drop(self, attempt: tuple[UUID, int]) -> None:
        self._cancelled.discard(attempt)
        if self._held.pop(attempt, None) is not None:
            RUNNING.dec()
