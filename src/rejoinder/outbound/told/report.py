"""A chat platform's receipt: it took our message, it arrived, it was read, it could not be delivered."""

from __future__ import annotations

from uuid import UUID

from rejoinder.channels.port.event import Reported
from rejoinder.db import Batch, Database, Tx, retry_busy
from rejoinder.outbound import store
from rejoinder.outbound.decide import Heard, Status, reported
from rejoinder.outbound.told import store as told
from rejoinder.outbound.told.move import fall, forward
from rejoinder.telemetry.metrics import RECEIPTS

_SIMPLE: dict[Heard, list[Status]] = {
    "sent": [],
    "delivered": ["sent"],
    "read": ["sent", "delivered"],
    "failed": [],
}
"""From where a report moves a delivery with nobody else concerned: no lock of the conversation is needed."""


async def report(db: Database, workspace_id: UUID, channel_id: UUID, what: Reported) -> bool:
    """Keep what the platform told, and move the delivery it concerns; whether one moved.

    Receipts may come early, late, twice and in any order; one that comes before our own request was answered is kept
    and obeyed then. Raises what BUSY names when the conversation stays locked, Unavailable without the database.
    """
    moved = await retry_busy(lambda: _report(db, workspace_id, channel_id, what))
    RECEIPTS.labels(what.status, "moved" if moved else "nothing_new").inc()
    return moved


async def _report(db: Database, workspace_id: UUID, channel_id: UUID, what: Reported) -> bool:
    if what.up_to is not None:
        return await _report_up_to(db, workspace_id, channel_id, what)
    given = ours(what.delivery_id)
    if what.status == "failed":
        async with db.transaction(workspace_id) as tx:
            return await _failed(tx, channel_id, what, given)
    if what.platform_id is None:
        async with db.read(workspace_id) as read:
            delivery_id = await told.of_channel(read, channel_id, given) if given else None
    else:
        async with db.statement(workspace_id) as tx:
            noted = await told.note(
                tx, channel_id, what.platform_id, what.status, given, _SIMPLE[what.status]
            )
        if noted.moved or noted.reported != what.status:  # another was further: this one is old
            return noted.moved
        delivery_id = noted.delivery_id
    return delivery_id is not None and await _forward(db, workspace_id, delivery_id, what.status)


async def _forward(db: Database, workspace_id: UUID, delivery_id: UUID, status: Heard) -> bool:
    async with db.read(workspace_id) as read:
        found = await store.of_id(read, delivery_id)
    if found is None:
        return False
    async with db.transaction(workspace_id) as tx:
        await store.lock(tx, found.conversation_id)
        facts = await told.facts(tx, delivery_id)
        to = reported(facts.status, facts.attempts, status)
        if to is None or to == "failed":
            return False
        batch = Batch(tx)
        forward(batch, facts, to)
        await batch.send()
        return True


async def _failed(tx: Tx, channel_id: UUID, what: Reported, given: UUID | None) -> bool:
    platform_id = what.platform_id
    known = await told.known(tx, channel_id, platform_id) if platform_id else None
    delivery_id = known[1] if known else None
    if delivery_id is None and given is not None:
        delivery_id = await told.of_channel(tx, channel_id, given)
    if delivery_id is None:  # our request was not answered yet, or it is nobody's here
        return await _keep(tx, channel_id, what, given) is not None
    found = await store.of_id(tx, delivery_id)
    assert found is not None, "deliveries are not taken away alone"
    seq, now = await store.lock(tx, found.conversation_id)
    if platform_id is not None:
        # Told before, it was obeyed before: the delivery may have been sent again since, under another id.
        before = await told.known(tx, channel_id, platform_id)
        if before is not None and before[1] and before[0] in ("failed", "delivered", "read"):
            return False
        await _keep(tx, channel_id, what, given)
    facts = await told.facts(tx, delivery_id)
    # One being sent is another try than the one reported on, or its answer comes in a moment and finds the report.
    if facts.status == "sending" or reported(facts.status, facts.attempts, "failed") is None:
        return False
    await fall(tx, facts, seq, now, what.error, what.failure)
    return True


async def _keep(tx: Tx, channel_id: UUID, what: Reported, given: UUID | None) -> UUID | None:
    if what.platform_id is None:
        return None
    noted = await told.note(
        tx, channel_id, what.platform_id, "failed", given, [], what.error, what.failure
    )
    return noted.delivery_id


async def _report_up_to(db: Database, workspace_id: UUID, channel_id: UUID, what: Reported) -> bool:
    if what.thread is None or what.up_to is None or not _SIMPLE[what.status]:
        return False
    async with db.statement(workspace_id) as tx:
        simple = _SIMPLE[what.status]
        return bool(await told.up_to(tx, channel_id, what.thread, what.up_to, what.status, simple))


def ours(delivery_id: str | None) -> UUID | None:
    """Our id of a delivery as a platform brings it back; None for what somebody else gave along."""
    try:
        return UUID(delivery_id) if delivery_id else None
    except ValueError:
        return None
