"""A delivery moves by what its platform told; the conversation is locked."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Literal

from rejoinder.channels.port.event import Failure
from rejoinder.db import Batch, Tx
from rejoinder.outbound import store
from rejoinder.outbound.alarm import Stuck, alarm, job
from rejoinder.outbound.decide import Again, AsTemplate, Failed, Paused, fallen
from rejoinder.outbound.told import store as told
from rejoinder.outbound.told.store import Facts
from rejoinder.queue.dead_letters import store as dead_letters
from rejoinder.queue.jobs import Job, enqueue
from rejoinder.telemetry import logs
from rejoinder.telemetry.metrics import DELIVERIES

UNTOLD = "the platform reported that it could not be delivered"


def forward(batch: Batch, facts: Facts, status: Literal["sent", "delivered", "read"]) -> None:
    """It arrived after all: nobody needs to look at it, and what waited for it goes on."""
    store.move(batch, facts.delivery_id, status)
    dead_letters.resolve_subject(batch, facts.delivery_id, "reconciled", "the platform")
    if facts.status in ("queued", "sending", "unknown"):
        enqueue(batch, [_job(batch.tx, facts)])


async def fall(
    tx: Tx, facts: Facts, seq: int, now: datetime, error: str, failure: Failure | None
) -> None:
    """The platform did not deliver what it had taken. `seq` is the conversation's."""
    error = error or UNTOLD
    attempt = facts.attempts - facts.uncounted
    next_ = fallen(failure, error, attempt, random.random(), template=facts.template)  # noqa: S311
    DELIVERIES.labels(f"reported_{type(next_).__name__.lower()}").inc()
    match next_:
        case Failed():
            await _fail(tx, facts, seq, now, error)
        case Again(pause):
            await _requeue(tx, facts, pause, error)
        case AsTemplate():
            await _requeue(tx, facts, timedelta(0), error, counts=False, as_template=True)
        case Paused():
            if await told.pause(tx, facts.channel_id, error):
                logs.log.error("channel_paused", channel_id=str(facts.channel_id), error=error)
            await _requeue(tx, facts, timedelta(0), error, counts=False)


async def _fail(tx: Tx, facts: Facts, seq: int, now: datetime, error: str) -> None:
    batch = Batch(tx)
    store.move(batch, facts.delivery_id, "failed", error)
    store.withhold_rest(batch, facts.conversation_id, facts.turn_id, facts.delivery_id)
    stuck = Stuck(facts.delivery_id, facts.conversation_id, facts.message_id, facts.attempts)
    alarm(batch, "delivery.failed", stuck, error, seq + 1, now)
    if facts.status != "sent":  # others may have waited for it
        enqueue(batch, [_job(tx, facts)])
    await batch.send()


async def _requeue(
    tx: Tx,
    facts: Facts,
    pause: timedelta,
    error: str,
    *,
    counts: bool = True,
    as_template: bool = False,
) -> None:
    goes = await told.requeue(
        tx, facts.delivery_id, pause, error, counts=counts, as_template=as_template
    )
    batch = Batch(tx)
    dead_letters.resolve_subject(batch, facts.delivery_id, "reconciled", "the platform")
    if goes:
        enqueue(batch, [_job(tx, facts, pause)])
    else:  # the bot does not talk over a person
        store.withhold(batch, facts.conversation_id, error)
    await batch.send()


def _job(tx: Tx, facts: Facts, delay: timedelta = timedelta(0)) -> Job:
    return job(tx.workspace_id, facts.conversation_id, facts.platform, delay)
