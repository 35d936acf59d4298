"""Each platform has a lane of its own for what was not sent right after its commit."""

from __future__ import annotations

from rejoinder.db import Database
from rejoinder.outbound.alarm import job
from rejoinder.outbound.sending.dispatch import Dispatch
from rejoinder.queue.jobs import DELIVER, Taken
from rejoinder.queue.lanes import platform_of
from tests.eventually import eventually
from tests.outbound.conftest import OpenOutbox, Receiver
from tests.outbound.outbox import Outbox


async def test_a_job_says_whom_to_send_for_and_through_what(
    db: Database, outbox: Outbox, receiver: Receiver
) -> None:
    dispatch = Dispatch(db, receiver.send)
    made = job(outbox.shop.workspace_id, outbox.conversation_id, "rest")
    assert (made.lane, platform_of(made.lane)) == ("deliver.rest", "rest")
    for lane in (made.lane, DELIVER):  # the second: from before each platform had its own
        await outbox.bot("text")
        await dispatch.wake(Taken(lane, made.payload, 0))

    async def both() -> bool:
        return await outbox.statuses() == ["sent", "sent"]

    await eventually(both)
    await dispatch.drain(5)


async def test_what_waits_when_a_worker_stops_goes_back_to_its_platform_s_lane(
    db: Database, outbox: Outbox, receiver: Receiver
) -> None:
    dispatch = Dispatch(db, receiver.send)
    dispatch._closing = True
    for platform in ("rest", "pancake"):
        dispatch.soon(outbox.shop.workspace_id, outbox.conversation_id, platform)
    await dispatch.drain(0)
    for platform in ("rest", "pancake"):
        there = Outbox(outbox.shop, outbox.conversation_id, outbox.channel_id, platform)
        assert len(await there.jobs()) == 1


async def test_a_platform_that_is_slow_takes_no_place_from_another(
    db: Database, outboxes: OpenOutbox, receiver: Receiver
) -> None:
    dispatch = Dispatch(db, receiver.send, slots={"deliver.rest": 1, "deliver.pancake": 1})
    receiver.hold()
    slow, waits, other = [await outboxes() for _ in range(3)]
    for outbox, platform in ((slow, "rest"), (waits, "rest"), (other, "pancake")):
        await outbox.bot(platform)
        dispatch.soon(outbox.shop.workspace_id, outbox.conversation_id, platform)
    await receiver.called(2)
    assert {outgoing.conversation_id for outgoing in receiver.got} == {
        slow.conversation_id,
        other.conversation_id,
    }
    receiver.release()
    await receiver.called(3)
    await dispatch.drain(5)
