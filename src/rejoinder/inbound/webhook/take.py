"""A webhook whose sender was checked: applied, or left in the intake, before it is acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from rejoinder.db import BUSY, Database
from rejoinder.errors import NotFound, Unavailable
from rejoinder.inbound.intake import store as intake
from rejoinder.inbound.intake.leave import leave
from rejoinder.inbound.intake.model import State
from rejoinder.inbound.webhook.batch import LOCKED_S, apply_all, events_of, threads_of
from rejoinder.inbound.webhook.known import Known, KnownChannels
from rejoinder.inbound.webhook.outcome import Strange, Whole
from rejoinder.telemetry.metrics import WEBHOOKS

_LONGEST_S = 1.2
"""For all events of a webhook; keeping the rest takes milliseconds."""

_SHARE = 0.6  # of what the platform allows for the whole answer

# Longer than some platforms wait: LINE does not send again what we answer too late, so it had better be kept.
_KEEP_S = 5.0


async def take(db: Database, channels: KnownChannels, known: Known, body: bytes) -> State:
    """Apply a body's events; what can't be applied now, or is strange, is kept. When this returns, nothing is lost.

    Returns what became of it: applied, waiting or quarantined.

    Raises Unavailable when the database is away: then the platform must send it again.
    """
    loop = asyncio.get_running_loop()
    most = min(known.adapter.limits.acknowledge.total_seconds() * _SHARE, _LONGEST_S)
    until = loop.time() + most
    events = events_of(known, body)
    if isinstance(events, Strange):
        whole = Whole(strange=(events,))
    else:
        held = await _held(db, known, threads_of(*events))
        whole = await apply_all(db, channels, known, events, seconds=until - loop.time(), held=held)
    state: State = "waiting" if whole.waits else "quarantined" if whole.strange else "applied"
    if state != "applied":
        await _keep(db, known, body, state, whole)
    WEBHOOKS.labels(known.channel.platform, state).inc()
    return state


async def _held(db: Database, known: Known, threads: frozenset[str]) -> frozenset[str]:
    """Those with messages that wait; all of them when that can't be said in time."""
    if not threads:
        return frozenset()
    try:
        async with _within(LOCKED_S), db.read(known.workspace_id) as read:
            return await intake.held(read, known.channel.channel_id, threads)
    except Unavailable:
        return threads


async def _keep(db: Database, known: Known, body: bytes, state: State, whole: Whole) -> None:
    async with _within(_KEEP_S):
        await leave(
            db,
            known.workspace_id,
            known.channel.channel_id,
            body,
            state,
            whole.reason,
            whole.threads,
        )


@asynccontextmanager
async def _within(seconds: float) -> AsyncIterator[None]:
    """What keeps us from our own database for longer, or a lock there, is told as Unavailable."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except asyncpg.ForeignKeyViolationError as gone:  # the channel is remembered for seconds
        raise NotFound(
            "This channel was taken away.",
            mend="GET /api/v1/channels lists the channels, with the address of each one's webhook.",
        ) from gone
    except (*BUSY, TimeoutError) as late:
        raise Unavailable(
            "The database does not answer in time.",
            mend="Nothing of this webhook is lost if it is sent again.",
            retry_after=2,
        ) from late
