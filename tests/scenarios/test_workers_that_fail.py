"""Workers crash, stall, lose wake-ups and are stopped; the customer gets one answer all the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from rejoinder.db import Database
from rejoinder.errors import LostTurn
from rejoinder.inbound.model import Received
from rejoinder.queue.jobs import enqueue_alone
from rejoinder.testing import ScriptedModel
from rejoinder.turns.attempt.claim import claim
from rejoinder.turns.attempt.commit import commit
from rejoinder.turns.model import Claimed, Verdict, Worker
from rejoinder.turns.schedule import wake
from rejoinder.turns.upkeep import store as upkeep
from rejoinder.turns.upkeep.rescue import rescue, sweep
from rejoinder.worker import Work
from tests.eventually import eventually
from tests.scenarios.conftest import OpenShop
from tests.scenarios.shop import FALLBACK, Shop, working

DEAD = Worker(2_000_000_000, "a worker whose lock is free")
ANSWER = Verdict("committed", ("The first owner's answer",), "answer")


async def claimed_by(worker: Worker, shop: Shop, message: Received) -> Claimed:
    claimed = await claim(shop.db, shop.workspace_id, message.conversation_id, worker)
    assert claimed is not None
    return claimed


@asynccontextmanager
async def living(db: Database) -> AsyncIterator[Worker]:
    """A worker that holds its lock and does nothing."""
    connection = await db.session("rejoinder tests worker")
    try:
        yield Worker(await upkeep.register(connection, "living"), "living")
    finally:
        await connection.close()


async def expire(shop: Shop) -> None:
    await shop.sql(
        """UPDATE turns SET lease_until = clock_timestamp() - interval '1 s'
           WHERE workspace_id = $1 AND state = 'running'"""
    )


async def run(shop: Shop, *statements: str) -> None:
    async with shop.db.maintenance() as maintenance:
        for statement in statements:
            await maintenance.connection.execute(statement)


async def queued(shop: Shop) -> int:
    """How many wake-ups of the shop wait in the queue."""
    found = await shop.sql(
        "SELECT FROM pgqueuer WHERE status = 'queued' AND substr(payload, 1, 16) = uuid_send($1)"
    )
    return len(found)


class TestAnAnswerThatCrashes:
    """The model, or our own code, raises what nobody expects."""

    async def test_it_is_tried_again(self, shop: Shop, model: ScriptedModel, work: Work) -> None:
        model.script.append(RuntimeError("a bug"))
        message = await shop.says("Hello")
        assert (await shop.outcome(message)).status == "answered"
        assert await shop.replies(message) == ["Read: Hello"]
        assert await shop.attempts() == [(1, "failed"), (2, "committed")]

    async def test_it_is_given_up_aloud(
        self, opens: OpenShop, model: ScriptedModel, work: Work
    ) -> None:
        shop = await opens(max_attempts=1)
        model.script.append(RuntimeError("a bug"))
        message = await shop.says("Hello")
        outcome = await shop.outcome(message)
        assert outcome.status == "failed"
        assert [reply.text for reply in outcome.replies] == [FALLBACK]
        assert (await shop.conversation(message)).state == "waiting"
        assert len(model.calls) == 1

    async def test_what_came_meanwhile_is_answered_with_it(
        self, opens: OpenShop, model: ScriptedModel, work: Work
    ) -> None:
        shop = await opens(overlap_policy="enqueue")
        model.script.append(RuntimeError("a bug"))
        model.hold()
        await shop.says("one")
        await model.called(1)
        later = await shop.says("two")
        model.release()
        assert (await shop.outcome(later)).status == "answered"
        assert await shop.replies(later) == ["Read: one | two"]

    async def test_its_call_is_in_the_ledger(
        self, opens: OpenShop, model: ScriptedModel, work: Work
    ) -> None:
        """Also when its turn joins a waiting one, which tells the worker at once that it lost it."""
        shop = await opens(overlap_policy="enqueue")
        model.script.append(RuntimeError("a bug"))
        model.hold()
        await shop.says("one")
        await model.called(1)
        later = await shop.says("two")
        model.release()
        await shop.outcome(later)

        async def both() -> list[str]:
            calls = await shop.sql(
                "SELECT outcome FROM ai_response_logs WHERE workspace_id = $1 ORDER BY created_at"
            )
            return [call["outcome"] for call in calls] if len(calls) > 1 else []

        assert sorted(await eventually(both, seconds=3)) == ["error", "ok"]


class TestAWakeUpThatIsLost:
    """A wake-up carries no truth: lost, late or doubled, it does no harm."""

    async def test_the_sweeper_sends_another(self, shop: Shop, model: ScriptedModel) -> None:
        message = await shop.says("Hello")
        await shop.sql("DELETE FROM pgqueuer WHERE $1::uuid IS NOT NULL")
        assert await sweep(shop.db) == 0, "it is not late yet"
        await shop.sql(
            """UPDATE turns SET due_at = due_at - interval '11 s', woken_at = woken_at - interval '11 s'
               WHERE workspace_id = $1"""
        )
        assert await sweep(shop.db) == 1
        assert await sweep(shop.db) == 0, "one wake-up is on its way"
        async with working(shop.db, model):
            assert (await shop.outcome(message)).status == "answered"

    async def test_many_wake_ups_make_one_answer(self, shop: Shop, model: ScriptedModel) -> None:
        message = await shop.says("Hello")
        async with shop.db.transaction(shop.workspace_id) as tx:
            await enqueue_alone(tx, [wake(shop.workspace_id, message.conversation_id)] * 6)
        async with working(shop.db, model), working(shop.db, model):
            await shop.outcome(message)
            await shop.outcome(await shop.says("And another"))
        assert await shop.replies(message) == ["Read: Hello", "Read: And another"]

    async def test_one_for_a_conversation_that_is_gone_is_nothing(
        self, shop: Shop, model: ScriptedModel
    ) -> None:
        assert await claim(shop.db, shop.workspace_id, shop.channel_id, DEAD) is None


class TestALeaseThatIsLost:
    """Rescue takes a turn from a worker that is dead or late; only the newest owner may answer."""

    async def test_a_dead_workers_turn_is_taken_at_once(self, shop: Shop) -> None:
        await claimed_by(DEAD, shop, await shop.says("Hello"))
        assert await rescue(shop.db) == 1
        assert await shop.turns() == ["waiting"]
        assert await shop.attempts() == [(1, "expired")]

    async def test_a_living_workers_turn_is_left_alone_until_its_lease_runs_out(
        self, shop: Shop
    ) -> None:
        async with living(shop.db) as worker:
            await claimed_by(worker, shop, await shop.says("Hello"))
            await rescue(shop.db)
            assert await shop.turns() == ["running"]
            await expire(shop)
            await rescue(shop.db)
            assert await shop.turns() == ["waiting"]

    async def test_the_first_owner_may_still_answer_while_nobody_else_does(
        self, shop: Shop
    ) -> None:
        message = await shop.says("Hello")
        first = await claimed_by(DEAD, shop, message)
        await rescue(shop.db)
        await commit(shop.db, first, ANSWER, [], message.message_id)
        assert (await shop.outcome(message)).status == "answered"
        assert await shop.attempts() == [(1, "committed")]

    async def test_the_first_owner_may_not_once_another_has_claimed(self, shop: Shop) -> None:
        message = await shop.says("Hello")
        first = await claimed_by(DEAD, shop, message)
        await rescue(shop.db)
        second = await claimed_by(DEAD, shop, message)
        with pytest.raises(LostTurn):
            await commit(shop.db, first, ANSWER, [], message.message_id)
        await commit(shop.db, second, ANSWER, [], message.message_id)
        assert len(await shop.replies(message)) == 1

    async def test_the_first_owner_may_not_once_a_message_has_joined(self, shop: Shop) -> None:
        message = await shop.says("Hello")
        first = await claimed_by(DEAD, shop, message)
        await rescue(shop.db)
        await shop.says("and one more thing")
        with pytest.raises(LostTurn):
            await commit(shop.db, first, ANSWER, [], message.message_id)
        assert await shop.replies(message) == []

    async def test_nobody_answers_twice(self, shop: Shop) -> None:
        message = await shop.says("Hello")
        async with living(shop.db) as worker:
            claimed = await claimed_by(worker, shop, message)
            await commit(shop.db, claimed, ANSWER, [], message.message_id)
            with pytest.raises(LostTurn):
                await commit(shop.db, claimed, ANSWER, [], message.message_id)
        assert len(await shop.replies(message)) == 1

    async def test_attempts_end_aloud(self, opens: OpenShop) -> None:
        shop = await opens(max_attempts=2)
        message = await shop.says("Hello")
        for _ in range(2):
            await claimed_by(DEAD, shop, message)
            await rescue(shop.db)
        assert await claim(shop.db, shop.workspace_id, message.conversation_id, DEAD) is None
        assert (await shop.outcome(message)).status == "failed"
        assert await shop.replies(message) == [FALLBACK]

    async def test_a_message_that_joins_afterwards_has_its_quiet_window(
        self, opens: OpenShop
    ) -> None:
        shop = await opens(quiet_seconds=60, max_wait_seconds=300)
        message = await shop.says("Hello", waits=True)
        await claimed_by(DEAD, shop, message)
        await shop.sql(
            "UPDATE turns SET opened_at = opened_at - interval '1 hour' WHERE workspace_id = $1"
        )
        await rescue(shop.db)
        await shop.says("I am still typing")
        (turn,) = await shop.sql(
            "SELECT due_at - clock_timestamp() AS left FROM turns WHERE workspace_id = $1"
        )
        assert turn["left"] > timedelta(seconds=30)

    async def test_a_worker_that_claims_the_same_turn_again_keeps_its_new_lease(
        self, shop: Shop, model: ScriptedModel, work: Work
    ) -> None:
        model.hold()
        message = await shop.says("Hello")
        first = await model.called(1)

        async def lost() -> bool:
            if await shop.attempts() == [
                (1, None)
            ]:  # the lease may be renewed before it is seen to be over
                await expire(shop)
                await rescue(shop.db)
            return len(model.calls) == 2

        await eventually(lost)
        await model.until(lambda: first.state == "cancelled")
        await shop.sql(
            """UPDATE turns SET lease_until = clock_timestamp() + interval '5 s'
               WHERE workspace_id = $1 AND state = 'running'"""
        )

        async def renewed() -> bool:
            (turn,) = await shop.sql(
                """SELECT lease_until > clock_timestamp() + interval '9 s' AS renewed FROM turns
                   WHERE workspace_id = $1 AND state = 'running'"""
            )
            return bool(turn["renewed"])

        await eventually(renewed, seconds=4)
        assert model.calls[1].state == "open"

        async def first_has_ended() -> bool:
            return len(work.desk.lease.tasks) == 1

        await eventually(first_has_ended)
        model.release()
        await shop.outcome(message)
        assert await shop.attempts() == [(1, "expired"), (2, "committed")]

    async def test_one_turn_that_cannot_be_moved_does_not_keep_the_others(
        self, shop: Shop, model: ScriptedModel
    ) -> None:
        stuck = await claimed_by(DEAD, shop, await shop.says("stuck", thread="one"))
        other = await shop.says("Hello", thread="two")
        await claimed_by(DEAD, shop, other)
        await run(
            shop,
            """CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS
               $$BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END$$""",
            f"""CREATE TRIGGER disk_full BEFORE UPDATE ON turns FOR EACH ROW
                WHEN (OLD.turn_id = '{stuck.turn_id}') EXECUTE FUNCTION disk_full()""",
        )
        try:
            async with working(shop.db, model):
                assert (await shop.outcome(other)).status == "answered"
                await run(shop, "DROP FUNCTION disk_full CASCADE")

                async def answered() -> bool:
                    return await shop.turns() == ["committed", "committed"]

                assert await eventually(answered)
        finally:
            await run(shop, "DROP FUNCTION IF EXISTS disk_full CASCADE")


class TestASessionThatIsLost:
    """A worker's session holds the lock that says it lives."""

    async def test_an_idle_worker_takes_nothing_until_it_has_a_new_one(
        self, shop: Shop, model: ScriptedModel, work: Work
    ) -> None:
        """Else the turn would be taken from it at once, as from a dead one, and cost an attempt."""
        await shop.outcome(await shop.says("Before"))
        (old,) = await shop.sql(
            """SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()
               AND application_name = 'rejoinder worker' AND $1::uuid IS NOT NULL"""
        )

        async def gone() -> bool:
            return not await shop.sql(
                "SELECT 1 FROM pg_stat_activity WHERE pid = $2 AND $1::uuid IS NOT NULL", old["pid"]
            )

        await eventually(gone)
        model.hold()
        message = await shop.says("After")
        await model.called(2)
        assert await rescue(shop.db) == 0
        model.release()
        await shop.outcome(message)
        assert await shop.attempts() == [(1, "committed"), (1, "committed")]


class TestAWorkerThatIsStopped:
    """Running turns finish within the deadline or go to another worker."""

    async def test_what_runs_finishes_first(self, shop: Shop, model: ScriptedModel) -> None:
        model.hold()
        stop = asyncio.Event()

        async def until_stopped() -> None:
            async with working(shop.db, model, drain_seconds=30):
                await stop.wait()

        worker = asyncio.create_task(until_stopped())
        message = await shop.says("Hello")
        ask = await model.called(1)
        stop.set()
        unanswered = await shop.says("Too late for this worker", thread="other")
        ask.release()
        await worker
        assert (await shop.outcome(message)).status == "answered"
        assert await shop.attempts() == [(1, "committed")]
        assert await shop.replies(unanswered) == []

    async def test_what_does_not_finish_is_answered_by_another(self, shop: Shop) -> None:
        slow, quick = ScriptedModel(), ScriptedModel()
        slow.hold()
        async with working(shop.db, slow):
            message = await shop.says("Hello")
            ask = await slow.called(1)
        assert ask.state == "cancelled"
        assert await shop.turns() == ["waiting"]
        async with working(shop.db, quick):
            assert (await shop.outcome(message)).status == "answered"
        assert await shop.attempts() == [(1, "returned"), (1, "committed")]
        calls = await shop.sql(
            "SELECT outcome FROM ai_response_logs WHERE workspace_id = $1 ORDER BY created_at"
        )
        assert [call["outcome"] for call in calls] == ["cancelled", "ok"]

    async def test_a_wake_up_without_a_slot_goes_to_another(self, shop: Shop) -> None:
        slow, quick = ScriptedModel(), ScriptedModel()
        slow.hold()
        async with working(shop.db, slow, max_turns=1):
            await shop.says("one", thread="one")
            await slow.called(1)
            waits = await shop.says("two", thread="two")
            assert await queued(shop) == 1, "there is no place for it here"
        assert await queued(shop) == 2, "and one wake-up for what was handed back"
        async with working(shop.db, quick):
            assert (await shop.outcome(waits)).status == "answered"
        assert len(slow.calls) == 1
