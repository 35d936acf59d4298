"""Enqueue jobs inside the caller's own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from rejoinder.db import Batch, Connection, Tx
from rejoinder.queue import store

TURNS: Final = "turns"
"""The lane of wake-ups."""

DELIVER: Final = "deliver"
"""The lane of what was not sent right after its commit."""


@dataclass(frozen=True, slots=True)
class Job:
    """One job: `payload` says what to look at and carries no truth; `delay` before it may start."""

    lane: str
    payload: bytes
    delay: timedelta = timedelta(0)
    priority: int = 0


def enqueue(batch: Batch, jobs: Sequence[Job]) -> None:
    """Enqueue with a step: the jobs exist when, and only when, its transaction commits."""
    if jobs:
        batch.add(store.ENQUEUE, *_columns(jobs))


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
