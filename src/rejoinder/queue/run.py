"""Take jobs, for as long as the program lives.

PgQueuer's `run()` ends at any database error and ignores a dead listener by default, so each round here is a fresh
manager on a fresh connection, and a round that ends early is followed by the next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta

from rejoinder.db import AWAY, Database, hang_up
from rejoinder.errors import Unavailable
from rejoinder.telemetry.logs import log

Handler = Callable[[bytes], Awaitable[None]]
"""Takes a job's payload. It should take over the work and return: a job is only a wake-up."""

_BATCH = 25  # measured best between 20 and 50
# Wake-ups in hand at once. A handler returns within milliseconds or, when its worker is full, within a second: what one
# worker can't take must stay in the queue for the others.
_AT_ONCE = 4 * _BATCH
# Retries and requeues never notify, so this bounds how late such a job is seen.
_POLL = timedelta(seconds=1)
_HEARTBEAT = timedelta(seconds=8)
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 5.0


class Taker:
    """Runs the handlers of the lanes over one connection; `run()` until `stop()`."""

    def __init__(self, db: Database, handlers: Mapping[str, Handler]) -> None:
        self._db = db
        self._handlers = handlers
        self._stopping = asyncio.Event()
        self._round_shutdown: asyncio.Event | None = None
        self.ready = asyncio.Event()

    def stop(self) -> None:
        """Take no further job; those taken are finished."""
        self._stopping.set()
        if self._round_shutdown is not None:
            self._round_shutdown.set()

    async def run(self) -> None:
        """Take jobs until `stop()`, across every loss of the database."""
        pause = _FIRST_PAUSE_S
        while not self._stopping.is_set():
            started = asyncio.get_running_loop().time()
            try:
                await self._round()
            except asyncio.CancelledError:
                raise
            except (*AWAY, Unavailable) as away:
                log.warning("queue_lost", error=str(away))
            except Exception:  # noqa: BLE001 - whatever ended the round, the next one begins
                log.exception("queue_round_failed")
            if asyncio.get_running_loop().time() - started > 30:
                pause = _FIRST_PAUSE_S
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._stopping.wait()
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    async def _round(self) -> None:
        from pgqueuer.models import Job
        from pgqueuer.qm import QueueManager

        from rejoinder.queue.schema import SETTINGS, queries

        # Its few statements are always planned alike: a generic plan saves planning each dequeue (554 → 114 µs).
        connection = await self._db.session(
            "rejoinder queue", {"plan_cache_mode": "force_generic_plan"}
        )
        try:
            manager = QueueManager(queries(connection), channel=SETTINGS.channel)
            for lane, handler in self._handlers.items():

                async def take(job: Job, handler: Handler = handler) -> None:
                    await handler(job.payload or b"")

                manager.entrypoint(lane, on_failure="hold", accepts_context=False)(take)
            self._round_shutdown = manager.shutdown
            if self._stopping.is_set():
                return
            self.ready.set()
            await manager.run(
                dequeue_timeout=_POLL,
                batch_size=_BATCH,
                max_concurrent_tasks=_AT_ONCE,
                heartbeat_timeout=_HEARTBEAT,
                shutdown_on_listener_failure=True,
                log_aggregation_interval=timedelta(0),
            )
        finally:
            self._round_shutdown = None
            self.ready.clear()
            await hang_up(connection)
