"""Watchers of a conversation are woken by what happens in it, and only by that."""

from __future__ import annotations

from uuid import UUID

import asyncpg
import pytest

from rejoinder.db import Database, new_id
from rejoinder.events.model import NOTIFY_CHANNEL
from rejoinder.live.bus import Bus


async def _notify(dsn: str, conversation_id: UUID, kind: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(
        "SELECT pg_notify($1, $2)", NOTIFY_CHANNEL, f"{conversation_id} 7 {kind}"
    )
    await connection.close()


async def test_only_the_watched_conversation_rings(db: Database, dsn: str) -> None:
    ours, theirs = new_id(), new_id()
    bus = Bus(db)
    async with bus.running():
        with bus.watch(ours) as one, bus.watch(ours) as two, bus.watch(theirs) as other:
            await _notify(dsn, ours, "message.sent")
            assert await one.ring(10)
            assert await two.ring(10)
            assert not await other.ring(0.01)


async def test_a_watch_for_endings_sleeps_through_the_rest(db: Database, dsn: str) -> None:
    ours = new_id()
    bus = Bus(db)
    async with bus.running():
        with (
            bus.watch(ours) as every,
            bus.watch(ours, frozenset({"turn.committed"})) as ending,
        ):
            await _notify(dsn, ours, "turn.started")
            assert await every.ring(10)
            assert not await ending.ring(0.01)
            await _notify(dsn, ours, "turn.committed")
            assert await ending.ring(10)


@pytest.mark.parametrize("when", ["before", "while"])
async def test_closing_wakes_every_watcher(db: Database, when: str) -> None:
    bus = Bus(db)
    with bus.watch(new_id()) as watch:
        if when == "before":
            bus.close()
            assert await watch.ring(10)
        else:
            async with bus.running():
                pass
            assert await watch.ring(10)
    assert bus.closing.is_set()


async def test_a_lost_connection_is_made_anew_and_watchers_look_again(
    db: Database, dsn: str
) -> None:
    ours = new_id()
    bus = Bus(db)
    async with bus.running():
        admin = await asyncpg.connect(dsn)
        with bus.watch(ours) as watch:
            await admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'rejoinder live' AND datname = current_database()"
            )
            assert await watch.ring(20)  # whatever came meanwhile is read now
            await _notify(dsn, ours, "message.sent")
            assert await watch.ring(20)
        await admin.close()
