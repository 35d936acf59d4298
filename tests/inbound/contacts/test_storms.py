"""Many things at once about the same people: nothing hangs, and nobody who left is answered."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest

from rejoinder.bots import store as bots
from rejoinder.bots.model import Channel
from rejoinder.conversations.contacts import store as contacts
from rejoinder.conversations.contacts.model import Identity
from rejoinder.db import Tx, new_id
from rejoinder.errors import LostTurn
from rejoinder.inbound.model import Received
from rejoinder.turns.attempt.claim import claim
from rejoinder.turns.attempt.commit import commit
from rejoinder.turns.model import Verdict, Worker
from tests.eventually import eventually
from tests.inbound.contacts.conftest import PHONE, USER, House

WORKER = Worker(1, "tests")
CHAT = Identity("telegram_user", "77")
LIVE = "SELECT 1 FROM turns WHERE workspace_id = $1 AND state IN ('waiting', 'running')"


@pytest.fixture
async def telegram(house: House) -> House:
    """Another channel of the same business."""
    (row,) = await house.sql("SELECT bot_id FROM bots WHERE workspace_id = $1")
    channel = Channel(new_id(), row[0], "telegram", "Telegram", house.settings, account="77")
    async with house.db.transaction(house.workspace_id) as tx:
        await bots.add_channel(tx, channel)
    await house.sql("UPDATE bots SET quiet_seconds = 0 WHERE workspace_id = $1")
    return replace(house, channel_id=channel.channel_id)


async def answer(house: House) -> list[bool]:
    """A worker answers whatever is due; of each turn whether its answer was committed."""
    rows = await house.sql("SELECT conversation_id FROM conversations WHERE workspace_id = $1")
    done = []
    for row in rows:
        claimed = await claim(house.db, house.workspace_id, row[0], WORKER)
        if claimed is not None:
            with suppress(LostTurn):
                await commit(house.db, claimed, Verdict("committed", ("Yes.",), "answer"), [], None)
                done.append(True)
    return done


async def waiting(house: House, wanted: int) -> bool:
    """Whether so many wait for a lock."""
    rows = await house.sql(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND $1::uuid IS NOT NULL"
    )
    return bool(rows[0][0] >= wanted)


@asynccontextmanager
async def locked(house: House, said: Received) -> AsyncIterator[Tx]:
    """Another transaction holds the conversation; it commits when left."""
    async with house.db.transaction(house.workspace_id) as tx:
        await tx.connection.execute(
            "SELECT 1 FROM conversations WHERE workspace_id = $1 AND conversation_id = $2 FOR UPDATE",
            house.workspace_id,
            said.conversation_id,
        )
        yield tx


async def test_stop_ends_the_answer_in_another_channel(house: House, telegram: House) -> None:
    asked = await telegram.says("When do you open?", [CHAT, PHONE])
    claimed = await claim(house.db, house.workspace_id, asked.conversation_id, WORKER)
    assert claimed is not None
    await house.says("STOP", [PHONE])
    with pytest.raises(LostTurn):
        await commit(house.db, claimed, Verdict("committed", ("At 9.",), "answer"), [], None)
    assert await house.sql(LIVE) == []
    assert await house.sent(asked) == []


async def test_one_who_left_under_another_name_is_not_answered(
    house: House, telegram: House
) -> None:
    asked = await telegram.says("When do you open?", [CHAT])
    await house.says("STOP", [PHONE])
    both = await telegram.says("It is me", [CHAT, PHONE])
    assert both.turn_id is None
    assert await answer(house) == []
    assert await house.sent(asked) == []


async def test_a_message_that_waited_behind_a_stop_is_not_answered(house: House) -> None:
    first = await house.says("Hello", [PHONE])
    async with locked(house, first):
        stop = asyncio.create_task(house.says("STOP", [PHONE]))
        await eventually(lambda: waiting(house, 1))
        more = asyncio.create_task(house.says("And the price?", [PHONE]))
        await eventually(lambda: waiting(house, 2))
    assert (await more).seq > (await stop).seq
    assert (await more).turn_id is None
    assert await house.sql(LIVE) == []


async def test_a_message_that_waited_while_its_thread_got_another_key(house: House) -> None:
    first = await house.says("Hello", [PHONE, USER])
    async with locked(house, first) as tx:
        later = asyncio.create_task(house.says("And the price?", [PHONE, USER]))
        await eventually(lambda: waiting(house, 1))
        assert await contacts.follow(tx, house.channel_id, PHONE.value, USER.value)
    assert (await later).conversation_id == first.conversation_id


async def test_merges_wishes_and_answers_at_once(house: House, telegram: House) -> None:
    people = [
        (
            Identity("phone", f"6680000{n}"),
            Identity("whatsapp_user", f"U{n}"),
            Identity("telegram_user", f"T{n}"),
        )
        for n in range(6)
    ]
    said = [
        who.says(text, names)
        for phone, user, chat in people
        for who, text, names in [
            (house, "Hi", [phone]),
            (house, "Hi", [user]),
            (telegram, "Hi", [chat]),
            (house, "STOP", [user]),
            (telegram, "STOP", [chat]),
            (house, "START", [phone]),
            (house, "It is me", [phone, user]),
            (telegram, "It is me", [phone, chat]),
        ]
    ]
    random.shuffle(said)
    done = asyncio.Event()

    async def work() -> None:
        while not done.is_set():
            await answer(house)

    worker = asyncio.create_task(work())
    try:
        await asyncio.gather(*said)
    finally:
        done.set()
        await worker
    assert len(await house.contacts()) == len(people)
    strays = "SELECT 1 FROM conversations c JOIN contacts k USING (workspace_id, contact_id)"
    assert await house.sql(f"{strays} WHERE workspace_id = $1 AND k.merged_into IS NOT NULL") == []
    await asyncio.gather(*(house.says("STOP", [phone]) for phone, _, _ in people))
    assert await house.sql(LIVE) == []
    later = [await telegram.says("Hello?", [chat]) for _, _, chat in people]
    assert {each.turn_id for each in later} == {None}


async def test_two_firsts_of_many_at_once_are_one_contact(house: House) -> None:
    names = [[PHONE], [USER], [PHONE, USER], [USER, PHONE]]
    await asyncio.gather(*(house.says(f"{n}", names[n % 4]) for n in range(24)))
    assert await house.contacts() == [tuple(sorted([PHONE.value, USER.value]))]
