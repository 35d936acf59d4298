"""A person has a message sent again that gave up, or whose fate nobody knows."""

from __future__ import annotations

from uuid import UUID

import pytest

from rejoinder.channels.port.outgoing import NotTaken, Refused, Unsure
from rejoinder.db import new_id
from rejoinder.errors import Conflict
from rejoinder.outbound.decide import PAUSES
from rejoinder.outbound.resend import resend
from rejoinder.outbound.upkeep import reconcile
from tests.outbound.conftest import Receiver
from tests.outbound.outbox import Outbox


@pytest.mark.parametrize("ended", [Refused("400"), Unsure("no answer")])
async def test_it_goes_out_once_more(
    forgetful: Outbox, receiver: Receiver, ended: Refused | Unsure
) -> None:
    receiver.script += [ended]
    (message,) = await forgetful.bot("one")
    await forgetful.send(receiver.send)
    await forgetful.change("created_at = clock_timestamp() - interval '1 day'", _status(ended))
    before = len(await forgetful.jobs())
    assert await _resend(forgetful, message)
    assert len(await forgetful.jobs()) == before + 1
    assert await reconcile.sweep(forgetful.shop.db) == 0  # due from now on, not since a day
    assert not await _resend(forgetful, message)  # it is on its way already
    await forgetful.send(receiver.send)
    assert receiver.texts == ["one", "one"]
    assert await forgetful.statuses() == ["sent"]


async def test_it_has_a_fresh_set_of_tries(outbox: Outbox, receiver: Receiver) -> None:
    (message,) = await outbox.bot("one")
    for _ in range(len(PAUSES) + 1):
        receiver.script += [NotTaken("503")]
        await outbox.send(receiver.send)
        if await outbox.statuses() == ["queued"]:
            await outbox.change("next_try_at = NULL", "queued")
    assert await outbox.statuses() == ["failed"]
    assert await outbox.letters() == [("503", len(PAUSES) + 1, None)]
    await _resend(outbox, message)
    receiver.script += [NotTaken("503")]
    await outbox.send(receiver.send)
    assert await outbox.statuses() == ["queued"]
    assert receiver.got[-1].attempt == len(PAUSES) + 2


async def test_what_was_withheld_stays_here(outbox: Outbox, receiver: Receiver) -> None:
    receiver.script += [Refused("400")]
    (_, rest) = await outbox.bot("one", "two")
    await outbox.send(receiver.send)
    with pytest.raises(Conflict, match="withheld"):
        await _resend(outbox, rest)


async def test_what_was_sent_or_is_unknown_here_is_left_alone(
    outbox: Outbox, receiver: Receiver
) -> None:
    (message,) = await outbox.bot("one")
    await outbox.send(receiver.send)
    assert not await _resend(outbox, message)
    async with outbox.shop.db.transaction(outbox.shop.workspace_id) as tx:
        assert not await resend(tx, new_id())


def _status(ended: Refused | Unsure) -> str:
    return "failed" if isinstance(ended, Refused) else "unknown"


async def _resend(outbox: Outbox, message: UUID) -> bool:
    delivery_id = await outbox.delivery(message)
    async with outbox.shop.db.transaction(outbox.shop.workspace_id) as tx:
        return await resend(tx, delivery_id)
