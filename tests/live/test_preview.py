"""What is being written is shown to whoever watches that conversation, and harms nothing where it is not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from time import monotonic
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.db import Database, connect, new_id
from rejoinder.live.bus import Bus, Watch
from rejoinder.live.preview import PREVIEW_CHANNEL, Previews, preview

THAI = "ร้านเปิดทุกวันตั้งแต่เก้าโมงเช้าถึงหกโมงเย็นค่ะ "


@pytest.fixture
async def bus(db: Database) -> AsyncIterator[Bus]:
    bus = Bus(db)
    async with bus.running():
        yield bus


async def seen(watch: Watch) -> dict[str, Any]:
    """The next that is shown."""
    while (told := watch.preview()) is None:
        assert await watch.ring(20), "nothing was shown"
    found: dict[str, Any] = json.loads(told)
    return found


def previewing() -> list[asyncio.Task[Any]]:
    return [task for task in asyncio.all_tasks() if task.get_name() == "preview"]


async def test_the_text_so_far_reaches_the_watchers_of_the_conversation(
    db: Database, bus: Bus
) -> None:
    ours, turn = new_id(), new_id()
    with bus.watch(ours) as one, bus.watch(ours) as two, bus.watch(new_id()) as other:
        async with Previews(db).of(ours, turn, 7) as tell:
            tell("We open")
            tell("We open at nine. ขอบคุณค่ะ 😀 “Olá”")
            for watch in (one, two):
                assert await seen(watch) == {
                    "turn_id": str(turn),
                    "fence": 7,
                    "text": "We open at nine. ขอบคุณค่ะ 😀 “Olá”",
                }
        assert not await other.ring(0.01)
        assert other.preview() is None


async def test_who_waits_for_an_ending_sees_no_drafts(db: Database, bus: Bus) -> None:
    ours = new_id()
    with bus.watch(ours) as every, bus.watch(ours, frozenset({"turn.committed"})) as ending:
        async with Previews(db).of(ours, new_id(), 1) as tell:
            tell("We open at nine.")
            await seen(every)
        assert not await ending.ring(0.01)
        assert ending.preview() is None


async def test_an_answer_that_is_there_at_once_is_not_shown(db: Database, bus: Bus) -> None:
    ours = new_id()
    with bus.watch(ours) as watch:
        async with Previews(db).of(ours, new_id(), 1) as tell:
            tell("We open at nine.")
        async with Previews(db).of(ours, new_id(), 2):
            pass
        async with Previews(db).of(ours, new_id(), 3) as tell:
            tell("The first that takes its time.")
            assert (await seen(watch))["fence"] == 3
    assert previewing() == []


async def test_many_pieces_are_few_notifications(db: Database, bus: Bus) -> None:
    """At most four a second: each is a commit."""
    ours, came = new_id(), list[str]()
    with bus.watch(ours) as watch:
        begun = monotonic()
        async with Previews(db).of(ours, new_id(), 1) as tell:
            text = ""
            while len(came) < 3:
                text += "word "
                tell(text)
                if await watch.ring(0.005):
                    came.append(str(watch.preview()))
        took = monotonic() - begun
    assert took >= 0.4 + 2 * 0.25


async def test_what_is_told_again_is_not_shown_again(db: Database, bus: Bus) -> None:
    ours = new_id()
    with bus.watch(ours) as watch:
        async with Previews(db).of(ours, new_id(), 1) as tell:
            long = THAI * 200
            tell(long)
            first = await seen(watch)
            assert long.startswith(first["text"])
            tell(long + "more")  # nothing of that fits
            assert not await watch.ring(0.6)
            tell("All of it anew.")
            assert (await seen(watch))["text"] == "All of it anew."


@given(st.text(max_size=4000), st.integers(1, 40))
def test_it_fits_a_notification_and_loses_nothing_that_fits(text: str, times: int) -> None:
    turn = new_id()
    data = preview(turn, 2**62, text * times)
    assert len(f"{new_id()} ") + len(data) < 8000
    told = json.loads(data)
    assert (told["turn_id"], told["fence"]) == (str(turn), 2**62)
    assert (text * times).startswith(told["text"])
    if len(told["text"]) < len(text * times):
        assert len(data) > 7_800


def test_half_a_character_is_readable() -> None:
    """Of an emoji written as two escapes the first may have come alone."""
    assert json.loads(preview(new_id(), 1, "Hi \ud83d"))["text"] == "Hi ?"


@pytest.mark.parametrize("text", [THAI * 400, "😀" * 3000, "\x00" * 3000, 'a"\\' * 5000])
async def test_long_ones_arrive(db: Database, bus: Bus, text: str) -> None:
    ours = new_id()
    with bus.watch(ours) as watch:
        async with Previews(db).of(ours, new_id(), 1) as tell:
            tell(text)
            told = (await seen(watch))["text"]
    assert len(told) > 1000
    assert text.startswith(told)


async def test_a_turn_that_is_stopped_leaves_nothing_behind(db: Database, bus: Bus) -> None:
    ours = new_id()

    async def turn(begun: asyncio.Event) -> None:
        async with Previews(db).of(ours, new_id(), 1) as tell:
            tell("We open at nine.")
            begun.set()
            await asyncio.Event().wait()

    begun = asyncio.Event()
    running = asyncio.create_task(turn(begun))
    with bus.watch(ours) as watch:
        await begun.wait()
        await seen(watch)
        running.cancel()
        await asyncio.wait([running])
        assert running.cancelled()
        assert previewing() == []
        assert not await watch.ring(0.01)


async def test_a_lost_database_harms_no_turn(dsn: str) -> None:
    """Nobody sees it; the turn goes on and ends as it would."""
    db = await connect(dsn, size=2, name="rejoinder preview tests")
    async with Previews(db).of(new_id(), new_id(), 1) as tell:
        await db.close()
        tell("We open at nine.")
        (task,) = previewing()
        await asyncio.wait([task], timeout=1)
    assert previewing() == []


async def test_a_connection_that_breaks_shows_the_next(db: Database, dsn: str, bus: Bus) -> None:
    ours, admin = new_id(), await asyncpg.connect(dsn)
    with bus.watch(ours) as watch:
        async with Previews(db).of(ours, new_id(), 1) as tell:
            tell("One.")
            await seen(watch)
            await admin.execute(
                """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE application_name <> 'rejoinder live' AND datname = current_database()
                     AND backend_type = 'client backend' AND pid <> pg_backend_pid()"""
            )
            for number in range(2, 100):
                tell(f"Number {number}.")
                if await watch.ring(1):
                    break
            assert str(watch.preview()).count("Number")
    await admin.close()


async def notify(dsn: str, conversation_id: UUID, payload: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(
        "SELECT pg_notify($1, $2)", PREVIEW_CHANNEL, f"{conversation_id} {payload}"
    )
    await connection.close()


async def test_only_the_newest_counts(db: Database, dsn: str, bus: Bus) -> None:
    ours = new_id()
    with bus.watch(ours) as watch:
        for text in ("One.", "Two."):
            await notify(dsn, ours, preview(new_id(), 1, text).decode())
        assert await watch.ring(10)
        while watch_told := watch.preview():
            last = json.loads(watch_told)["text"]
            await watch.ring(0.5)
        assert last == "Two."
