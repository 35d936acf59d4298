"""People take conversations over, write in them, release, close and cancel."""

from __future__ import annotations

import asyncio

import pytest

from rejoinder.channels.port.outgoing import Outgoing, Receipt, Taken
from rejoinder.db import Database, new_id
from rejoinder.errors import Conflict, MessageConflict, NotFound
from rejoinder.inbound.edit import delete
from rejoinder.inbound.model import Received
from rejoinder.inbound.reply import Replied, reply
from rejoinder.testing import ScriptedModel
from rejoinder.turns.hands.cancel import cancel_conversation, cancel_turn
from rejoinder.turns.hands.close import close
from rejoinder.turns.hands.release import release
from rejoinder.turns.hands.take_over import take
from tests.eventually import eventually
from tests.scenarios.conftest import OpenShop
from tests.scenarios.shop import Shop, working


def writes(
    shop: Shop, message: Received, text: str, agent: str = "anna", external_id: str | None = None
) -> asyncio.Task[Replied]:
    """A person answers in the conversation."""
    return asyncio.ensure_future(
        reply(
            shop.db,
            shop.workspace_id,
            message.conversation_id,
            agent=agent,
            text=text,
            external_id=external_id,
        )
    )


class TestTakingOver:
    @pytest.mark.usefixtures("work")
    async def test_the_bot_stops_and_keeps_silent(self, shop: Shop, model: ScriptedModel) -> None:
        model.hold()
        message = await shop.says("Hello")
        call = await model.called(1)
        await take(shop.db, shop.workspace_id, message.conversation_id, "anna")
        await model.until(lambda: call.state == "cancelled")
        later = await shop.says("Still there?")
        assert later.turn_id is None
        assert (await shop.conversation(message)).agent == "anna"
        assert await shop.attempts() == [(1, "handed_off")]

    async def test_of_two_at_once_one_wins(self, shop: Shop) -> None:
        message = await shop.says("Hello")
        took = await asyncio.gather(
            *(
                take(shop.db, shop.workspace_id, message.conversation_id, agent)
                for agent in ("anna", "bo", "chai", "duc")
            ),
            return_exceptions=True,
        )
        refused = [each for each in took if isinstance(each, Conflict)]
        assert (took.count(None), len(refused)) == (1, 3)
        holder = (await shop.conversation(message)).agent
        assert all(str(each).startswith(f"{holder} holds") for each in refused)
        assert (await shop.events()).count("conversation.handed_off") == 1

    async def test_again_by_the_same_one_is_once(self, shop: Shop) -> None:
        message = await shop.says("Hello")
        for _ in range(2):
            await take(shop.db, shop.workspace_id, message.conversation_id, "anna")
        assert (await shop.events()).count("conversation.handed_off") == 1

    async def test_of_one_that_is_not_there(self, shop: Shop) -> None:
        for act in (take, release, close):
            with pytest.raises(NotFound):
                await act(shop.db, shop.workspace_id, new_id(), "anna")


class TestWriting:
    async def test_who_writes_takes_it_over_and_the_message_leaves(
        self, db: Database, opens: OpenShop
    ) -> None:
        shop = await opens()
        await shop.sql(
            """UPDATE channels SET settings = '{"callback_url": "http://receiver"}'
               WHERE workspace_id = $1"""
        )
        sent: list[Outgoing] = []

        async def send(outgoing: Outgoing) -> Receipt:
            sent.append(outgoing)
            return Taken()

        message = await shop.says("Hello")
        await take(shop.db, shop.workspace_id, message.conversation_id, "anna")
        async with working(db, ScriptedModel(), send):
            written = await writes(shop, message, "Good morning, I am Anna.")

            async def left() -> bool:
                rows = await shop.sql(
                    "SELECT status FROM deliveries WHERE workspace_id = $1 AND message_id = $2",
                    written.message_id,
                )
                return [row[0] for row in rows] == ["sent"]

            await eventually(left)
        assert [(each.sender_type, each.text) for each in sent] == [
            ("agent", "Good morning, I am Anna.")
        ]
        assert (await shop.conversation(message)).agent == "anna"

    async def test_the_running_answer_stops(
        self, shop: Shop, model: ScriptedModel, work: object
    ) -> None:
        model.hold()
        message = await shop.says("Hello")
        call = await model.called(1)
        await writes(shop, message, "I help you.")
        await model.until(lambda: call.state == "cancelled")
        assert [m.text for m in await shop.messages(message)] == ["Hello", "I help you."]
        assert await shop.events() == [
            "conversation.opened",
            "message.received",
            "turn.started",
            "conversation.handed_off",
            "message.sent",
        ]

    async def test_another_agent_is_refused_and_nothing_stored(self, shop: Shop) -> None:
        message = await shop.says("Hello")
        await writes(shop, message, "I help you.")
        with pytest.raises(Conflict, match="anna holds"):
            await writes(shop, message, "No, I do.", agent="bo")
        assert len(await shop.messages(message)) == 2

    async def test_the_same_message_again_is_stored_once(self, shop: Shop) -> None:
        message = await shop.says("Hello")
        first = await writes(shop, message, "Hi.", external_id="r-1")
        again = await writes(shop, message, "Hi.", external_id="r-1")
        assert (again.message_id, again.duplicate) == (first.message_id, True)
        with pytest.raises(MessageConflict):
            await writes(shop, message, "Something else.", external_id="r-1")
        assert len(await shop.messages(message)) == 2

    async def test_the_same_again_after_it_was_closed_or_handed_on(self, shop: Shop) -> None:
        message = await shop.says("Hello")
        first = await writes(shop, message, "Hi.", external_id="r-1")
        await release(shop.db, shop.workspace_id, message.conversation_id, "anna")
        await take(shop.db, shop.workspace_id, message.conversation_id, "bo")
        again = await writes(shop, message, "Hi.", external_id="r-1")
        assert (again.message_id, again.duplicate) == (first.message_id, True)
        await close(shop.db, shop.workspace_id, message.conversation_id, "bo")
        again = await writes(shop, message, "Hi.", external_id="r-1")
        assert (again.message_id, again.duplicate) == (first.message_id, True)
        with pytest.raises(Conflict, match="closed"):
            await writes(shop, message, "Hi.", external_id="r-2")


class TestReleasing:
    @pytest.mark.usefixtures("work")
    async def test_what_nobody_answered_is_answered_now(
        self, shop: Shop, model: ScriptedModel
    ) -> None:
        first = await shop.says("Hello")
        await shop.outcome(first)
        await writes(shop, first, "I take care of it.")
        await shop.says("Thanks. And when do you open?")
        last = await shop.says("On Sunday, I mean")
        turn_id = await release(shop.db, shop.workspace_id, first.conversation_id, "anna")
        outcome = await shop.outcome(last)
        assert outcome.turn_id == turn_id
        assert (await shop.replies(first))[-1] == (
            "Read: Thanks. And when do you open? | On Sunday, I mean"
        )

    async def test_what_a_person_answered_is_not_answered_again(self, shop: Shop) -> None:
        first = await shop.says("Hello")
        await take(shop.db, shop.workspace_id, first.conversation_id, "anna")
        await shop.says("When do you open?")
        await writes(shop, first, "At nine.")
        assert await release(shop.db, shop.workspace_id, first.conversation_id, "anna") is None
        assert (await shop.conversation(first)).state == "bot"
        assert (await shop.conversation(first)).agent is None

    @pytest.mark.usefixtures("work")
    async def test_what_the_takeover_stopped_is_answered_after_all(
        self, shop: Shop, model: ScriptedModel
    ) -> None:
        model.hold()
        first = await shop.says("When do you open?")
        stopped = await model.called(1)
        await take(shop.db, shop.workspace_id, first.conversation_id, "anna")
        await model.until(lambda: stopped.state == "cancelled")
        model.release()
        turn_id = await release(shop.db, shop.workspace_id, first.conversation_id, "anna")
        outcome = await shop.outcome(first)
        assert (outcome.status, outcome.turn_id) == ("answered", turn_id)
        assert await shop.replies(first) == ["Read: When do you open?"]

    async def test_so_is_what_a_withheld_reply_had_answered(
        self, db: Database, opens: OpenShop
    ) -> None:
        shop = await opens()
        await shop.sql(
            """UPDATE channels SET settings = '{"callback_url": "http://receiver"}'
               WHERE workspace_id = $1"""
        )
        async with working(db, ScriptedModel()):  # it sends nowhere
            first = await shop.says("When do you open?")
            await shop.outcome(first)

            async def waits_for_its_next_try() -> bool:
                rows = await shop.sql(
                    "SELECT status, attempts FROM deliveries WHERE workspace_id = $1"
                )
                return [tuple(row) for row in rows] == [("queued", 1)]

            await eventually(waits_for_its_next_try)
            await take(shop.db, shop.workspace_id, first.conversation_id, "anna")
            turn_id = await release(shop.db, shop.workspace_id, first.conversation_id, "anna")
            assert turn_id is not None
            assert (await shop.outcome(first)).turn_id == turn_id

    async def test_what_was_taken_back_is_not_answered(self, shop: Shop) -> None:
        first = await shop.says("Hello")
        await writes(shop, first, "Hi.")
        later = await shop.says("Never mind")
        await delete(shop.db, shop.workspace_id, later.message_id)
        assert await release(shop.db, shop.workspace_id, first.conversation_id, "anna") is None

    async def test_twice_is_once(self, shop: Shop) -> None:
        first = await shop.says("Hello")
        await take(shop.db, shop.workspace_id, first.conversation_id, "anna")
        await shop.says("One more")
        assert await release(shop.db, shop.workspace_id, first.conversation_id, "anna")
        assert await release(shop.db, shop.workspace_id, first.conversation_id, "anna") is None
        assert (await shop.events()).count("conversation.released") == 1


class TestClosing:
    @pytest.mark.usefixtures("work")
    async def test_nothing_more_is_answered_and_the_next_message_opens_another(
        self, shop: Shop, model: ScriptedModel
    ) -> None:
        model.hold()
        first = await shop.says("Hello")
        call = await model.called(1)
        for _ in range(2):
            await close(shop.db, shop.workspace_id, first.conversation_id, "anna")
        await model.until(lambda: call.state == "cancelled")
        model.release()
        second = await shop.says("Hello again")
        assert second.conversation_id != first.conversation_id
        assert (await shop.outcome(second)).status == "answered"
        assert (await shop.outcome(first)).status == "silent"
        assert (await shop.conversation(first)).state == "closed"

    async def test_a_closed_one_takes_nothing(self, shop: Shop) -> None:
        first = await shop.says("Hello")
        await close(shop.db, shop.workspace_id, first.conversation_id, "anna")
        for act in (take, release, cancel_conversation):
            with pytest.raises(Conflict, match="closed"):
                await act(shop.db, shop.workspace_id, first.conversation_id, "anna")
        with pytest.raises(Conflict, match="closed"):
            await writes(shop, first, "Too late")


class TestCancelling:
    @pytest.mark.usefixtures("work")
    async def test_a_running_turn_stops_and_the_waiting_one_is_answered(
        self, opens: OpenShop, model: ScriptedModel
    ) -> None:
        shop = await opens(overlap_policy="enqueue")
        model.hold()
        first = await shop.says("one")
        call = await model.called(1)
        second = await shop.says("two")
        assert first.turn_id is not None
        await cancel_turn(shop.db, shop.workspace_id, first.turn_id, "anna")
        await model.until(lambda: call.state == "cancelled")
        model.release()
        assert (await shop.outcome(second)).status == "answered"
        assert (await shop.outcome(first)).status == "silent"
        assert await shop.replies(first) == ["Read: two"]
        assert await shop.turns() == ["cancelled", "committed"]

    @pytest.mark.usefixtures("work")
    async def test_one_that_has_ended_says_how(self, shop: Shop) -> None:
        message = await shop.says("one")
        await shop.outcome(message)
        assert message.turn_id is not None
        with pytest.raises(Conflict, match="ended already: committed"):
            await cancel_turn(shop.db, shop.workspace_id, message.turn_id, "anna")

    @pytest.mark.usefixtures("work")
    async def test_one_that_was_superseded_says_by_what(
        self, shop: Shop, model: ScriptedModel
    ) -> None:
        model.hold()
        first = await shop.says("one")
        await model.called(1)
        second = await shop.says("two")
        assert first.turn_id is not None
        with pytest.raises(Conflict, match=f"went to the turn {second.turn_id}"):
            await cancel_turn(shop.db, shop.workspace_id, first.turn_id, "anna")
        model.release()

    async def test_one_that_is_not_there(self, shop: Shop) -> None:
        with pytest.raises(NotFound):
            await cancel_turn(shop.db, shop.workspace_id, new_id(), "anna")

    async def test_all_of_a_conversation(self, shop: Shop) -> None:
        message = await shop.says("one")
        cancelled = [
            await cancel_conversation(shop.db, shop.workspace_id, message.conversation_id, "anna")
            for _ in range(2)
        ]
        assert cancelled == [1, 0]
        assert (await shop.conversation(message)).state == "bot"
