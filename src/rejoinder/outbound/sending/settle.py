"""What came of a try becomes fact."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import asyncpg
from pydantic import JsonValue

from rejoinder.channels.port.outgoing import Outgoing
from rejoinder.channels.registry import is_awaited
from rejoinder.db import Batch, Database, Tx, retry_away
from rejoinder.events.model import NOTIFY_CHANNEL
from rejoinder.outbound import store
from rejoinder.outbound.alarm import Stuck, alarm, job
from rejoinder.outbound.decide import (
    HOLD,
    Again,
    AsTemplate,
    Failed,
    Next,
    Paused,
    Sent,
    Status,
    Unknown,
)
from rejoinder.outbound.sending import store as tried
from rejoinder.outbound.told import store as told
from rejoinder.outbound.told.move import fall, forward
from rejoinder.outbound.upkeep import store as upkeep
from rejoinder.queue.dead_letters import store as dead_letters
from rejoinder.queue.jobs import Job, enqueue, enqueue_alone
from rejoinder.telemetry import logs
from rejoinder.telemetry.metrics import DELIVERIES

ENDED = "delivery.sent"
"""On NOTIFY_CHANNEL, beside the events' types: a delivery whose caller waits for it has ended, one way or another."""

# A restart of the database takes seconds. What is learned later than this, others have learned another way.
_PATIENCE_S = 30.0


async def settle(db: Database, workspace_id: UUID, outgoing: Outgoing, what: Next) -> None:
    """Store it, and tell whom it concerns; nothing happens when someone else has the delivery by now."""
    DELIVERIES.labels(type(what).__name__.lower()).inc()

    async def once() -> None:
        match what:
            case Sent(_, ids, _) if ids:
                await _note_named(db, workspace_id, outgoing, what)
            case Sent(noted):
                await _note_sent(db, workspace_id, outgoing, noted)
            case Again(pause, error):
                await _put_back(db, workspace_id, outgoing, pause, error)
            case Paused(span, error):
                await _pause(db, workspace_id, outgoing, span, error)
            case AsTemplate(error):
                async with db.transaction(workspace_id) as tx:
                    await store.lock(tx, outgoing.conversation_id)
                    await tried.as_template(tx, outgoing, error)
            case Failed(error):
                await _give_up(db, workspace_id, outgoing, error)
            case Unknown(error):
                await _lose_sight(db, workspace_id, outgoing, error)

    await retry_away(once, _PATIENCE_S)


async def _note_sent(
    db: Database, workspace_id: UUID, outgoing: Outgoing, noted: dict[str, JsonValue] | None
) -> None:
    async with db.statement(workspace_id) as tx:
        if noted is None:
            done = await tried.sent(tx, outgoing)
        else:
            try:
                done = await tried.sent_noted(tx, outgoing, noted, (NOTIFY_CHANNEL, ENDED))
            except asyncpg.DataError:
                # It holds a NUL, or what else can't be stored. It was taken all the same.
                noted = {name: {} for name in noted}
                done = await tried.sent_noted(tx, outgoing, noted, (NOTIFY_CHANNEL, ENDED))
    if not done:
        await _note_late(db, workspace_id, outgoing)


async def _note_named(db: Database, workspace_id: UUID, outgoing: Outgoing, sent: Sent) -> None:
    ids = [each for each in sent.platform_ids if each and "\x00" not in each]
    noted: dict[str, JsonValue] = {**(sent.noted or {}), "platform_ids": [*ids]}
    if sent.as_template:
        noted["as_template"] = True
    async with db.statement(workspace_id) as tx:
        try:
            named = await told.named(tx, outgoing, ids, noted, as_template=sent.as_template)
        except asyncpg.DataError:  # as above
            noted = {"platform_ids": [*ids]}
            named = await told.named(tx, outgoing, ids, noted, as_template=sent.as_template)
    if named.reported == "failed":
        await _fall(db, workspace_id, outgoing, named)
    elif not named.done:
        await _note_late(db, workspace_id, outgoing, named.reported or "sent")


async def _fall(db: Database, workspace_id: UUID, outgoing: Outgoing, named: told.Named) -> None:
    """That it failed was told before our own request was answered."""
    async with db.transaction(workspace_id) as tx:
        seq, now = await store.lock(tx, outgoing.conversation_id)
        facts = await told.facts(tx, outgoing.delivery_id)
        if (facts.status, facts.attempts) == ("sending", outgoing.attempt):
            await fall(tx, facts, seq, now, named.error or "", named.failure)


async def _note_late(
    db: Database, workspace_id: UUID, outgoing: Outgoing, status: Status = "sent"
) -> None:
    """Its sender was taken for dead and was only slow: what was not known is known now, and what was reported since."""
    async with db.transaction(workspace_id) as tx:
        await store.lock(tx, outgoing.conversation_id)
        if await store.stands(tx, outgoing.delivery_id) != ("unknown", outgoing.attempt):
            return
        batch = Batch(tx)
        store.move(batch, outgoing.delivery_id, status)
        dead_letters.resolve_subject(batch, outgoing.delivery_id, "reconciled", "the platform")
        enqueue(batch, [_following(workspace_id, outgoing)])
        await batch.send()


async def _put_back(
    db: Database, workspace_id: UUID, outgoing: Outgoing, pause: timedelta, error: str
) -> None:
    async with db.transaction(workspace_id) as tx:
        await store.lock(tx, outgoing.conversation_id)  # a takeover must see it sending or queued
        if await tried.again(tx, outgoing, pause, error):
            await enqueue_alone(tx, [_following(workspace_id, outgoing, pause)])


async def _pause(
    db: Database, workspace_id: UUID, outgoing: Outgoing, span: timedelta | None, error: str
) -> None:
    async with db.transaction(workspace_id) as tx:
        await store.lock(tx, outgoing.conversation_id)  # as above
        # Then the channel: who resumes one locks it before its deliveries.
        reason = error if span is None else None
        changed = await upkeep.pause(tx, outgoing, span, reason)
        queued = await tried.again(tx, outgoing, span, error, counts=False)
        if queued and span is not None:
            await enqueue_alone(tx, [_following(workspace_id, outgoing, span)])
    if changed and span is None:
        logs.log.error("channel_paused", channel_id=str(outgoing.channel_id), error=error)
    elif changed:
        logs.log.warning("channel_throttled", channel_id=str(outgoing.channel_id), error=error)


async def _give_up(db: Database, workspace_id: UUID, outgoing: Outgoing, error: str) -> None:
    async with db.transaction(workspace_id) as tx:
        seq, now = await store.lock(tx, outgoing.conversation_id)
        if not await tried.failed(tx, outgoing, error):
            return
        batch = Batch(tx)
        store.withhold_rest(batch, outgoing.conversation_id, outgoing.turn_id, outgoing.delivery_id)
        stuck = _stuck(outgoing, outgoing.attempt)
        told = alarm(batch, "delivery.failed", stuck, error, seq + 1, now)
        _ring(batch, outgoing)
        await batch.send()
    logs.log.error("delivery_failed", **told)


async def _lose_sight(db: Database, workspace_id: UUID, outgoing: Outgoing, error: str) -> None:
    async with db.transaction(workspace_id) as tx:
        seq, now = await store.lock(tx, outgoing.conversation_id)
        if await _was_heard_of(tx, outgoing):
            return
        attempts = await tried.unknown(tx, outgoing, error, HOLD)
        if attempts is None:
            return
        batch = Batch(tx)
        stuck = _stuck(outgoing, attempts)
        told = alarm(batch, "delivery.unknown", stuck, error, seq + 1, now)
        enqueue(batch, [_following(workspace_id, outgoing, HOLD)])
        _ring(batch, outgoing)
        await batch.send()
    logs.log.error("delivery_unknown", **told)


async def _was_heard_of(tx: Tx, outgoing: Outgoing) -> bool:
    """A receipt or an echo has told what our own request did not."""
    status = await told.heard(tx, outgoing.delivery_id)
    if status is None or status == "failed":
        return False
    facts = await told.facts(tx, outgoing.delivery_id)
    if (facts.status, facts.attempts) != ("sending", outgoing.attempt):
        return False
    batch = Batch(tx)
    forward(batch, facts, status)
    _ring(batch, outgoing)
    await batch.send()
    return True


def _stuck(outgoing: Outgoing, attempts: int) -> Stuck:
    return Stuck(outgoing.delivery_id, outgoing.conversation_id, outgoing.message_id, attempts)


def _ring(batch: Batch, outgoing: Outgoing) -> None:
    if is_awaited(outgoing.platform):
        batch.notify(NOTIFY_CHANNEL, f"{outgoing.conversation_id} {outgoing.seq} {ENDED}")


def _following(workspace_id: UUID, outgoing: Outgoing, delay: timedelta = timedelta(0)) -> Job:
    return job(workspace_id, outgoing.conversation_id, outgoing.platform, delay, outgoing.priority)
