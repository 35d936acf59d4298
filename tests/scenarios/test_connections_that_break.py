"""The database's connections break, hang and come back; a message sent afterwards is answered."""

from __future__ import annotations

import asyncio

import pytest

from rejoinder.db import Database, connect
from rejoinder.live.bus import Bus
from rejoinder.testing import ScriptedModel
from rejoinder.turns import store as turns
from rejoinder.worker import Work
from tests.eventually import eventually
from tests.scenarios.relay import Relay
from tests.scenarios.shop import Shop, working


async def backends(db: Database, name: str) -> set[int]:
    """The server processes of this database's connections of that name."""
    async with db.maintenance() as maintenance:
        found = await maintenance.connection.fetch(
            """SELECT pid FROM pg_stat_activity WHERE datname = current_database()
               AND application_name = $1""",
            name,
        )
    return {row["pid"] for row in found}


async def break_off(db: Database, name: str) -> None:
    """End those connections from the server's side, and wait until others have taken their place."""
    before = await backends(db, name)
    assert before
    async with db.maintenance() as maintenance:
        await maintenance.connection.execute(
            "SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) pid", list(before)
        )

    async def anew() -> set[int]:
        return await backends(db, name) - before

    await eventually(anew)


@pytest.mark.parametrize("name", ["rejoinder queue", "rejoinder live", "rejoinder worker"])
async def test_a_message_sent_afterwards_is_answered(shop: Shop, work: Work, name: str) -> None:
    await shop.outcome(await shop.says("Before"))
    await break_off(shop.db, name)
    after = await shop.says("After")
    assert (await shop.outcome(after)).status == "answered"
    assert await shop.replies(after) == ["Read: Before", "Read: After"]


async def test_who_waited_through_the_loss_of_the_bus_is_told(
    shop: Shop, work: Work, model: ScriptedModel
) -> None:
    model.hold()
    message = await shop.says("Hello", waits=True)
    waits = asyncio.create_task(shop.outcome(message))
    await model.called(1)
    before = await backends(shop.db, "rejoinder live")
    async with shop.db.maintenance() as maintenance:
        await maintenance.connection.execute(
            "SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) pid", list(before)
        )
    model.release()
    assert (await waits).status == "answered"


async def test_a_worker_whose_session_is_cut_comes_back_and_keeps_its_turns(
    shop: Shop, work: Work, model: ScriptedModel
) -> None:
    """The model's call is paid for: a session that is back within seconds costs neither it nor an attempt."""
    model.hold()
    message = await shop.says("Hello")
    first = await model.called(1)
    await break_off(shop.db, "rejoinder worker")

    async def back() -> bool:
        return work.ready

    await eventually(back)
    model.release()
    assert (await shop.outcome(message)).status == "answered"
    assert first.state == "answered"
    assert await shop.attempts() == [(1, "committed")]


async def test_the_tokens_of_a_stopped_call_are_booked_however_long_it_takes(
    shop: Shop, work: Work, model: ScriptedModel
) -> None:
    """The lease's next round finds the turn lost once more, while its call is still being booked."""
    model.hold()
    await shop.says("one")
    await model.called(1)
    blocker = await shop.db.session("rejoinder tests blocker")
    try:
        transaction = blocker.transaction()
        await transaction.start()
        await blocker.execute("LOCK TABLE ai_response_logs IN SHARE MODE")
        last = await shop.says("two")

        async def booking() -> bool:
            (row,) = await shop.sql(
                """SELECT count(*) > 0 AS waits FROM pg_locks
                   WHERE relation = 'ai_response_logs'::regclass AND NOT granted AND $1::uuid IS NOT NULL"""
            )
            return bool(row["waits"])

        await eventually(booking)
        (now,) = await shop.sql("SELECT clock_timestamp() AS now WHERE $1::uuid IS NOT NULL")

        async def renewed_since() -> bool:
            (row,) = await shop.sql(
                """SELECT count(*) > 0 AS renewed FROM pg_stat_activity
                   WHERE datname = current_database() AND application_name = 'rejoinder worker'
                   AND query LIKE '%SET seen_at%' AND state = 'idle' AND query_start > $2 AND $1::uuid IS NOT NULL""",
                now["now"],
            )
            return bool(row["renewed"])

        await eventually(renewed_since)
        await transaction.rollback()
    finally:
        await blocker.close()
    model.release()
    await shop.outcome(last)

    async def booked() -> list[str]:
        found = await shop.sql(
            "SELECT outcome FROM ai_response_logs WHERE workspace_id = $1 AND outcome = 'cancelled'"
        )
        return [row["outcome"] for row in found]

    assert await eventually(booked, seconds=3) == ["cancelled"]


async def test_a_conversation_that_is_frozen_for_a_moment_costs_no_answer(
    shop: Shop, work: Work, model: ScriptedModel
) -> None:
    """A process stopped inside a transaction holds the conversation's row for longer than lock_timeout."""
    model.hold()
    message = await shop.says("Hello")
    await model.called(1)
    blocker = await shop.db.session("rejoinder tests blocker")
    try:
        transaction = blocker.transaction()
        await transaction.start()
        await blocker.fetchrow(
            "SELECT 1 FROM conversations WHERE workspace_id = $1 FOR UPDATE", shop.workspace_id
        )
        model.release()

        async def waits_since() -> object:
            found = await shop.sql(
                """SELECT a.query_start FROM pg_stat_activity a
                   WHERE a.datname = current_database() AND a.wait_event_type = 'Lock'
                   AND a.query LIKE '%FOR NO KEY UPDATE%' AND $1::uuid IS NOT NULL"""
            )
            return found[0]["query_start"] if found else None

        first = await eventually(waits_since)

        async def gave_up() -> bool:
            return await waits_since() != first

        await eventually(gave_up)
        await transaction.rollback()
    finally:
        await blocker.close()
    assert (await shop.outcome(message)).status == "answered"
    assert len(model.calls) == 1
    assert await shop.attempts() == [(1, "committed")]


async def test_the_clock_is_read_when_the_lock_is_held(shop: Shop) -> None:
    message = await shop.says("Hello")
    blocker = await shop.db.session("rejoinder tests blocker")
    try:
        transaction = blocker.transaction()
        await transaction.start()
        await blocker.fetchrow(
            "SELECT 1 FROM conversations WHERE workspace_id = $1 FOR UPDATE", shop.workspace_id
        )

        async def locks() -> object:
            async with shop.db.transaction(shop.workspace_id) as tx:
                guard = await turns.lock(tx, message.conversation_id)
                assert guard is not None
                return guard.now

        locking = asyncio.create_task(locks())

        async def waits() -> bool:
            (row,) = await shop.sql(
                """SELECT count(*) > 0 AS waits FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock' AND $1::uuid IS NOT NULL"""
            )
            return bool(row["waits"])

        await eventually(waits)
        held_until = await blocker.fetchval("SELECT clock_timestamp()")
        await transaction.rollback()
        assert await locking >= held_until
    finally:
        await blocker.close()


async def test_who_only_finds_a_new_thread_does_not_tell_that_it_opened_it(shop: Shop) -> None:
    """Two firsts of one thread: the second waits for the first one's conversation."""
    await shop.says("Hello", thread="known")
    blocker = await shop.db.session("rejoinder tests blocker")
    try:
        transaction = blocker.transaction()
        await transaction.start()
        await blocker.execute(
            """INSERT INTO conversations (workspace_id, conversation_id, channel_id, thread_key, contact_id)
               SELECT workspace_id, gen_random_uuid(), channel_id, 'new', contact_id FROM conversations
               WHERE workspace_id = $1""",
            shop.workspace_id,
        )
        second = asyncio.create_task(shop.says("Hello", thread="new"))

        async def waits() -> bool:
            (row,) = await shop.sql(
                """SELECT count(*) > 0 AS waits FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock' AND $1::uuid IS NOT NULL"""
            )
            return bool(row["waits"])

        await eventually(waits)
        await transaction.commit()
        await second
    finally:
        await blocker.close()
    assert (await shop.events()).count("conversation.opened") == 1


async def test_a_hanging_database_does_not_keep_the_program_from_ending(dsn: str) -> None:
    relay = Relay(dsn)

    async def lives() -> None:
        db = await connect(relay.dsn, size=4, name="rejoinder relayed")
        async with Bus(db).running(), working(db, ScriptedModel()):
            relay.freeze()
        await db.close()

    async with relay.running():
        life = asyncio.create_task(lives())
        done, _ = await asyncio.wait([life], timeout=60)
    assert done, "it still waits for the database"
    await life
