"""Each lane has its own limits, and a job that is none troubles nobody."""

from __future__ import annotations

import asyncio

from rejoinder.channels.port.outgoing import Outgoing, Receipt, Taken
from rejoinder.queue.jobs import Job, enqueue_on
from rejoinder.testing import ScriptedModel
from tests.eventually import eventually
from tests.scenarios.shop import Shop, working

CALLBACK = """
UPDATE channels SET settings = jsonb_build_object('callback_url', 'https://receiver.example/hook')
WHERE workspace_id = $1
"""


class Receiver:
    """Takes every reply."""

    def __init__(self) -> None:
        self.got: list[str] = []

    async def send(self, outgoing: Outgoing) -> Receipt:
        self.got.append(outgoing.text)
        return Taken()


async def test_a_lane_of_sending_keeps_its_rate_also_right_after_the_commit(
    shop: Shop, model: ScriptedModel
) -> None:
    await shop.sql(CALLBACK)
    receiver = Receiver()

    async def queued() -> int:
        (row,) = await shop.sql(
            """SELECT count(*) FROM pgqueuer
               WHERE $1::uuid IS NOT NULL AND entrypoint = 'deliver.rest' AND status = 'queued'"""
        )
        return int(row[0])

    async def all_but_one() -> bool:
        return len(receiver.got) == 1 and await queued() == 2

    async with working(shop.db, model, receiver.send, lanes="deliver.rest=@0.001/s"):
        for text in "abc":
            message = await shop.says(text, thread=text, customer=text)
            assert (await shop.outcome(message)).status == "answered"
        assert await eventually(all_but_one)
    assert len(receiver.got) == 1
    async with working(shop.db, model, receiver.send):

        async def three() -> bool:
            return len(receiver.got) == 3

        assert await eventually(three)
    assert sorted(receiver.got) == ["Read: a", "Read: b", "Read: c"]


async def test_a_lane_of_turns_has_so_many_at_once(shop: Shop, model: ScriptedModel) -> None:
    model.hold()
    async with working(shop.db, model, lanes="turns=2"), asyncio.timeout(30):
        messages = [await shop.says(text, thread=text, customer=text) for text in "abcd"]
        await model.called(2)
        model.calls[0].release()
        await model.called(3)
        assert [call.state for call in model.calls] == ["answered", "open", "open"]
        model.release()
        for message in messages:
            assert (await shop.outcome(message)).status == "answered"


async def test_jobs_that_are_none_are_held_and_customers_are_answered(
    shop: Shop, model: ScriptedModel
) -> None:
    jobs = [Job(lane, b"rubbish", priority=99) for lane in ("turns", "deliver.rest", "deliver")]
    async with shop.db.maintenance() as maintenance:
        await enqueue_on(maintenance.connection, [*jobs, Job("pigeons", b"x" * 32)])

    async def states() -> list[tuple[str, str]]:
        rows = await shop.sql(
            """SELECT entrypoint, status::text FROM pgqueuer
               WHERE $1::uuid IS NOT NULL AND payload IN ('rubbish', convert_to(repeat('x', 32), 'utf8'))
               ORDER BY entrypoint"""
        )
        return [tuple(row) for row in rows]

    held = [("deliver", "failed"), ("deliver.rest", "failed"), ("pigeons", "queued")]
    async with working(shop.db, model):
        assert (await shop.outcome(await shop.says("Hello"))).status == "answered"

        async def all_held() -> bool:
            return await states() == [*held, ("turns", "failed")]

        assert await eventually(all_held)
        assert (await shop.outcome(await shop.says("Again"))).status == "answered"
