"""PgQueuer's manager, which asks before each dequeue how much of each lane this worker may take."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator
from datetime import UTC, datetime, timedelta

import asyncpg
from pgqueuer.db import AsyncpgDriver
from pgqueuer.models import Job, TableChangedEvent
from pgqueuer.ports.driver import NotifyCallback
from pgqueuer.ports.repository import EntrypointExecutionParameter
from pgqueuer.qm import QueueManager
from pgqueuer.types import QueueEntrypoint

from rejoinder.errors import Invalid
from rejoinder.queue.jobs import Handler, Taken
from rejoinder.queue.schema import SETTINGS, queries_over
from rejoinder.queue.store import NEXT_DUE
from rejoinder.telemetry.logs import log
from rejoinder.telemetry.metrics import FAILED_JOBS

Allowance = Callable[[str], int | None]
"""How many more jobs of a lane may be taken now; None for any number."""

_UNLIMITED = EntrypointExecutionParameter(
    concurrency_limit=0
)  # PgQueuer's limits count all workers'


class Bell(AsyncpgDriver):
    """A connection whose listeners can be told from here what PostgreSQL tells them: look into the queue."""

    def __init__(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        super().__init__(connection)
        self._listeners: list[NotifyCallback] = []

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        """Listen on the channel."""
        self._listeners.append(callback)
        await super().add_listener(channel, callback)

    def ring(self) -> None:
        """As if the queue had changed."""
        told = TableChangedEvent(
            channel=SETTINGS.channel,
            sent_at=datetime.now(UTC),
            type="table_changed_event",
            operation="update",
            table=SETTINGS.queue_table,
        )
        for listener in self._listeners:
            listener(told.model_dump_json())


class Paced(QueueManager):
    """Leaves in the queue what this worker can't begin: there it keeps its priority, and others may take it.

    `began` is told of each job taken.
    """

    def __init__(
        self,
        connection: asyncpg.Connection[asyncpg.Record],
        allowance: Allowance,
        began: Callable[[str], None],
    ) -> None:
        self._bell = Bell(connection)
        super().__init__(queries_over(self._bell), channel=SETTINGS.channel)
        self._allowance = allowance
        self._began = began
        self._coming: Counter[str] = Counter()
        self._took = False

    def serve(self, lane: str, handler: Handler) -> None:
        """Give the lane's jobs to the handler. One it doesn't understand, or that raises, is held as failed."""

        async def take(job: Job) -> None:
            self._coming[lane] -= 1  # from here on the handler accounts for it
            try:
                await handler(Taken(lane, job.payload or b"", job.priority))
            except Invalid as wrong:
                FAILED_JOBS.labels(lane).inc()
                log.error("job_not_understood", lane=lane, job_id=job.id, error=wrong.detail)
                raise
            except Exception:
                FAILED_JOBS.labels(lane).inc()
                raise

        self.entrypoint(lane, on_failure="hold", accepts_context=False)(take)

    async def look_whenever(self, freed: asyncio.Event) -> None:
        """Look into the queue at once when there is room again, for as long as this runs."""
        while True:
            await freed.wait()
            freed.clear()
            self._bell.ring()

    async def fetch_jobs(
        self,
        batch_size: int,
        global_concurrency_limit: int | None,
        heartbeat_timeout: timedelta,
    ) -> AsyncGenerator[Job, None]:
        """Jobs, of each statement the highest priority first, until there is none that may be taken."""
        each_alone = self._took = False
        while not self.shutdown.is_set():
            full = False
            for lanes, most in self._offers(batch_size, each_alone):
                jobs = await self.queries.dequeue(
                    batch_size=most,
                    entrypoints=dict.fromkeys(lanes, _UNLIMITED),
                    queue_manager_id=self.queue_manager_id,
                    global_concurrency_limit=global_concurrency_limit,
                    heartbeat_timeout=heartbeat_timeout,
                )
                full |= len(jobs) == most
                self._took |= bool(jobs)
                for job in jobs:
                    if job.id not in self.job_context:  # else its heartbeat was late: it runs here
                        self._coming[job.entrypoint] += 1
                        self._began(job.entrypoint)
                    yield job
            if not full:
                break
            each_alone = True

    async def _effective_dequeue_timeout(self, dequeue_timeout: timedelta) -> timedelta:
        # PgQueuer's own method asks the same in three statements.
        (row,) = await self.queries.driver.fetch(NEXT_DUE, list(self.entrypoint_registry))
        due = row["due"]
        if not isinstance(due, timedelta) or due >= dequeue_timeout:
            return dequeue_timeout
        # PgQueuer drops a notification for each job it begins, and that may be of one that came meanwhile.
        return max(due, timedelta(0) if self._took else self.min_dequeue_poll_interval)

    def _offers(
        self, batch_size: int, each_alone: bool
    ) -> Iterator[tuple[list[QueueEntrypoint], int]]:
        """What to dequeue: the lanes with room for a whole batch in one statement, as nearly all are; then the others.

        Those get as many as the fullest of them has room for; when there may be more, it is `each_alone`.
        """
        rooms: dict[QueueEntrypoint, int] = {}
        for lane in self.entrypoint_registry:
            allowed = self._allowance(lane)
            room = batch_size if allowed is None else allowed - self._coming[lane]
            rooms[lane] = min(room, batch_size)
        if roomy := [lane for lane, room in rooms.items() if room == batch_size]:
            yield roomy, batch_size
        tight = {lane: room for lane, room in rooms.items() if 0 < room < batch_size}
        if each_alone:
            yield from (([lane], room) for lane, room in tight.items())
        elif tight:
            yield list(tight), min(tight.values())
