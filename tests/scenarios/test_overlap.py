"""What a new message does to an answer in the making: the policies beside the usual one."""

from __future__ import annotations

import pytest

from rejoinder.db import Database
from rejoinder.errors import Locked
from rejoinder.testing import ScriptedModel
from rejoinder.turns.attempt.claim import claim
from rejoinder.turns.attempt.commit import commit
from tests.eventually import eventually
from tests.scenarios.conftest import OpenShop
from tests.scenarios.shop import Shop, working
from tests.scenarios.test_workers_that_fail import ANSWER, living


class TestReject:
    """A bot that takes no message while it makes an answer."""

    @pytest.mark.usefixtures("work")
    async def test_a_caller_is_told_to_come_again_and_nothing_is_stored(
        self, opens: OpenShop, model: ScriptedModel
    ) -> None:
        shop = await opens(overlap_policy="reject")
        model.hold()
        first = await shop.says("one", external_id="1")
        await model.called(1)
        with pytest.raises(Locked):
            await shop.says("two", external_id="2")
        assert [message.text for message in await shop.messages(first)] == ["one"]
        model.release()
        assert (await shop.outcome(first)).status == "answered"
        again = await shop.says("two", external_id="2")
        await shop.outcome(again)
        assert await shop.replies(first) == ["Read: one", "Read: two"]

    @pytest.mark.usefixtures("work")
    async def test_the_message_being_answered_may_be_repeated(
        self, opens: OpenShop, model: ScriptedModel
    ) -> None:
        shop = await opens(overlap_policy="reject")
        model.hold()
        first = await shop.says("one", external_id="1")
        await model.called(1)
        again = await shop.says("one", external_id="1")
        assert (again.message_id, again.duplicate) == (first.message_id, True)
        model.release()

    async def test_a_burst_is_one_turn_all_the_same(self, opens: OpenShop) -> None:
        shop = await opens(overlap_policy="reject", quiet_seconds=60)
        first, second = await shop.says("one"), await shop.says("two")
        assert first.turn_id == second.turn_id

    @pytest.mark.usefixtures("work")
    async def test_a_platform_brings_a_message_once_so_there_it_queues(
        self, opens: OpenShop, model: ScriptedModel
    ) -> None:
        shop = await opens(overlap_policy="reject", platform="widget")
        model.hold()
        first = await shop.says("one")
        await model.called(1)
        second = await shop.says("two")
        model.release()
        await shop.outcome(second)
        assert await shop.replies(first) == ["Read: one", "Read: two"]


class TestRollback:
    """As `interrupt`, and what the stopped answer said is kept nowhere."""

    @pytest.mark.usefixtures("work")
    async def test_the_stopped_call_leaves_its_cost_and_no_text(
        self, opens: OpenShop, model: ScriptedModel
    ) -> None:
        shop = await opens(overlap_policy="rollback")
        model.hold()
        await shop.says("A green tea")
        stopped = await model.called(1)
        last = await shop.says("no, a black one")
        await model.until(lambda: stopped.state == "cancelled")
        model.release()
        await shop.outcome(last)
        assert await shop.replies(last) == ["Read: A green tea | no, a black one"]

        async def booked() -> dict[str, tuple[str, int]]:
            rows = await shop.sql(
                "SELECT outcome, prompt, tokens_used FROM ai_response_logs WHERE workspace_id = $1"
            )
            return {row[0]: (row[1], row[2]) for row in rows} if len(rows) == 2 else {}

        calls = await eventually(booked)
        assert calls["cancelled"][0] == ""
        assert calls["cancelled"][1] > 0
        assert "A green tea" in calls["ok"][0]
        assert await shop.attempts() == [(1, "superseded"), (1, "committed")]

    @pytest.mark.usefixtures("work")
    async def test_under_interrupt_the_text_is_kept(self, shop: Shop, model: ScriptedModel) -> None:
        """Else the test above would show nothing."""
        model.hold()
        await shop.says("A green tea")
        stopped = await model.called(1)
        last = await shop.says("no, a black one")
        await model.until(lambda: stopped.state == "cancelled")
        model.release()
        await shop.outcome(last)

        async def booked() -> list[str]:
            rows = await shop.sql(
                """SELECT prompt FROM ai_response_logs
                   WHERE workspace_id = $1 AND outcome = 'cancelled'"""
            )
            return [row[0] for row in rows]

        assert "A green tea" in (await eventually(booked))[0]


class TestStaleAnswers:
    """An answer that has not read everything is refused wherever it tries to go on."""

    async def test_before_it_is_generated(self, shop: Shop, model: ScriptedModel) -> None:
        """The messages are read only under the newest fence, so a model is not asked in vain."""
        message = await shop.says("Hello")
        async with living(shop.db) as worker:
            claimed = await claim(shop.db, shop.workspace_id, message.conversation_id, worker)
            assert claimed is not None
            await shop.says("I am Nok", sender_type="agent", customer="nok")
            async with working(shop.db, model) as work:
                await work.desk._run(claimed)
        assert model.calls == []
        assert await shop.replies(message) == []

    async def test_in_the_commit(self, shop: Shop) -> None:
        message = await shop.says("Hello")
        async with living(shop.db) as worker:
            claimed = await claim(shop.db, shop.workspace_id, message.conversation_id, worker)
            assert claimed is not None
            await shop.says("and one more thing")
            with pytest.raises(Exception, match="taken from this worker"):
                await commit(shop.db, claimed, ANSWER, [], None)
        assert await shop.replies(message) == []

    async def test_at_the_claim(self, shop: Shop, db: Database) -> None:
        """A wake-up for a turn that has ended claims nothing."""
        message = await shop.says("Hello")
        await shop.says("I am Nok", sender_type="agent", customer="nok")
        async with living(db) as worker:
            assert await claim(db, shop.workspace_id, message.conversation_id, worker) is None
