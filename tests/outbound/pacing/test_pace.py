"""No more is sent than a platform takes, in all processes together; what waits counts as queued."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest

from rejoinder.channels.port.adapter import Limits
from rejoinder.channels.registry import platform
from rejoinder.db import Database, new_id
from rejoinder.outbound.pacing.pace import Pacing, rate_of
from rejoinder.outbound.sending.deliver import deliver
from rejoinder.outbound.upkeep.reconcile import sweep
from rejoinder.state import reserve, room
from tests.outbound.conftest import Receiver
from tests.outbound.outbox import never
from tests.outbound.told.conftest import MOVE, Chat, chat

__all__ = ["chat"]


@dataclass
class Slept:
    """Notes how long is waited, and moves the buckets on instead of the clock."""

    db: Database
    seconds: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)
        async with self.db.maintenance() as maintenance:
            await maintenance.connection.execute(
                "UPDATE rate_limits SET full_at = full_at - $1::interval",
                timedelta(seconds=seconds),
            )


@pytest.mark.parametrize(
    ("limits", "rate"),
    [
        (Limits(text=1), None),
        (Limits(text=1, per_second=30), 30),
        (Limits(text=1, per_second=80, inbound_counts=True), 40),
        (Limits(text=1, per_second=2000), None),
    ],
)
def test_what_a_channel_may_send(limits: Limits, rate: float | None) -> None:
    assert rate_of(limits) == rate


async def test_places_are_reserved_one_after_the_other(db: Database, workspace_id: UUID) -> None:
    key = f"{new_id()}"
    async with db.read(workspace_id) as read:
        waits = [await reserve(read, key, uses=10, per_second=1) for _ in range(3)]
        other = await reserve(read, f"{new_id()}", uses=1, per_second=1)
    assert waits[0] == other == 0
    assert 9 < waits[1] <= 10
    assert 19 < waits[2] <= 20


async def test_a_customer_gets_some_at_once_and_then_one_at_a_time(
    db: Database, workspace_id: UUID
) -> None:
    key = f"{new_id()}"
    async with db.read(workspace_id) as read:
        waits = [await room(read, key, seconds=60, at_once=3) for _ in range(5)]
    assert waits[:3] == [None] * 3
    assert all(wait is not None and 59 < wait <= 60 for wait in waits[3:])


async def test_platforms_without_limits_are_asked_nothing(chat: Chat) -> None:
    shop = chat.outbox.shop
    slept = Slept(shop.db)
    await chat.outbox.bot("one")
    pacing = Pacing(shop.db, slept.sleep)
    for _ in range(3):
        assert await pacing.admit(shop.workspace_id, chat.outbox.conversation_id, "rest")
    assert slept.seconds == []


async def test_a_customer_is_not_flooded(chat: Chat, receiver: Receiver) -> None:
    """Telegram takes one message a second for a chat."""
    shop, conversation_id = chat.outbox.shop, chat.outbox.conversation_id
    await shop.sql(MOVE, "telegram")
    await chat.outbox.bot("one", "two")
    slept = Slept(shop.db)
    pacing = Pacing(shop.db, slept.sleep)
    seen: list[list[str]] = []

    async def admit() -> bool:
        admitted = await pacing.admit(shop.workspace_id, conversation_id, "telegram")
        seen.append(await chat.outbox.statuses())
        return admitted

    await deliver(shop.db, receiver.send, shop.workspace_id, conversation_id, admit)
    assert receiver.texts == ["one", "two"]
    assert seen == [["queued", "queued"], ["sent", "queued"], ["sent", "sent"]]
    assert 0.5 < sum(slept.seconds) <= 1.1


async def test_a_long_pause_is_left_to_a_job(chat: Chat) -> None:
    shop, conversation_id = chat.outbox.shop, chat.outbox.conversation_id
    adapter = platform("whatsapp_cloud")
    assert adapter is not None
    seconds, burst = adapter.limits.recipient_seconds, adapter.limits.recipient_burst
    assert seconds is not None
    await chat.outbox.bot("one")
    key = f"send {chat.outbox.channel_id} {conversation_id}"
    async with shop.db.read(shop.workspace_id) as read:
        while await room(read, key, seconds=seconds, at_once=burst) is None:
            pass
    slept = Slept(shop.db)
    pacing = Pacing(shop.db, slept.sleep)
    assert not await pacing.admit(shop.workspace_id, conversation_id, "whatsapp_cloud")
    assert slept.seconds == []
    assert await chat.outbox.statuses() == ["queued"]
    (delay,) = await chat.outbox.jobs()
    assert timedelta(seconds=3) < delay <= timedelta(seconds=seconds)
    # Until then nobody else need look: neither another job nor the sweep makes a second one.
    assert await pacing.admit(shop.workspace_id, conversation_id, "whatsapp_cloud")
    await deliver(shop.db, never, shop.workspace_id, conversation_id)
    assert await sweep(shop.db) == 0
    assert len(await chat.outbox.jobs()) == 1


async def test_what_waits_for_the_pace_is_not_late(chat: Chat) -> None:
    """A second who stood there for it, in another process say, would take the place of another."""
    shop = chat.outbox.shop
    await shop.sql(MOVE, "telegram")
    await chat.outbox.bot("one")
    await chat.outbox.change("created_at = now() - interval '1 minute'", "queued")
    async with shop.db.read(shop.workspace_id) as read:
        await reserve(read, f"send {chat.outbox.channel_id}", uses=300, per_second=30)
    assert await sweep(shop.db) == 0
    await Slept(shop.db).sleep(10)
    assert await sweep(shop.db) == 1


async def test_what_waits_for_the_pace_for_very_long_is_late(chat: Chat) -> None:
    shop = chat.outbox.shop
    await shop.sql(MOVE, "telegram")
    await chat.outbox.bot("one")
    await chat.outbox.change("created_at = now() - interval '1 hour'", "queued")
    async with shop.db.read(shop.workspace_id) as read:
        await reserve(read, f"send {chat.outbox.channel_id}", uses=300, per_second=30)
    assert await sweep(shop.db) == 1


async def test_where_nothing_is_due_no_place_is_taken(chat: Chat) -> None:
    shop, conversation_id = chat.outbox.shop, chat.outbox.conversation_id
    await shop.sql(MOVE, "telegram")
    pacing = Pacing(shop.db, Slept(shop.db).sleep)
    assert await pacing.admit(shop.workspace_id, conversation_id, "telegram")
    key = f"send {chat.outbox.channel_id} {conversation_id}"
    async with shop.db.read(shop.workspace_id) as read:
        assert await room(read, key, seconds=60) is None


async def test_one_waits_for_a_conversation(chat: Chat) -> None:
    shop, conversation_id = chat.outbox.shop, chat.outbox.conversation_id
    await shop.sql(MOVE, "telegram")
    await chat.outbox.bot("one")
    waits, goes = asyncio.Event(), asyncio.Event()

    async def sleep(_: float) -> None:
        waits.set()
        await goes.wait()

    pacing = Pacing(shop.db, sleep)
    assert await pacing.admit(shop.workspace_id, conversation_id, "telegram")
    first = asyncio.create_task(pacing.admit(shop.workspace_id, conversation_id, "telegram"))
    await waits.wait()
    assert not await pacing.admit(shop.workspace_id, conversation_id, "telegram")
    await Slept(shop.db).sleep(1)
    goes.set()
    assert await first
    await pacing.close()
