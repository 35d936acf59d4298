"""A call in the ledger: what it was for, what it took, and how far that can be relied on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from rejoinder.db import Database
from rejoinder.usage import store
from rejoinder.usage.report import By, Key, Sum, report

from .calls import call, record

ROW = """
SELECT purpose, bot_id, cached_tokens, priced, prices, cost, contact_id FROM ai_response_logs
WHERE workspace_id = $1 AND log_id = $2
"""
TODAY = timedelta(hours=26)


async def stored(db: Database, workspace_id: UUID, log_id: UUID) -> tuple[object, ...]:
    async with db.read(workspace_id) as read:
        row = await read.connection.fetchrow(ROW, workspace_id, log_id)
    assert row is not None
    return tuple(row)


async def test_all_of_a_call_is_kept(db: Database, workspace_id: UUID) -> None:
    prices = {"input": "0.25", "cached": "0.025", "output": "2"}
    bot, contact = uuid4(), uuid4()
    one = call(purpose="summarise", bot_id=bot, cached_tokens=64, prices=prices)
    other = call(priced="unknown", cost=None)
    await record(db, workspace_id, one, other, contact_id=contact)
    assert await stored(db, workspace_id, one.call_id) == (
        *("summarise", bot, 64, "exact", prices, Decimal(1), contact),
    )
    assert await stored(db, workspace_id, other.call_id) == (
        *("answer", None, 0, "unknown", None, None, contact),
    )


async def test_calls_of_no_turn_and_no_contact_are_booked_once(
    db: Database, workspace_id: UUID
) -> None:
    one = call(purpose="embed")
    for tokens in (110, 0):
        async with db.transaction(workspace_id) as tx:
            spent = await store.book(tx, contact_id=None, turn_id=None, calls=[one])
        assert spent.tokens == tokens


async def report_of(
    db: Database, workspace_id: UUID, *by: By
) -> tuple[dict[Key, Sum], Sum, Sum, Sum]:
    now = datetime.now(UTC)
    wanted = frozenset(by)
    async with db.read(workspace_id) as read:
        rows = await store.spent_by(read, now - TODAY, now + TODAY, wanted)
    found = report(rows, wanted)
    return dict(found.items), found.total, found.superseded, found.evaluation


async def test_superseded_answers_and_evaluations_stand_apart(
    db: Database, workspace_id: UUID
) -> None:
    turn, message = uuid4(), uuid4()
    failed = call(outcome="error", priced="estimated")
    await record(db, workspace_id, failed, call(), turn_id=turn, message_id=message)
    async with db.transaction(workspace_id) as tx:
        unsent = [call(), call(outcome="cancelled"), call(outcome="error")]
        await store.book(tx, contact_id=uuid4(), turn_id=uuid4(), calls=unsent)
    await record(db, workspace_id, call(purpose="evaluate"), call(purpose="embed", cost=None))
    items, total, superseded, evaluation = await report_of(db, workspace_id, "fate")
    assert {key.fate: some.calls for key, some in items.items()} == {
        "failed": 2,
        "superseded": 2,
        "used": 3,
    }
    assert (total.calls, total.cost, total.unpriced) == (7, Decimal(6), 1)
    assert (superseded.calls, superseded.cost) == (2, Decimal(2))
    assert (evaluation.calls, evaluation.cost) == (1, Decimal(1))


async def test_it_is_told_by_what_is_asked_for(db: Database, workspace_id: UUID) -> None:
    bot = uuid4()
    await record(db, workspace_id, call(bot_id=bot), call(bot_id=bot, model="gpt-y"))
    await record(db, workspace_id, call(priced="estimated"), ago=timedelta(days=1))
    await record(db, workspace_id, call(), ago=timedelta(days=3))
    items, total, _, _ = await report_of(db, workspace_id, "bot", "model")
    assert {(key.bot_id, key.provider, key.model): some.calls for key, some in items.items()} == {
        (bot, "openai", "gpt-x"): 1,
        (bot, "openai", "gpt-y"): 1,
        (None, "openai", "gpt-x"): 1,
    }
    assert (total.calls, total.input_tokens, total.output_tokens) == (3, 300, 30)
    items, _, _, _ = await report_of(db, workspace_id, "priced")
    assert {key.priced: some.calls for key, some in items.items()} == {"exact": 2, "estimated": 1}
    items, _, _, _ = await report_of(db, workspace_id, "day")
    assert sorted(some.calls for some in items.values()) == [1, 2]
    items, _, _, _ = await report_of(db, workspace_id)
    assert list(items) == [Key()]


async def test_another_workspace_is_not_counted(db: Database, workspace_id: UUID) -> None:
    await record(db, workspace_id, call())
    _, total, _, _ = await report_of(db, uuid4(), "day")
    assert total == Sum()


async def test_what_a_bot_took_between_two_times(db: Database, workspace_id: UUID) -> None:
    bot, now = uuid4(), datetime.now(UTC)
    await record(db, workspace_id, call(bot_id=bot), call(bot_id=bot), ago=timedelta(days=2))
    await record(db, workspace_id, call(bot_id=bot, purpose="evaluate"), ago=timedelta(days=2))
    await record(db, workspace_id, call(bot_id=bot))
    async with db.read(workspace_id) as read:
        found = await store.spent_between(read, now - timedelta(days=3), now - timedelta(days=1))
    assert found == {bot: Decimal(2), None: Decimal(1)}
