"""A message whose fate nobody knows is not sent again by itself, holds the others for a while, and a person is told."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from rejoinder.channels.port.outgoing import NotTaken, Unsure
from rejoinder.outbound.upkeep import reconcile
from tests.outbound.conftest import Receiver
from tests.outbound.outbox import Outbox, never

LOST = "the request was sent and not answered"
OVER = "held_until = clock_timestamp()"
DEAD = "sending_until = clock_timestamp() - interval '1 s'"


async def test_a_person_is_told_at_once(forgetful: Outbox, receiver: Receiver) -> None:
    receiver.script += [Unsure(LOST)]
    await forgetful.bot("one", "two")
    await forgetful.send(receiver.send)
    assert await forgetful.look() == [("one", "unknown"), ("two", "queued")]
    assert await forgetful.letters() == [(LOST, 1, None)]
    assert (await forgetful.shop.events())[-1] == "delivery.unknown"


async def test_the_bot_goes_on_after_15_seconds_and_what_was_lost_sight_of_stays(
    forgetful: Outbox, receiver: Receiver
) -> None:
    receiver.script += [Unsure(LOST)]
    await forgetful.bot("one", "two")
    await forgetful.send(receiver.send)
    await forgetful.send(never)
    (woken,) = await forgetful.jobs()
    assert timedelta(seconds=10) < woken <= timedelta(seconds=15)
    assert await reconcile.sweep(forgetful.shop.db, timedelta(0)) == 0  # held is not late
    await forgetful.change(OVER, "unknown")
    await forgetful.send(receiver.send)
    assert receiver.texts == ["one", "two"]
    assert await forgetful.statuses() == ["unknown", "sent"]


async def test_the_sweep_finds_what_was_not_woken_when_the_hold_was_over(
    forgetful: Outbox, receiver: Receiver
) -> None:
    receiver.script += [Unsure(LOST)]
    await forgetful.bot("one", "two")
    await forgetful.send(receiver.send)
    await forgetful.change("held_until = clock_timestamp() - interval '11 s'", "unknown")
    await forgetful.change("created_at = clock_timestamp() - interval '26 s'", "queued")
    assert await reconcile.sweep(forgetful.shop.db) == 1
    assert await reconcile.sweep(forgetful.shop.db) == 0


@pytest.mark.parametrize("head", [Unsure(LOST), NotTaken("busy", 600)])
async def test_a_person_s_message_waits_for_none_of_the_bot_s(
    forgetful: Outbox, receiver: Receiver, head: Unsure | NotTaken
) -> None:
    receiver.script += [head]
    await forgetful.bot("bot one", "bot two")
    await forgetful.send(receiver.send)
    await forgetful.person("person one")
    await forgetful.person("person two")
    await forgetful.send(receiver.send)
    assert receiver.texts == ["bot one", "person one", "person two"]


async def test_a_person_s_messages_stay_in_order(forgetful: Outbox, receiver: Receiver) -> None:
    receiver.script += [NotTaken("busy", 600)]
    await forgetful.person("one")
    await forgetful.send(receiver.send)
    await forgetful.person("two")
    await forgetful.bot("three")
    await forgetful.send(never)
    await forgetful.change("next_try_at = NULL", "queued")
    await forgetful.send(receiver.send)
    assert receiver.texts == ["one", "one", "two", "three"]


async def test_a_person_s_message_that_is_not_taken_comes_again_once_they_have_taken_over(
    outbox: Outbox, receiver: Receiver
) -> None:
    await outbox.shop.sql("UPDATE conversations SET state = 'agent' WHERE workspace_id = $1")
    receiver.script += [NotTaken("busy")]
    await outbox.person("one")
    await outbox.send(receiver.send)
    assert await outbox.statuses() == ["queued"]
    assert len(await outbox.jobs()) == 1


async def test_what_a_killed_sender_had_in_hand_is_not_sent_again(
    forgetful: Outbox, receiver: Receiver
) -> None:
    """It may have been taken: killed after the request was written, or before, nobody can tell."""
    receiver.hold()
    await forgetful.bot("one", "two")
    killed = asyncio.create_task(forgetful.send(receiver.send))
    await receiver.called(1)
    assert await reconcile.sweep(forgetful.shop.db) == 0
    await forgetful.change(DEAD, "sending")
    assert await reconcile.sweep(forgetful.shop.db) == 1
    assert await reconcile.sweep(forgetful.shop.db) == 0  # found once; its job is on its way
    await forgetful.send(never)
    assert await forgetful.statuses() == ["unknown", "queued"]
    assert [each[1:] for each in await forgetful.letters()] == [(1, None)]
    # It was only stopped, and says now that it was taken after all.
    receiver.release()
    await killed
    assert await forgetful.statuses() == ["sent", "sent"]
    assert [each[1:] for each in await forgetful.letters()] == [(1, "reconciled")]
    assert receiver.texts == ["one", "two"]


async def test_a_killed_sender_of_one_that_knows_repeats_is_followed_by_another(
    outbox: Outbox, receiver: Receiver
) -> None:
    receiver.hold()
    await outbox.bot("one")
    killed = asyncio.create_task(outbox.send(receiver.send))
    await receiver.called(1)
    await outbox.change(DEAD, "sending")
    other = asyncio.create_task(outbox.send(receiver.send))
    await receiver.called(2)
    receiver.release()
    await asyncio.gather(killed, other)
    assert receiver.texts == ["one", "one"]
    assert len({outgoing.delivery_id for outgoing in receiver.got}) == 1
    assert await outbox.statuses() == ["sent"]


async def test_a_worker_that_stops_in_the_middle_leaves_it_unknown(
    forgetful: Outbox, receiver: Receiver
) -> None:
    receiver.hold()
    await forgetful.bot("one")
    stopped = asyncio.create_task(forgetful.send(receiver.send))
    await receiver.called(1)
    stopped.cancel()
    await asyncio.wait([stopped])
    assert await forgetful.statuses() == ["unknown"]
    assert len(await forgetful.letters()) == 1


async def test_a_sender_that_raises_may_have_sent_it(forgetful: Outbox, receiver: Receiver) -> None:
    receiver.script += [RuntimeError("a bug")]
    await forgetful.bot("one")
    await forgetful.send(receiver.send)
    assert await forgetful.statuses() == ["unknown"]
