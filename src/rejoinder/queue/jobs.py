"""Enqueue jobs inside the caller's own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import asyncpg

from rejoinder.db import Connection, Tx

TURNS: Final = "turns"
"""The lane of wake-ups."""


@dataclass(frozen=True, slots=True)
class Job:
    """One job: `payload` says what to look at and carries no truth; `delay` before it may start."""

    lane: str
    payload: bytes
    delay: timedelta = timedelta(0)
    priority: int = 0


async def enqueue(tx: Tx, jobs: Sequence[Job]) -> None:
    """Enqueue within `tx`: the jobs exist when, and only when, it commits."""
    await enqueue_on(tx.connection, jobs)


async def enqueue_on(connection: Connection, jobs: Sequence[Job]) -> None:
    """Enqueue over any connection, for maintenance that looks across workspaces."""
    from rejoinder.queue.schema import queries

    if not jobs:
        return
    await queries(_raw(connection)).enqueue(
        [job.lane for job in jobs],
        [job.payload for job in jobs],
        [job.priority for job in jobs],
        [job.delay if job.delay > timedelta(0) else timedelta(0) for job in jobs],
    )


def _raw(connection: Connection) -> asyncpg.Connection[asyncpg.Record]:
    # A pool lends proxies, which take the place of the connection in all that PgQueuer's driver asks of it.
    return connection  # type: ignore[return-value]
