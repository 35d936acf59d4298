"""Replies leave right after the commit, in order, once; what can't leave waits, or a person is told."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from rejoinder.channels.port.outgoing import NotTaken, Refused
from rejoinder.db import Database
from rejoinder.outbound import decide
from rejoinder.outbound.sending.backlog import Backlog
from rejoinder.outbound.sending.deliver import deliver
from rejoinder.outbound.upkeep import reconcile
from rejoinder.testing import ScriptedModel
from rejoinder.worker import Work
from tests.eventually import eventually
from tests.outbound.conftest import Deliveries, Receiver
from tests.scenarios.shop import FALLBACK, Shop, working

DUE_NOW = """
UPDATE deliveries SET next_try_at = clock_timestamp(), sending_until = least(sending_until, clock_timestamp())
WHERE workspace_id = $1 AND status IN ('queued', 'sending')
"""

JOBS = "SELECT execute_after - now() FROM pgqueuer WHERE entrypoint = 'deliver.rest' AND $1::uuid IS NOT NULL"


async def test_a_reply_leaves_right_after_the_commit_without_a_job(
    shop: Shop, work: Work, receiver: Receiver, deliveries: Deliveries
) -> None:
    message = await shop.says("Hello", external_id="m-1", thread="thread 7")
    await receiver.called(1)
    sent = receiver.got[0]
    assert (sent.text, sent.attempt, sent.thread_key) == ("Read: Hello", 1, "thread 7")
    assert (sent.answers, sent.conversation_id) == (["m-1"], message.conversation_id)
    assert sent.settings == {"callback_url": "https://receiver.example/hook"}
    await eventually(lambda: _are(deliveries, [("sent", 1, None)]))
    assert await shop.sql(JOBS) == []
    assert (await shop.messages(message))[-1].status == "sent"


async def test_a_channel_without_a_callback_sends_nothing(
    opens: object, db: Database, shop: Shop, work: Work, receiver: Receiver, deliveries: Deliveries
) -> None:
    await shop.sql("UPDATE channels SET settings = '{}' WHERE workspace_id = $1")
    message = await shop.says("Hello")
    assert (await shop.outcome(message)).status == "answered"
    assert await deliveries() == [("sent", 0, None)]
    assert receiver.got == []


async def test_what_is_not_taken_comes_again_and_later_replies_wait_for_it(
    shop: Shop, work: Work, receiver: Receiver, deliveries: Deliveries
) -> None:
    receiver.script += [NotTaken("the receiver answered 503", retry_after=3000)]
    await shop.outcome(await shop.says("one"))
    await eventually(lambda: _are(deliveries, [("queued", 1, "the receiver answered 503")]))
    await shop.outcome(await shop.says("two"))
    assert [delay[0] > timedelta(seconds=2900) for delay in await shop.sql(JOBS)] == [True]
    assert receiver.texts == ["Read: one"]
    await shop.sql(DUE_NOW)
    await reconcile.sweep(shop.db, timedelta(0))
    await receiver.called(3)
    assert receiver.texts == ["Read: one", "Read: one", "Read: two"]
    assert receiver.got[0].delivery_id == receiver.got[1].delivery_id
    await eventually(lambda: _are(deliveries, [("sent", 2, None), ("sent", 1, None)]))


async def test_a_job_brings_it_back_when_its_pause_is_over(
    shop: Shop,
    work: Work,
    receiver: Receiver,
    deliveries: Deliveries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(decide, "PAUSES", (timedelta(0),) * 9)
    receiver.script += [NotTaken("cut"), NotTaken("cut")]
    await shop.says("Hello")
    await receiver.called(3)
    await eventually(lambda: _are(deliveries, [("sent", 3, None)]))


async def test_what_is_refused_fails_aloud(
    shop: Shop, work: Work, receiver: Receiver, deliveries: Deliveries
) -> None:
    receiver.script += [Refused("it wants no more")]
    await shop.says("Hello")
    await eventually(lambda: _are(deliveries, [("failed", 1, "it wants no more")]))
    assert (await shop.events())[-1] == "delivery.failed"
    await shop.says("Are you there?")
    await receiver.called(2)
    await eventually(
        lambda: _are(deliveries, [("failed", 1, "it wants no more"), ("sent", 1, None)])
    )


async def test_a_sender_that_raises_is_tried_again(
    shop: Shop, work: Work, receiver: Receiver, deliveries: Deliveries
) -> None:
    receiver.script += [RuntimeError("a bug")]
    await shop.says("Hello")
    await eventually(
        lambda: _are(deliveries, [("queued", 1, "sending failed here (RuntimeError)")])
    )


async def test_the_fallback_of_a_turn_given_up_leaves_too(
    db: Database, shop: Shop, receiver: Receiver
) -> None:
    message = await shop.says("Hello")
    await shop.sql("UPDATE turns SET attempt = 99 WHERE workspace_id = $1")
    async with working(db, ScriptedModel(), receiver.send):
        await receiver.called(1)
        assert receiver.texts == [FALLBACK]
        assert (await shop.outcome(message)).status == "failed"


async def test_many_at_once_send_each_delivery_once(
    db: Database, shop: Shop, model: ScriptedModel, receiver: Receiver, deliveries: Deliveries
) -> None:
    """Commits, jobs and sweepers race for the same conversation."""
    async with working(db, model, receiver.send):
        for number in range(5):
            message = await shop.says(f"{number}")
            await shop.outcome(message)
            async with asyncio.TaskGroup() as racing:
                for _ in range(8):
                    racing.create_task(
                        deliver(db, receiver.send, shop.workspace_id, message.conversation_id)
                    )
        await eventually(lambda: _are(deliveries, [("sent", 1, None)] * 5))
    assert receiver.texts == [f"Read: {number}" for number in range(5)]


async def test_what_a_stopped_worker_was_sending_goes_back(
    db: Database, shop: Shop, model: ScriptedModel, receiver: Receiver, deliveries: Deliveries
) -> None:
    receiver.hold()
    async with working(db, model):
        await shop.outcome(await shop.says("Hello"))
        await eventually(lambda: _are(deliveries, [("queued", 1, "this worker sends nowhere")]))
    await shop.sql(DUE_NOW)
    conversation = (
        await shop.sql("SELECT conversation_id FROM conversations WHERE workspace_id = $1")
    )[0][0]
    task = asyncio.create_task(deliver(db, receiver.send, shop.workspace_id, conversation))
    await receiver.called(1)
    assert (await deliveries())[0][:2] == ("sending", 2)
    task.cancel()
    await asyncio.wait([task])
    assert await deliveries() == [("queued", 2, "the worker stopped")]
    assert receiver.open == 0


async def test_what_a_dead_worker_was_sending_is_found(
    db: Database, shop: Shop, model: ScriptedModel, receiver: Receiver, deliveries: Deliveries
) -> None:
    """Its claim runs out; what it says later, as if it had only been stopped, changes nothing."""
    dead = Receiver()
    dead.hold()
    async with working(db, model, dead.send):
        await shop.outcome(await shop.says("Hello"))
        await dead.called(1)
        assert await reconcile.sweep(db, timedelta(0)) == 0  # it is being sent: nobody else's
        await shop.sql(DUE_NOW)
        conversation = dead.got[0].conversation_id
        await deliver(db, receiver.send, shop.workspace_id, conversation)
        assert await deliveries() == [("sent", 2, None)]
        dead.script += [Refused("too late")]
        dead.release()
    assert await deliveries() == [("sent", 2, None)]
    assert receiver.got[0].delivery_id == dead.got[0].delivery_id


async def test_the_sweep_finds_each_orphan_once(
    db: Database, shop: Shop, model: ScriptedModel, deliveries: Deliveries
) -> None:
    async with working(db, model):
        for text in ("one", "two"):
            await shop.outcome(await shop.says(text))
    await shop.sql("DELETE FROM pgqueuer WHERE $1::uuid IS NOT NULL")
    await shop.sql(
        """UPDATE deliveries SET next_try_at = clock_timestamp() - interval '11 s'
           WHERE workspace_id = $1"""
    )
    assert await reconcile.sweep(db) == 1  # the head; the other waits behind it
    assert await reconcile.sweep(db) == 0
    assert len(await shop.sql(JOBS)) == 1


async def _are(look: Deliveries, wanted: list[tuple[str, int, str | None]]) -> bool:
    return await look() == wanted


async def test_more_than_there_are_places_for_wait_without_a_job(
    db: Database, shop: Shop, model: ScriptedModel, receiver: Receiver, deliveries: Deliveries
) -> None:
    receiver.hold()
    async with working(db, model, receiver.send) as work:
        work.dispatch._backlogs["rest"] = Backlog(slots=2, most=100)
        for number in range(6):
            message = await shop.says("Hello", thread=f"{number}", customer=f"{number}")
            assert (await shop.outcome(message)).status == "answered"
        await receiver.called(2)
        assert (receiver.open, await shop.sql(JOBS)) == (2, [])
        receiver.release()
        await eventually(lambda: _are(deliveries, [("sent", 1, None)] * 6))
    assert len(receiver.got) == 6


async def test_a_person_who_took_over_is_not_talked_over(
    shop: Shop, work: Work, receiver: Receiver, deliveries: Deliveries
) -> None:
    """What waited is withheld at once, what was being sent when it comes back."""
    receiver.script += [NotTaken("busy")]
    receiver.hold()
    await shop.says("one")
    await receiver.called(1)
    await shop.outcome(await shop.says("two"))
    await shop.says("I'm Ann. Let me see.", sender_type="agent")
    assert [each[0] for each in await deliveries()] == ["sending", "withheld"]
    receiver.release()
    await eventually(
        lambda: _are(deliveries, [("withheld", 1, "busy"), ("withheld", 0, "an agent took over")])
    )
    assert receiver.texts == ["Read: one"]
