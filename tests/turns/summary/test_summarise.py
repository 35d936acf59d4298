"""A long conversation is summarised by the bot's model; a failure changes nothing but the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import aiohttp
import pytest

from rejoinder.bots import store as bots
from rejoinder.bots.known import Bots
from rejoinder.bots.policies import BotSettings
from rejoinder.db import Database, new_id
from rejoinder.llm.calling.chain import Chain
from rejoinder.llm.chains import Chains
from rejoinder.llm.choose import Account, Accounts
from rejoinder.llm.formats.openai import OpenAIModel
from rejoinder.llm.local.model import LocalModel
from rejoinder.net.http import session
from rejoinder.queue.jobs import Taken
from rejoinder.queue.lanes import SUMMARIES
from rejoinder.testing import OpenAIStub
from rejoinder.testing.model_stub import Canned
from rejoinder.turns.summary import store
from rejoinder.turns.summary.jobs import job
from rejoinder.turns.summary.lane import Summaries
from rejoinder.turns.summary.summarise import Means, summarise, writers
from rejoinder.usage.budgets import Budgets
from tests.test_constraints import House, furnish

NOTES = "Ann wants to return order 1041."
NOBODY = Account(None, None, "none")


@dataclass
class Scene:
    """A conversation, and the model that is asked about it."""

    db: Database
    house: House
    stub: OpenAIStub
    means: Means

    async def say(self, first: int, last: int, text: str = "words {}") -> None:
        """Messages of these numbers, the odd ones the customer's."""
        for seq in range(first, last + 1):
            ours = {"direction": "outbound", "sender_type": "ai"} if seq % 2 == 0 else {}
            row = self.house.message(seq=seq, text=text.format(seq), **ours)
            await self.house.add("messages", row)

    async def change(self, **settings: Any) -> None:
        """Other settings of the bot."""
        async with self.db.transaction(self.house.workspace_id) as tx:
            bot = await bots.bot_to_change(tx, self.house.bot_id)
            assert bot is not None
            changed = replace(bot, settings=BotSettings.model_validate(settings))
            await bots.change_bot(tx, replace(changed, history_messages=4))
        self.means = replace(self.means, bots=Bots(self.db))

    async def summarise(self) -> bool:
        return await summarise(self.means, self.house.workspace_id, self.house.conversation_id)

    async def kept(self) -> tuple[str, int]:
        """The summary, and up to where it tells."""
        async with self.db.read(self.house.workspace_id) as read:
            found = await store.summarised(read, self.house.conversation_id)
        assert found is not None
        return found.summary, found.seq

    async def calls(self) -> list[dict[str, Any]]:
        """The ledger."""
        rows = await self.house.connection.fetch(
            "SELECT purpose, outcome, turn_id, contact_id, bot_id, prompt FROM ai_response_logs"
            " WHERE workspace_id = $1 ORDER BY log_id",
            self.house.workspace_id,
        )
        return [dict(row) for row in rows]

    def asked(self, number: int = -1) -> str:
        """What the model was told, but for the rules."""
        return str(self.stub.requests[number].body["messages"][-1]["content"])


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with session() as http:
        yield http


@pytest.fixture
async def scene(
    db: Database, workspace_id: UUID, http: aiohttp.ClientSession
) -> AsyncIterator[Scene]:
    connection = await db.session("rejoinder tests summary")
    async with OpenAIStub(reply=lambda _: NOTES) as stub:
        model = OpenAIModel("gpt", api_key="key", base_url=stub.base_url, session=http)
        chains = Chains(Accounts(NOBODY, NOBODY, NOBODY), http, Chain([model]))
        house = await furnish(connection, workspace_id)
        means = Means(db, Bots(db), chains, Budgets(db), timeout=5)
        made = Scene(db, house, stub, means)
        await made.change()
        yield made
    await connection.execute("DELETE FROM workspaces WHERE workspace_id = $1", workspace_id)
    await connection.close()


async def test_what_is_in_the_window_is_not_summarised(scene: Scene) -> None:
    await scene.say(1, 4)
    assert await scene.summarise() is False
    assert (await scene.kept(), scene.stub.requests) == (("", 0), [])


async def test_what_is_older_is_summarised_from_the_notes_so_far(scene: Scene) -> None:
    await scene.say(1, 5)
    await scene.summarise()
    assert await scene.kept() == (NOTES, 3)
    assert "<summary>" not in scene.asked()
    assert "words 3" in scene.asked()
    assert "words 4" not in scene.asked()
    await scene.summarise()
    assert len(scene.stub.requests) == 1
    await scene.say(6, 8)
    await scene.summarise()
    assert await scene.kept() == (NOTES, 6)
    assert f"<summary>\n{NOTES}\n</summary>" in scene.asked()
    assert "<reply>\nwords 4\n</reply>" in scene.asked()
    assert "words 3" not in scene.asked()


async def test_it_asks_for_plain_text_and_is_booked_as_a_summary(scene: Scene) -> None:
    await scene.say(1, 5)
    await scene.summarise()
    assert "response_format" not in scene.stub.requests[0].body
    (call,) = await scene.calls()
    assert call.pop("prompt")
    assert call == {
        "purpose": "summarise",
        "outcome": "ok",
        "turn_id": None,
        "contact_id": scene.house.contact_id,
        "bot_id": scene.house.bot_id,
    }


async def test_no_provider_sees_personal_data(scene: Scene) -> None:
    scene.stub.reply = lambda _: "Write to [EMAIL_1]."
    await scene.say(1, 5, "my address is ann{}@example.com")
    await scene.summarise()
    assert "@example.com" not in str(scene.stub.requests[0].body)
    assert await scene.kept() == ("Write to ann1@example.com.", 3)
    assert "@example.com" not in (await scene.calls())[0]["prompt"]


@pytest.mark.parametrize(
    "failing", [Canned(500, b"{}"), Canned(401, b"{}"), Canned(200, b"not json")]
)
async def test_a_model_that_fails_changes_nothing_and_is_booked(
    scene: Scene, failing: Canned
) -> None:
    scene.stub.script.append(failing)
    await scene.say(1, 5)
    assert await scene.summarise() is False
    assert await scene.kept() == ("", 0)
    assert [call["outcome"] for call in await scene.calls()] == ["error"]


@pytest.mark.parametrize(
    "said", ['{"decision": "answer", "reply": "hi"}', "<think>hm</think>", " "]
)
async def test_what_is_no_notes_is_not_kept(scene: Scene, said: str) -> None:
    scene.stub.reply = lambda _: said
    await scene.say(1, 5)
    await scene.summarise()
    assert await scene.kept() == ("", 0)


async def test_of_two_at_once_one_counts(scene: Scene) -> None:
    async with scene.db.statement(scene.house.workspace_id) as tx:
        here = scene.house.conversation_id
        assert await store.keep(tx, here, "ours", 3, 0)
        assert not await store.keep(tx, here, "late", 4, 0)
        assert not await store.keep(tx, here, "backwards", 2, 3)
    assert await scene.kept() == ("ours", 3)


@pytest.mark.parametrize(
    "settings", [{"speak": {"summarise": False}}, {"spend": {"bot_usd_a_day": 0}}]
)
async def test_a_bot_that_wants_none_or_may_not_spend_gets_none(
    scene: Scene, settings: dict[str, Any]
) -> None:
    await scene.change(**settings)
    await scene.say(1, 5)
    assert await scene.summarise() is False
    assert scene.stub.requests == []


async def test_a_backlog_is_read_in_pieces(scene: Scene) -> None:
    await scene.say(1, 203)
    assert await scene.summarise() is True
    assert (await scene.kept())[1] == 200
    assert await scene.summarise() is False
    assert (await scene.kept())[1] == 200


async def test_the_lane_takes_a_conversation_once_and_ends_orderly(scene: Scene) -> None:
    await scene.say(1, 5)
    lane = Summaries(scene.means, slots=2)
    made = job(scene.house.workspace_id, scene.house.conversation_id)
    assert made.lane == SUMMARIES
    taken = Taken(made.lane, made.payload, 0)
    await lane.wake(taken)
    await lane.wake(taken)
    assert lane.room() == 1
    await lane.drain(5)
    assert await scene.kept() == (NOTES, 3)
    assert len(scene.stub.requests) == 1
    assert lane.room() == 0
    await lane.wake(taken)
    await lane.drain(0)
    assert len(scene.stub.requests) == 1


async def test_a_conversation_that_is_gone_is_nobodys_business(scene: Scene) -> None:
    lane = Summaries(scene.means, slots=1)
    made = job(scene.house.workspace_id, new_id())
    await lane.wake(Taken(made.lane, made.payload, 0))
    await asyncio.wait_for(lane.freed.wait(), 5)
    await lane.drain(1)
    assert scene.stub.requests == []


def test_only_models_that_write_notes_are_asked() -> None:
    assert writers(Chain([LocalModel()])) is None
