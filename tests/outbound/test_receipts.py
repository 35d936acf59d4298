"""What the platform reports of a message comes early, late, twice and in any order: it only ever moves forward."""

from __future__ import annotations

import asyncio
from itertools import permutations
from uuid import UUID

import pytest

from rejoinder.channels.port.outgoing import NotTaken, Refused, Unsure
from rejoinder.db import Database, new_id
from rejoinder.errors import Conflict, Invalid, NotFound
from rejoinder.outbound.decide import Reported
from rejoinder.outbound.told.receipt import receive_receipt
from tests.outbound.conftest import Receiver
from tests.outbound.outbox import Outbox

LOST = "the request was sent and not answered"


@pytest.mark.parametrize("reports", list(permutations(("delivered", "read", "failed"))))
async def test_they_come_in_any_order(
    outbox: Outbox, receiver: Receiver, reports: tuple[Reported, ...]
) -> None:
    (message,) = await outbox.bot("one")
    await outbox.send(receiver.send)
    for report in reports:
        await _report(outbox, message, report)
    assert await outbox.statuses() == ["read" if "read" in reports else "delivered"]
    opened = [each[2] for each in await outbox.letters()]
    assert set(opened) <= {"reconciled"}  # whatever failed first had arrived after all


async def test_one_that_comes_before_the_answer_counts_as_sent(
    outbox: Outbox, receiver: Receiver
) -> None:
    receiver.hold()
    receiver.script += [NotTaken("503")]
    (message, _) = await outbox.bot("one", "two")
    sending = asyncio.create_task(outbox.send(receiver.send))
    await receiver.called(1)
    assert await _report(outbox, message, "delivered") == "delivered"
    assert len(await outbox.jobs()) == 1  # whoever sends may be dead: the next one can go
    receiver.release()
    await sending
    assert await outbox.statuses() == ["delivered", "sent"]
    assert receiver.texts == ["one", "two"]


async def test_it_tells_what_became_of_one_that_nobody_knew(
    forgetful: Outbox, receiver: Receiver
) -> None:
    receiver.script += [Unsure(LOST)]
    (message, _) = await forgetful.bot("one", "two")
    await forgetful.send(receiver.send)
    assert await _report(forgetful, message, "delivered") == "delivered"
    assert await forgetful.letters() == [(LOST, 1, "reconciled")]
    await forgetful.send(receiver.send)  # without waiting out the 15 s
    assert await forgetful.statuses() == ["delivered", "sent"]


async def test_one_that_waits_for_its_next_try_was_taken_at_the_last(
    outbox: Outbox, receiver: Receiver
) -> None:
    """The answer got lost, and the receiver knows repeats: so it waits to be sent again, and need not."""
    receiver.script += [NotTaken(LOST)]
    (message,) = await outbox.bot("one")
    assert await _report(outbox, message, "delivered") == "queued"  # never tried: that can't be
    await outbox.send(receiver.send)
    assert await _report(outbox, message, "read") == "read"


async def test_a_failure_calls_a_person_and_keeps_the_rest_back(
    forgetful: Outbox, receiver: Receiver
) -> None:
    (message, *_) = await forgetful.bot("one", "two")
    receiver.script += [Unsure(LOST)]
    await forgetful.send(receiver.send)
    assert await _report(forgetful, message, "failed", "no such number") == "failed"
    assert await forgetful.statuses() == ["failed", "withheld"]
    assert await forgetful.letters() == [(LOST, 1, None)]  # open already
    assert (await forgetful.shop.events())[-2:] == ["delivery.unknown", "delivery.failed"]


async def test_a_failure_while_it_waits_for_its_next_try(
    outbox: Outbox, receiver: Receiver
) -> None:
    receiver.script += [NotTaken("503")]
    (message, *_) = await outbox.bot("one", "two")
    await outbox.send(receiver.send)
    await _report(outbox, message, "failed", "blocked by the customer")
    assert await outbox.statuses() == ["failed", "withheld"]
    assert await outbox.letters() == [("blocked by the customer", 1, None)]


async def test_one_that_was_given_up_may_have_arrived(outbox: Outbox, receiver: Receiver) -> None:
    receiver.script += [Refused("400")]
    (message,) = await outbox.bot("one")
    await outbox.send(receiver.send)
    assert await _report(outbox, message, "delivered") == "delivered"
    assert [each[2] for each in await outbox.letters()] == ["reconciled"]


async def test_a_message_that_is_not_sent_from_here_has_none(db: Database, outbox: Outbox) -> None:
    shop = outbox.shop
    asked = await shop.says("Hi", thread="mine")
    with pytest.raises(Invalid, match="written by the customer"):
        await _report(outbox, asked.message_id, "read")
    told = await shop.says("I am Ann.", thread="mine", sender_type="agent")
    with pytest.raises(Conflict, match="handed in by you"):
        await _report(outbox, told.message_id, "read")
    (message,) = await outbox.bot("one")
    for workspace_id, message_id in ((shop.workspace_id, new_id()), (new_id(), message)):
        with pytest.raises(NotFound):
            await receive_receipt(db, workspace_id, message_id, "read")


async def _report(outbox: Outbox, message: UUID, status: Reported, error: str = "") -> str:
    shop = outbox.shop
    return await receive_receipt(shop.db, shop.workspace_id, message, status, error)
