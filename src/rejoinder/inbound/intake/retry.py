"""A body of the intake is applied after all: the handler of the lane `intake`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from rejoinder.channels.port.event import InboundEvent, Said
from rejoinder.conversations import store as records
from rejoinder.db import AWAY, BUSY, Batch, Database
from rejoinder.errors import NotFound, Setup, Unavailable
from rejoinder.inbound.intake import store
from rejoinder.inbound.intake.decide import Again, Quarantine, after, patience
from rejoinder.inbound.intake.leave import LONGEST_REASON, job, wake_next
from rejoinder.inbound.intake.model import InHand
from rejoinder.inbound.webhook.batch import apply_all, events_of
from rejoinder.inbound.webhook.known import Known, KnownChannels
from rejoinder.inbound.webhook.outcome import Strange, Waits, Whole
from rejoinder.queue.jobs import Taken, enqueue
from rejoinder.queue.taking.slots import Slots
from rejoinder.secrets.vault import Vault
from rejoinder.telemetry.logs import log
from rejoinder.telemetry.metrics import INTAKE

_SECONDS = 5.0
_LEASE = timedelta(seconds=8)  # longer than that: then its worker is dead
_BY = "the worker"

# More than a batch of the queue, so that this lane is asked for in one statement with the others.
_MOST = 1000


class Retry(Slots):
    """Applies waiting bodies, `slots` at once; others wait here for a place. `wake` is the queue's handler.

    Who waits has taken nothing in hand yet: if this worker dies, the sweep finds it.
    """

    def __init__(self, db: Database, vault: Vault, *, slots: int) -> None:
        super().__init__(_MOST)
        self._db = db
        self._channels = KnownChannels(db, vault)
        self._places = asyncio.Semaphore(slots)

    async def wake(self, taken: Taken) -> None:
        """Take one job. Raises Invalid for one that is none."""
        workspace_id, intake_id = taken.conversation()
        self.start(self._try(workspace_id, intake_id), "intake")

    async def _try(self, workspace_id: UUID, intake_id: UUID) -> None:
        try:
            async with self._places:
                await again(self._db, self._channels, workspace_id, intake_id)
        except (*AWAY, *BUSY, Unavailable) as away:  # its lease runs out, and the sweep finds it
            log.warning("intake_waits", intake_id=str(intake_id), error=str(away))
        except Exception:  # noqa: BLE001 - a bug; the sweep tries again
            log.exception("intake_raised", intake_id=str(intake_id))


async def again(
    db: Database, channels: KnownChannels, workspace_id: UUID, intake_id: UUID
) -> Whole | None:
    """Apply a body whose time has come; None when it is another's turn, or nobody's any more.

    Raises Unavailable, and what BUSY names.
    """
    async with db.transaction(workspace_id) as tx:
        taken = await store.claim(tx, intake_id, _LEASE)
    if taken is None:
        return None
    whole = await _apply(db, channels, taken)
    await _settle(db, workspace_id, taken, whole)
    return whole


async def _apply(db: Database, channels: KnownChannels, taken: InHand) -> Whole:
    try:
        known = await channels.find(taken.platform, taken.channel_id)
    except Setup as unusable:
        return Whole(waits=(Waits(f"its channel can't be used: {unusable.detail}", lasting=True),))
    except NotFound as gone:
        return Whole(strange=(Strange(gone.detail),))
    events = events_of(known, taken.body)
    if isinstance(events, Strange):
        return Whole(strange=(events,))
    return await apply_all(
        db,
        channels,
        known,
        await _not_there(db, known, events),
        seconds=_SECONDS,
        each=patience(taken.attempts),
        fresh=False,
    )


async def _not_there(
    db: Database, known: Known, events: Sequence[InboundEvent]
) -> list[InboundEvent]:
    """Without the messages that were stored before: else a body of very many would not get any further."""
    ids = [each.external_id for each in events if isinstance(each, Said)]
    async with db.read(known.workspace_id) as read:
        there = await records.duplicates(read, known.channel.channel_id, ids) if ids else {}
    here = (None, known.channel.account)
    return [
        each
        for each in events
        if not (isinstance(each, Said) and each.account in here and each.external_id in there)
    ]


async def _settle(db: Database, workspace_id: UUID, taken: InHand, whole: Whole) -> None:
    following = after(whole, taken.attempts)
    reason = whole.reason[:LONGEST_REASON]
    async with db.transaction(workspace_id) as tx:
        batch = Batch(tx)
        if isinstance(following, Again):
            # What is postponed for something else than a lock holds up no later message.
            store.postpone(batch, taken.intake_id, following.delay, reason, whole.threads)
            enqueue(batch, [job(workspace_id, taken.intake_id, following.delay)])
        elif isinstance(following, Quarantine):
            store.quarantine(batch, taken.intake_id, reason)
        else:
            store.applied(batch, taken.intake_id, _BY)
        await batch.send()
        await wake_next(tx, taken.channel_id, set(taken.threads) - whole.threads)
    if isinstance(following, Quarantine):
        INTAKE.labels("quarantined").inc()
        log.error("webhook_quarantined", intake_id=str(taken.intake_id), reason=reason)
