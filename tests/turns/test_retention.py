"""What is old goes, what is not stays, and nobody who reads a live conversation notices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from rejoinder.db import Database, new_id
from rejoinder.errors import Conflict
from rejoinder.settings import Settings
from rejoinder.turns.upkeep.retention import Cleaned, Keep, clean, clean_hourly, forget, store
from tests.eventually import eventually
from tests.test_constraints import House, Row, furnish

DAY = timedelta(days=1)
FOR_EVER = Keep(None, None, None)
A_WEEK = Keep(prompts=7 * DAY, events=7 * DAY, closed=7 * DAY)


def ago(days: float) -> datetime:
    return datetime.now(UTC) - days * DAY


@pytest.fixture
async def house(db: Database) -> AsyncIterator[House]:
    """A furnished workspace that stands in the database until the test is over."""
    workspace_id = new_id()
    connection = await db.session("rejoinder tests retention")
    await connection.execute(
        "INSERT INTO workspaces (workspace_id, slug, name) VALUES ($1, $2, 'Old')",
        workspace_id,
        f"t-{workspace_id}",
    )
    yield await furnish(connection, workspace_id)
    await connection.execute("DELETE FROM workspaces WHERE workspace_id = $1", workspace_id)
    await connection.close()


async def count(house: House, table: str, which: str = "true") -> int:
    found: int = await house.connection.fetchval(
        f"SELECT count(*) FROM {table} WHERE workspace_id = $1 AND {which}", house.workspace_id
    )
    return found


def event(house: House, seq: int, days: float) -> Row:
    return {
        "conversation_id": house.conversation_id,
        "seq": seq,
        "event_type": "x",
        "created_at": ago(days),
    }


def call(days: float) -> Row:
    return {
        "log_id": new_id(),
        "provider": "p",
        "model": "m",
        "prompt": "Hello",
        "response": "Hi",
        "tokens_used": 5,
        "cost": 1,
        "outcome": "ok",
        "created_at": ago(days),
    }


async def closed(house: House, days: float) -> Row:
    """A conversation closed so long ago, with something in every table below it."""
    thread = house.thread(f"closed {new_id()}") | {"state": "closed", "closed_at": ago(days)}
    in_it = {"conversation_id": thread["conversation_id"]}
    await house.add("conversations", thread)
    turn = house.turn("committed") | in_it
    await house.add("turns", turn)
    message = house.message(direction="outbound", sender_type="ai", turn_id=turn["turn_id"]) | in_it
    await house.add("messages", message)
    await house.add("deliveries", house.delivery(message["message_id"], "sent") | in_it)
    await house.add("events", event(house, 1, 0) | in_it)
    attempt = {"turn_id": turn["turn_id"], "fence": 1, "attempt": 1, "worker": "w"}
    await house.add("turn_attempts", attempt | {"started_at": ago(days)})
    await house.add("dead_letters", letter(house) | in_it)
    return thread


def letter(house: House, days: float | None = None) -> Row:
    row: Row = {
        "dead_letter_id": new_id(),
        "kind": "turn",
        "subject_id": new_id(),
        "conversation_id": house.conversation_id,
        "error": "x",
        "attempts": 1,
    }
    return row if days is None else row | {"resolution": "discarded", "resolved_at": ago(days)}


async def test_old_events_go_and_the_conversation_goes_on(db: Database, house: House) -> None:
    for seq, days in ((1, 9), (2, 8), (3, 6), (4, 0)):
        await house.add("events", event(house, seq, days))
    await house.connection.execute(
        "UPDATE conversations SET seq = 4 WHERE workspace_id = $1", house.workspace_id
    )
    assert (await clean(db, A_WEEK)).events == 2
    left = await house.connection.fetch(
        "SELECT seq FROM events WHERE workspace_id = $1 ORDER BY seq", house.workspace_id
    )
    assert [row[0] for row in left] == [3, 4]
    assert await count(house, "conversations", "seq = 4") == 1
    assert (await clean(db, A_WEEK)).events == 0


async def test_prompts_go_and_what_they_cost_stays(db: Database, house: House) -> None:
    for days in (8, 6):
        await house.add("ai_response_logs", call(days))
    assert (await clean(db, A_WEEK)).prompts == 1
    assert await count(house, "ai_response_logs", "tokens_used = 5 AND cost = 1") == 2
    assert await count(house, "ai_response_logs", "prompt IS NULL AND response IS NULL") == 1
    assert (await clean(db, A_WEEK)).prompts == 0


BELOW = ("turns", "turn_attempts", "messages", "deliveries", "events", "dead_letters")


async def test_closed_conversations_go_with_all_below(db: Database, house: House) -> None:
    old, young = await closed(house, 8), await closed(house, 6)
    assert (await clean(db, A_WEEK)).conversations == 1
    left = await house.connection.fetch(
        "SELECT conversation_id FROM conversations WHERE workspace_id = $1", house.workspace_id
    )
    assert {row[0] for row in left} == {house.conversation_id, young["conversation_id"]}
    assert [await count(house, table) for table in BELOW] == [1] * len(BELOW)
    assert old["conversation_id"] not in {row[0] for row in left}


async def test_dead_letters_go_a_month_after_they_were_settled(db: Database, house: House) -> None:
    for days in (None, 29, 31):
        await house.add("dead_letters", letter(house, days))
    assert (await clean(db, FOR_EVER)).dead_letters == 1
    assert await count(house, "dead_letters") == 2


async def test_what_is_kept_for_ever_stays(db: Database, house: House) -> None:
    await house.add("events", event(house, 1, 5000))
    await house.add("ai_response_logs", call(5000))
    await closed(house, 5000)
    keep = Keep.of(
        Settings.model_construct(keep_prompts_days=0, keep_events_days=0, keep_closed_days=0)
    )
    assert keep == FOR_EVER
    gone = await clean(db, keep)
    assert (gone.prompts, gone.events, gone.conversations) == (0, 0, 0)
    assert await count(house, "events") == 2


async def test_jobs_are_kept_as_long_as_it_is_said(db: Database, house: House) -> None:
    """The admin's `max_age_hours` is about jobs alone."""
    await house.connection.execute("DELETE FROM pgqueuer; DELETE FROM pgqueuer_log")
    await house.connection.execute(
        """INSERT INTO pgqueuer (entrypoint, payload, priority, status, updated)
           SELECT 'bulk', 'x', 0, 'failed', now() - n * interval '1 hour' FROM generate_series(1, 4) n;
           INSERT INTO pgqueuer_log (job_id, status, priority, entrypoint, created)
           SELECT n, 'successful', 0, 'bulk', now() - n * interval '1 hour' FROM generate_series(1, 4) n"""
    )
    await house.add("events", event(house, 1, 0.5))
    await closed(house, 0.5)
    gone = await clean(db, A_WEEK, jobs_older_than=timedelta(hours=2, minutes=30))
    assert gone == Cleaned(2, 2, 0, 0, 0, 0, 0)
    assert (await clean(db, A_WEEK)).finished_jobs == 2
    await house.connection.execute("DELETE FROM pgqueuer")


async def test_much_goes_in_many_short_statements(
    db: Database, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BLOCKS", 1)
    monkeypatch.setattr(store, "CONVERSATIONS", 2)
    for _ in range(5):
        await closed(house, 9)
    await house.connection.execute(
        """INSERT INTO events (workspace_id, conversation_id, seq, event_type, created_at)
           SELECT $1, $2, n, repeat('x', 100), now() - interval '9 days' FROM generate_series(1, 500) n""",
        house.workspace_id,
        house.conversation_id,
    )
    gone = await clean(db, A_WEEK)
    assert (gone.conversations, gone.events) == (5, 500)
    assert await count(house, "events") == 0


def test_the_parts_of_a_day_are_the_whole_table() -> None:
    for blocks in (0, 1, 7, 23, 24, 25, 100_003):
        shares = [forget.share(blocks, part) for part in range(24)]
        assert shares[0][0] == 0
        assert shares[-1][1] == blocks
        assert all(one[1] == following[0] for one, following in pairwise(shares))


async def test_a_worker_cleans_by_itself(
    db: Database, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forget, "_FIRST_S", 0.0)
    await closed(house, 9)
    cleaning = asyncio.create_task(clean_hourly(db, A_WEEK))

    async def gone() -> bool:
        return await count(house, "conversations") == 1

    try:
        assert await eventually(gone)
    finally:
        cleaning.cancel()
        await asyncio.wait([cleaning])


async def test_one_cleans_at_a_time(
    db: Database, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forget, "_SESSION", {"lock_timeout": "100ms"})
    await house.add("events", event(house, 1, 9))
    await store.lock(house.connection)
    with pytest.raises(Conflict, match="Another cleaning"):
        await clean(db, A_WEEK)
    assert await count(house, "events") == 1
    await house.connection.execute("SELECT pg_advisory_unlock_all()")
    assert (await clean(db, A_WEEK)).events == 1
