"""A platform's receipts come early, late, twice and out of order: a delivery only moves forward, and none is lost."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from rejoinder.channels.port.event import Failure
from rejoinder.channels.port.outgoing import Unsure
from rejoinder.db import new_id
from rejoinder.outbound.decide import PAUSES, Heard
from tests.outbound.conftest import Receiver
from tests.outbound.outbox import never
from tests.outbound.told.conftest import Chat, taken


@pytest.mark.parametrize("order", list(permutations(("sent", "delivered", "read"))))
async def test_in_any_order_and_twice(
    chat: Chat, receiver: Receiver, order: tuple[Heard, ...]
) -> None:
    receiver.script += [taken()]
    await chat.outbox.bot("one")
    await chat.outbox.send(receiver.send)
    for status in (*order, *order):
        await chat.report(status)
    assert await chat.outbox.statuses() == ["read"]


@pytest.mark.parametrize("status", ["sent", "delivered", "read"])
async def test_one_before_the_answer_is_obeyed_with_it(
    chat: Chat, receiver: Receiver, status: Heard
) -> None:
    receiver.script += [taken()]
    receiver.hold()
    await chat.outbox.bot("one")
    sending = asyncio.create_task(chat.outbox.send(receiver.send))
    await receiver.called(1)
    assert await chat.report(status) is False
    assert await chat.outbox.statuses() == ["sending"]
    receiver.release()
    await sending
    assert await chat.outbox.statuses() == [status]
    ((platform_id, delivery_id, reported),) = await chat.rows()
    assert (platform_id, reported) == ("wamid.1", status)
    assert delivery_id is not None


async def test_one_before_an_answer_that_comes_when_its_sender_was_given_up(
    chat: Chat, receiver: Receiver
) -> None:
    receiver.script += [taken()]
    receiver.hold()
    await chat.outbox.bot("one")
    sending = asyncio.create_task(chat.outbox.send(receiver.send))
    await receiver.called(1)
    await chat.outbox.change("sending_until = now()", "sending")
    await chat.outbox.send(never)
    assert await chat.outbox.statuses() == ["unknown"]
    await chat.report("delivered")
    receiver.release()
    await sending
    assert await chat.outbox.statuses() == ["delivered"]


async def test_a_failure_before_the_answer_fails_with_it(chat: Chat, receiver: Receiver) -> None:
    receiver.script += [taken()]
    receiver.hold()
    await chat.outbox.bot("one", "two")
    sending = asyncio.create_task(chat.outbox.send(receiver.send))
    await receiver.called(1)
    await chat.report("failed", failure="permanent")
    receiver.release()
    await sending
    assert await chat.outbox.statuses() == ["failed", "withheld"]
    assert await chat.outbox.letters() == [("131000: it failed there", 1, None)]


async def test_the_answer_and_the_receipt_at_once(chat: Chat, receiver: Receiver) -> None:
    """Whoever writes the row first: the other waits for it, and sees it."""
    shop = chat.outbox.shop
    receiver.script += [taken()]
    receiver.hold()
    await chat.outbox.bot("one")
    sending = asyncio.create_task(chat.outbox.send(receiver.send))
    await receiver.called(1)
    async with shop.db.transaction(shop.workspace_id) as tx:
        await tx.connection.execute(
            """INSERT INTO platform_messages (workspace_id, channel_id, platform_id, reported)
               VALUES ($1, $2, 'wamid.1', 'read')""",
            shop.workspace_id,
            chat.outbox.channel_id,
        )
        receiver.release()
        reporting = asyncio.create_task(chat.report("delivered"))
        done, _ = await asyncio.wait({sending, reporting}, timeout=0.2)
        assert not done
    await asyncio.gather(sending, reporting)
    assert await chat.outbox.statuses() == ["read"]


async def test_ours_brought_back_settles_one_of_unknown_fate(
    chat: Chat, receiver: Receiver
) -> None:
    receiver.script += [Unsure("no answer")]
    (message, _) = await chat.outbox.bot("one", "two")
    await chat.outbox.send(receiver.send)
    assert await chat.outbox.statuses() == ["unknown", "queued"]
    delivery = await chat.outbox.delivery(message)
    assert await chat.report("sent", delivery=delivery)
    assert await chat.outbox.statuses() == ["sent", "queued"]
    assert await chat.outbox.letters() == [("no answer", 1, "reconciled")]
    assert await chat.rows() == [("wamid.1", delivery, "sent")]
    await chat.report("read")  # by the platform's id alone from now on
    assert await chat.outbox.statuses() == ["read", "queued"]


async def test_ours_alone_is_enough(chat: Chat, receiver: Receiver) -> None:
    receiver.script += [taken()]
    (message,) = await chat.outbox.bot("one")
    await chat.outbox.send(receiver.send)
    delivery = await chat.outbox.delivery(message)
    assert await chat.report("delivered", None, delivery=delivery)
    assert not await chat.report("delivered", None, delivery=new_id())
    assert await chat.outbox.statuses() == ["delivered"]


async def test_one_told_of_while_its_sender_lost_sight_of_it(
    chat: Chat, receiver: Receiver
) -> None:
    receiver.script += [Unsure("no answer")]
    receiver.hold()
    (message,) = await chat.outbox.bot("one")
    sending = asyncio.create_task(chat.outbox.send(receiver.send))
    await receiver.called(1)
    await chat.report("delivered", delivery=await chat.outbox.delivery(message))
    receiver.release()
    await sending
    assert await chat.outbox.statuses() == ["delivered"]
    assert await chat.outbox.letters() == []


async def test_another_channels_delivery_is_not_moved(chat: Chat, receiver: Receiver) -> None:
    other = new_id()
    assert not await chat.report("read", "wamid.of-somebody", delivery=other)
    assert await chat.rows() == [("wamid.of-somebody", None, "read")]


async def test_what_was_read_until_then(chat: Chat, receiver: Receiver) -> None:
    receiver.script += [taken("a"), taken("b")]
    await chat.outbox.bot("one", "two")
    await chat.outbox.send(receiver.send)
    assert not await chat.report("read", None, up_to=datetime.now(UTC) - timedelta(hours=1))
    assert await chat.report("read", None, up_to=datetime.now(UTC) + timedelta(seconds=5))
    assert await chat.outbox.statuses() == ["read", "read"]


@pytest.mark.parametrize("failure", ["transient", "throttled", "recipient_throttled"])
async def test_what_may_pass_is_sent_again(
    chat: Chat, receiver: Receiver, failure: Failure
) -> None:
    receiver.script += [taken("a"), taken("b")]
    await chat.outbox.bot("one")
    await chat.outbox.send(receiver.send)
    assert await chat.report("failed", "a", failure=failure)
    assert await chat.outbox.statuses() == ["queued"]
    (pause,) = await chat.outbox.jobs()
    assert timedelta() < pause <= PAUSES[0] * 1.25
    assert not await chat.report("failed", "a", failure=failure)
    assert not await chat.report("sent", "a")  # late: it failed after that
    await chat.outbox.change("next_try_at = now()", "queued")
    await chat.outbox.send(receiver.send)
    assert not await chat.report("failed", "a", failure=failure)  # the first try's, once more
    assert await chat.outbox.statuses() == ["sent"]
    assert receiver.texts == ["one", "one"]


async def test_it_is_not_sent_again_for_ever(chat: Chat, receiver: Receiver) -> None:
    await chat.outbox.bot("one")
    for number in range(len(PAUSES) + 1):
        receiver.script += [taken(f"a{number}")]
        await chat.outbox.send(receiver.send)
        assert await chat.report("failed", f"a{number}", failure="transient")
        if number < len(PAUSES):
            await chat.outbox.change("next_try_at = now()", "queued")
    assert await chat.outbox.statuses() == ["failed"]
    assert len(await chat.outbox.letters()) == 1


async def test_a_credential_that_is_no_longer_good_pauses_the_channel(
    chat: Chat, receiver: Receiver
) -> None:
    receiver.script += [taken()]
    await chat.outbox.bot("one")
    await chat.outbox.send(receiver.send)
    await chat.report("failed", failure="credential")
    assert await chat.outbox.statuses() == ["queued"]
    await chat.outbox.send(never)
    (row,) = await chat.outbox.shop.sql(
        "SELECT paused_until = 'infinity', paused_reason FROM channels WHERE workspace_id = $1"
    )
    assert tuple(row) == (True, "131000: it failed there")


@pytest.mark.parametrize("failure", [None, "permanent", "window_closed"])
async def test_the_rest_fails_and_calls_a_person(
    chat: Chat, receiver: Receiver, failure: Failure | None
) -> None:
    receiver.script += [taken()]
    await chat.outbox.bot("one")
    await chat.outbox.send(receiver.send)
    assert await chat.report("failed", failure=failure)
    assert not await chat.report("failed", failure=failure)
    assert await chat.outbox.statuses() == ["failed"]
    assert await chat.outbox.letters() == [("131000: it failed there", 1, None)]
    assert await chat.report("delivered")  # it had arrived after all
    assert await chat.outbox.statuses() == ["delivered"]


async def test_the_bot_does_not_talk_over_a_person(chat: Chat, receiver: Receiver) -> None:
    receiver.script += [taken()]
    await chat.outbox.bot("one")
    await chat.outbox.send(receiver.send)
    await chat.outbox.shop.sql(
        "UPDATE conversations SET state = 'agent', agent = 'Ann' WHERE workspace_id = $1 RETURNING true"
    )
    await chat.report("failed", failure="transient")
    assert await chat.outbox.statuses() == ["withheld"]


async def test_platform_ids_stand_in_the_messages_metadata(chat: Chat, receiver: Receiver) -> None:
    receiver.script += [taken("a", "b", "b", "", "c\x00")]
    await chat.outbox.bot("one")
    await chat.outbox.send(receiver.send)
    (row,) = await chat.outbox.shop.sql(
        "SELECT metadata FROM messages WHERE workspace_id = $1 AND direction = 'outbound'"
    )
    assert row[0]["platform_ids"] == ["a", "b", "b"]
    assert [each[0] for each in await chat.rows()] == ["a", "b"]
