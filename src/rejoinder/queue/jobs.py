"""Enqueue jobs inside the caller's own transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from rejoinder.db import Batch, Connection, Tx
from rejoinder.errors import Invalid
from rejoinder.queue import store
from rejoinder.queue.lanes import DELIVER, TURNS, deliver_lane

__all__ = [
    "DELIVER",
    "TURNS",
    "Handler",
    "Job",
    "Taken",
    "deliver_lane",
    "enqueue",
    "enqueue_alone",
    "enqueue_on",
]


@dataclass(frozen=True, slots=True)
class Job:
    """One job: `payload` says what to look at and carries no truth; `delay` before it may start."""

    lane: str
    payload: bytes
    delay: timedelta = timedelta(0)
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """A job in hand."""

    lane: str
    payload: bytes
    priority: int

    def conversation(self) -> tuple[UUID, UUID]:
        """(workspace, conversation) of a payload of 16 bytes each. Raises Invalid when it is anything else."""
        if len(self.payload) != 32:
            raise Invalid(
                f"A job of the lane {self.lane!r} has {len(self.payload)} bytes instead of 32.",
                mend="Whoever enqueued it is not of this version; the job is held as failed for a day, then deleted.",
                code="job_not_understood",
            )
        return UUID(bytes=self.payload[:16]), UUID(bytes=self.payload[16:])


Handler = Callable[[Taken], Awaitable[None]]
"""Takes a job. It should take over the work and return: a job is only a wake-up."""


def enqueue(batch: Batch, jobs: Sequence[Job]) -> None:
    """Enqueue with a step: the jobs exist when, and only when, its transaction commits.

    One that is due at once, and that this process has a place for, is begun here after the commit and never stands in
    the queue.
    """
    if rest := [job for job in jobs if not _begins_here(batch.tx, job)]:
        batch.add(store.ENQUEUE, *_columns(rest))


def _begins_here(tx: Tx, job: Job) -> bool:
    if tx.here is None or job.delay > timedelta(0):
        return False
    promised = tx.here.promise(job.lane, job.payload, job.priority)
    if promised is None:
        return False
    tx.ended.append(promised)
    return True


async def enqueue_alone(tx: Tx, jobs: Sequence[Job]) -> None:
    """Enqueue within `tx` where there is no other step."""
    await enqueue_on(tx.connection, jobs)


async def enqueue_on(connection: Connection, jobs: Sequence[Job]) -> None:
    """Enqueue over any connection, for maintenance that looks across workspaces."""
    if jobs:
        await connection.execute(store.ENQUEUE_ALONE, *_columns(jobs))


def _columns(jobs: Sequence[Job]) -> tuple[list[object], ...]:
    return (
        [job.lane for job in jobs],
        [job.payload for job in jobs],
        [job.priority for job in jobs],
        [max(job.delay, timedelta(0)) for job in jobs],
    )
