"""A platform that is throttled or knows us no more pauses its channel; nothing is lost, and it costs no tries."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from rejoinder.bots import store as bots
from rejoinder.channels.port.outgoing import (
    BadCredential,
    Outgoing,
    Receipt,
    RecipientThrottled,
    Throttled,
    WindowClosed,
)
from rejoinder.cli.doctor import store as doctor
from rejoinder.db import Database
from rejoinder.outbound.decide import PAUSES
from rejoinder.outbound.upkeep import reconcile
from rejoinder.outbound.upkeep.pause import end_pauses, resume_now
from tests.outbound.conftest import OpenOutbox, Receiver
from tests.outbound.outbox import Outbox, never
from tests.scenarios.shop import Shop

PAUSE_OVER = """
UPDATE channels SET paused_until = clock_timestamp() WHERE workspace_id = $1 AND paused_until IS NOT NULL
RETURNING true
"""
LONG_AGO = "created_at = clock_timestamp() - interval '1 hour'"


async def test_a_throttled_channel_waits_as_a_whole_and_goes_on_by_itself(
    outboxes: OpenOutbox, receiver: Receiver
) -> None:
    one, two = await outboxes(), await outboxes()
    receiver.script += [Throttled("429", 300)]
    await one.bot("one")
    await one.send(receiver.send)
    await two.bot("two")
    await two.send(never)
    (woken,) = await one.jobs()
    assert timedelta(seconds=290) < woken <= timedelta(seconds=301)
    assert await one.shop.sql(PAUSE_OVER)
    assert await end_pauses(one.shop.db) == 1
    assert len(await two.jobs()) == 1
    await one.change("next_try_at = NULL", "queued")
    for outbox in (one, two):
        await outbox.send(receiver.send)
        assert await outbox.statuses() == ["sent"]


async def test_being_throttled_costs_no_tries(outbox: Outbox, receiver: Receiver) -> None:
    await outbox.bot("one")
    for _ in range(len(PAUSES) + 5):
        receiver.script += [Throttled("429")]
        await outbox.send(receiver.send)
        await outbox.shop.sql(PAUSE_OVER)
        await outbox.change("next_try_at = NULL", "queued")
    await outbox.send(receiver.send)
    assert await outbox.statuses() == ["sent"]


async def test_a_throttled_customer_holds_up_nobody_else(
    outboxes: OpenOutbox, receiver: Receiver
) -> None:
    one, two = await outboxes(), await outboxes()
    receiver.script += [RecipientThrottled("429", 300)]
    await one.bot("one", "one more")
    await one.send(receiver.send)
    await one.send(never)
    await two.bot("two")
    await two.send(receiver.send)
    assert receiver.texts == ["one", "two"]
    assert await one.statuses() == ["queued", "queued"]


async def test_a_closed_window_gives_the_message_up(outbox: Outbox, receiver: Receiver) -> None:
    receiver.script += [WindowClosed("24 hours are over")]
    await outbox.bot("one", "two")
    await outbox.send(receiver.send)
    assert await outbox.look() == [("one", "failed"), ("two", "withheld")]
    assert await outbox.letters() == [("24 hours are over", 1, None)]


async def test_a_channel_that_is_not_accepted_waits_for_the_operator(
    db: Database, outboxes: OpenOutbox, receiver: Receiver
) -> None:
    one, two = await outboxes(), await outboxes()
    receiver.script += [BadCredential("401")]
    await one.bot("one")
    await one.send(receiver.send)
    await two.bot("two")
    for outbox in (one, two):
        await outbox.change(LONG_AGO, "queued")
        await outbox.send(never)
    assert await _pause(one.shop) == (None, "401")
    assert await end_pauses(db) == 0
    assert await reconcile.sweep(db) == 0
    async with db.maintenance() as maintenance:
        assert (await doctor.waiting_deliveries(maintenance, timedelta(seconds=30))).late == 0
    await one.shop.sql("DELETE FROM pgqueuer WHERE $1::uuid IS NOT NULL")
    assert await resume_now(db, one.shop.workspace_id, one.channel_id) == 2
    assert await _pause(one.shop) is None
    assert await reconcile.sweep(db) == 0  # due from now on, not since an hour
    for outbox in (one, two):
        assert len(await outbox.jobs()) == 1
        await outbox.send(receiver.send)
        assert await outbox.statuses() == ["sent"]


async def test_new_credentials_let_it_go_on(outbox: Outbox, receiver: Receiver) -> None:
    receiver.script += [BadCredential("401")]
    await outbox.bot("one")
    await outbox.send(receiver.send)
    await _change(outbox, b"new")
    assert await end_pauses(outbox.shop.db) == 1
    await outbox.send(receiver.send)
    assert await outbox.statuses() == ["sent"]


async def test_what_is_learned_of_former_credentials_pauses_nothing(
    outbox: Outbox, receiver: Receiver
) -> None:
    """They were changed while the request with the old ones was on its way."""

    async def send(outgoing: Outgoing) -> Receipt:
        if outgoing.credentials == b"new":
            return await receiver.send(outgoing)
        await _change(outbox, b"new")
        return BadCredential("401")

    await outbox.bot("one")
    await outbox.send(send)
    assert await _pause(outbox.shop) is None
    assert await outbox.statuses() == ["sent"]


async def test_a_short_throttle_does_not_shorten_a_pause(
    outboxes: OpenOutbox, receiver: Receiver
) -> None:
    one, two = await outboxes(), await outboxes()

    async def send(outgoing: object) -> Throttled:
        receiver.script += [BadCredential("401")]
        await two.send(receiver.send)
        return Throttled("429", 1)

    for outbox in (one, two):
        await outbox.bot("text")
    await one.send(send)
    assert await _pause(one.shop) == (None, "401")


async def _pause(shop: Shop) -> tuple[object, str | None] | None:
    async with shop.db.read(shop.workspace_id) as read:
        channel = await bots.channel(read, shop.channel_id)
    assert channel is not None
    return (channel.pause.until, channel.pause.reason) if channel.pause else None


async def _change(outbox: Outbox, credentials: bytes) -> None:
    async with outbox.shop.db.transaction(outbox.shop.workspace_id) as tx:
        channel = await bots.channel_to_change(tx, outbox.channel_id)
        assert channel is not None
        await bots.change_channel(tx, replace(channel, credentials=credentials))
