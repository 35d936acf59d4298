"""Rate limits in PostgreSQL: shared, exact under concurrency, and they leave no rubbish behind."""

import asyncio
import hashlib
from uuid import uuid4

from rejoinder.db import Database
from rejoinder.errors import TooManyRequests
from rejoinder.state import hit


async def use(db: Database, key: str, per_minute: int) -> float | None:
    """None when it passed, else the seconds to wait."""
    async with db.maintenance() as maintenance:
        try:
            await hit(maintenance, key, per_minute=per_minute)
        except TooManyRequests as refused:
            return refused.retry_after
    return None


async def pass_time(db: Database, key: str, seconds: float) -> None:
    """Let `seconds` pass for this key: the clock is the database's, so the row moves instead."""
    async with db.maintenance() as maintenance:
        await maintenance.connection.execute(
            "UPDATE rate_limits SET full_at = full_at - $2::float8 * interval '1 second' "
            "WHERE key = $1",
            hashlib.sha256(key.encode()).digest(),
            seconds,
        )


async def is_kept(db: Database, key: str) -> bool:
    async with db.maintenance() as maintenance:
        found: bool = await maintenance.connection.fetchval(
            "SELECT EXISTS (SELECT FROM rate_limits WHERE key = $1)",
            hashlib.sha256(key.encode()).digest(),
        )
    return found


async def test_a_minutes_worth_passes_at_once_then_none(db: Database) -> None:
    key = str(uuid4())
    assert [await use(db, key, 3) for _ in range(3)] == [None] * 3
    wait = await use(db, key, 3)
    assert wait is not None
    assert 0 < wait <= 20


async def test_a_refused_use_costs_nothing(db: Database) -> None:
    key = str(uuid4())
    await use(db, key, 1)
    waits = [await use(db, key, 1) for _ in range(5)]
    assert all(wait is not None and 0 < wait <= 60 for wait in waits)
    assert waits == sorted(waits, key=lambda wait: -(wait or 0))


async def test_one_more_passes_when_the_wait_is_over(db: Database) -> None:
    key = str(uuid4())
    assert [await use(db, key, 2) for _ in range(2)] == [None, None]
    wait = await use(db, key, 2)
    assert wait is not None
    await pass_time(db, key, wait)
    assert await use(db, key, 2) is None
    assert await use(db, key, 2) is not None


async def test_a_long_rest_earns_no_more_than_a_minutes_worth(db: Database) -> None:
    key = str(uuid4())
    await use(db, key, 2)
    await pass_time(db, key, 86400)
    assert [await use(db, key, 2) is None for _ in range(3)] == [True, True, False]


async def test_keys_do_not_touch_each_other(db: Database) -> None:
    one, two = str(uuid4()), str(uuid4())
    assert await use(db, one, 1) is None
    assert await use(db, two, 1) is None
    assert await use(db, one, 1) is not None


async def test_concurrent_uses_let_no_extra_one_through(db: Database) -> None:
    key = str(uuid4())
    waits = await asyncio.gather(*(use(db, key, 2) for _ in range(40)))
    assert waits.count(None) == 2
    assert all(wait is None or 0 < wait <= 30 for wait in waits)


async def test_many_keys_at_once_while_old_ones_are_pruned(db: Database) -> None:
    """All are idle and due for pruning when all are used: a deadlock would raise here."""
    keys = [str(uuid4()) for _ in range(60)]
    for _ in range(3):
        assert set(await asyncio.gather(*(use(db, key, 6) for key in keys))) == {None}
        for key in keys:
            await pass_time(db, key, 86400)


async def test_rows_of_full_buckets_are_pruned(db: Database) -> None:
    old = [str(uuid4()) for _ in range(20)]
    for key in old:
        await use(db, key, 5)
        await pass_time(db, key, 86400)
    fresh = str(uuid4())
    for _ in range(60):  # 8 rows a use: enough for these and for what other tests left
        await use(db, fresh, 1000)
    assert not any([await is_kept(db, key) for key in old])
    assert await is_kept(db, fresh)
