"""A frozen row, a crowded worker, a database that comes and goes: what has nothing to do with it is not hurt."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from rejoinder.db import Database, hang_up
from rejoinder.testing import ScriptedModel
from rejoinder.turns.upkeep import store as upkeep
from rejoinder.worker import Work
from tests.eventually import eventually
from tests.scenarios.conftest import OpenShop
from tests.scenarios.shop import Shop, working
from tests.scenarios.test_workers_that_fail import DEAD, claimed_by, run


@asynccontextmanager
async def stopped_inside(db: Database, statement: str) -> AsyncIterator[asyncio.Event]:
    """Another program, stopped inside a transaction; the event says when PostgreSQL ended it, 5 s later."""
    connection = await db.session("rejoinder tests blocker")
    ended = asyncio.Event()
    connection.add_termination_listener(lambda _: ended.set())
    try:
        await connection.execute("BEGIN")
        await connection.execute(statement)
        yield ended
    finally:
        await hang_up(connection)


async def test_a_frozen_turn_stops_no_other_ones_call(
    shop: Shop, model: ScriptedModel, work: Work
) -> None:
    model.hold()
    frozen = await shop.says("A", thread="a")
    await model.called(1)
    other = await shop.says("B", thread="b")
    await model.called(2)
    await shop.sql(
        """UPDATE turns SET lease_until = clock_timestamp() + interval '9 s'
           WHERE workspace_id = $1 AND state = 'running'"""
    )

    async def renewed() -> bool:
        (turn,) = await shop.sql(
            """SELECT lease_until > clock_timestamp() + interval '10 s' AS renewed FROM turns
               WHERE workspace_id = $1 AND turn_id = $2""",
            other.turn_id,
        )
        return bool(turn["renewed"])

    row = f"SELECT FROM turns WHERE turn_id = '{frozen.turn_id}' FOR UPDATE"
    async with stopped_inside(shop.db, row) as ended:
        await eventually(renewed, seconds=4)
        await ended.wait()
    assert [call.state for call in model.calls] == ["open", "open"]
    model.release()
    for message, reply in ((other, "Read: B"), (frozen, "Read: A")):
        assert (await shop.outcome(message)).status == "answered"
        assert await shop.replies(message) == [reply]
    assert await shop.attempts() == [(1, "committed"), (1, "committed")]


async def test_a_crowded_worker_leaves_the_wake_ups_to_a_free_one(shop: Shop) -> None:
    """A worker without a free place keeps no wake-up for itself, however many wait."""
    crowded, free = ScriptedModel(), ScriptedModel()
    crowded.hold()
    async with working(shop.db, crowded, max_turns=1):
        await shop.says("first", thread="first")
        await crowded.called(1)
        for number in range(60):
            await shop.says(f"Hello {number}", thread=f"thread {number}")
        async with working(shop.db, free), asyncio.timeout(30):
            await free.until(lambda: len(free.calls) == 60)
        assert [call.state for call in crowded.calls] == ["open"]
    assert {call.state for call in free.calls} == {"answered"}


STEPS = {"read": "messages", "search": "knowledge_chunks", "commit": "deliveries"}


@pytest.mark.parametrize("table", STEPS.values(), ids=STEPS.keys())
async def test_a_database_that_goes_away_costs_no_answer(
    opens: OpenShop, model: ScriptedModel, table: str
) -> None:
    """Three times the connection is lost in the middle of a step: the attempt is retried, the commit within it."""
    shop = await opens(max_attempts=9, retry_seconds=0)
    message = await shop.says("When do you open?")
    blocker = await shop.db.session(
        "rejoinder tests blocker", {"idle_in_transaction_session_timeout": "0"}
    )
    lost: set[int] = set()

    async def cut_off() -> set[int]:
        await blocker.execute("SELECT pg_stat_clear_snapshot()")
        waiting = await blocker.fetch(
            # the worker's sweep over deliveries waits for the table too, and is left alone
            """SELECT pid, pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
               WHERE relation = $1::text::regclass AND NOT granted AND query NOT LIKE '%sending_until%'""",
            table,
        )
        lost.update(row["pid"] for row in waiting)
        return lost if len(lost) >= 3 else set()

    try:
        await blocker.execute("BEGIN")
        await blocker.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        async with working(shop.db, model):
            await eventually(cut_off, seconds=30)
            await blocker.execute("ROLLBACK")
            assert (await shop.outcome(message)).status == "answered"
    finally:
        await hang_up(blocker)
    assert await shop.replies(message) == ["Read: When do you open?"]
    *lost_attempts, last = await shop.attempts()
    assert last[1] == "committed"
    if table == "deliveries":  # the answer was paid for
        assert len(model.calls) == 1
    else:
        assert {outcome for _, outcome in lost_attempts} == {"failed"}


async def test_turns_that_can_not_be_rescued_keep_nothing_else(
    shop: Shop, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole batch of them: it is tried again once a second, and forgotten turns are woken meanwhile."""
    monkeypatch.setattr(upkeep, "LOST_BATCH", 2)
    forgotten = await shop.says("Hello", thread="forgotten")
    for thread in ("one", "two"):
        await claimed_by(DEAD, shop, await shop.says("stuck", thread=thread))
    await run(
        shop,
        "DELETE FROM pgqueuer",
        f"""UPDATE turns SET due_at = due_at - interval '11 s', woken_at = woken_at - interval '11 s'
            WHERE workspace_id = '{shop.workspace_id}' AND state = 'waiting'""",
        "CREATE SEQUENCE tried",  # a rolled back try is counted all the same
        """CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS
           $$BEGIN PERFORM nextval('tried'); RAISE 'broken' USING ERRCODE = 'data_corrupted'; END$$""",
        f"""CREATE TRIGGER broken BEFORE UPDATE ON turns FOR EACH ROW
            WHEN (OLD.workspace_id = '{shop.workspace_id}' AND OLD.worker_no = {DEAD.no})
            EXECUTE FUNCTION broken()""",
    )

    async def tried() -> tuple[int, float]:
        (row,) = await shop.sql(
            """SELECT last_value, extract(epoch FROM clock_timestamp())::float8 AS at FROM tried
               WHERE $1::uuid IS NOT NULL"""
        )
        return row["last_value"], row["at"]

    try:
        _, began = await tried()
        async with working(shop.db, model):
            assert (await shop.outcome(forgotten)).status == "answered"

            async def several_rounds() -> bool:
                return (await tried())[0] >= 6

            await eventually(several_rounds)
            tries, now = await tried()
            assert tries <= 2 * (now - began + 1), "two a second, and not as fast as it can"
            await run(shop, "DROP TRIGGER broken ON turns")

            async def answered() -> bool:
                return await shop.turns() == ["committed"] * 3

            assert await eventually(answered)
    finally:
        await run(shop, "DROP FUNCTION IF EXISTS broken CASCADE", "DROP SEQUENCE IF EXISTS tried")
