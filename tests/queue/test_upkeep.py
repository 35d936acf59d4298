"""Nothing waits in the queue for ever, and nothing stays in it that nobody needs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from rejoinder.db import Connection as Queue
from rejoinder.db import Database
from rejoinder.queue import store
from rejoinder.queue.jobs import Job, enqueue_on
from rejoinder.queue.upkeep import age, prune


@pytest.fixture
async def queue(db: Database) -> AsyncIterator[Queue]:
    """A connection to an empty queue."""
    connection = await db.session("rejoinder tests queue")
    await connection.execute("DELETE FROM pgqueuer")
    await connection.execute("DELETE FROM pgqueuer_log")
    yield connection
    await connection.execute("DELETE FROM pgqueuer")
    await connection.close()


async def waited(queue: Queue, seconds: int, name: bytes) -> None:
    """As if the job had been due for that long, and raised the last time so long ago."""
    await queue.execute(
        """UPDATE pgqueuer SET execute_after = execute_after - $1::interval, updated = updated - $1::interval
           WHERE payload = $2""",
        timedelta(seconds=seconds),
        name,
    )


async def priorities(queue: Queue) -> dict[str, int]:
    rows = await queue.fetch("SELECT payload, priority FROM pgqueuer")
    return {row["payload"].decode(): row["priority"] for row in rows}


async def test_what_waits_for_half_a_minute_gains_ten_each_half_minute(
    db: Database, queue: Queue
) -> None:
    jobs = {b"old": 30, b"new": 30, b"top": 195, b"delayed": 30}
    for name, priority in jobs.items():
        delay = timedelta(seconds=100 if name == b"delayed" else 0)
        await enqueue_on(queue, [Job("bulk", name, delay, priority)])
    for name in (b"old", b"top", b"delayed"):
        await waited(queue, 31, name)
    assert await age(db) == 2
    assert await age(db) == 0, "not twice for the same half minute"
    assert await priorities(queue) == {"old": 40, "new": 30, "top": 200, "delayed": 30}
    await queue.execute("UPDATE pgqueuer SET updated = updated - interval '31 s'")
    assert await age(db) == 1
    assert await priorities(queue) == {"old": 50, "new": 30, "top": 200, "delayed": 30}


async def test_the_longest_waiting_are_raised_first(
    db: Database, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_AGED", 2)
    for number, name in enumerate((b"c", b"a", b"b")):
        await enqueue_on(queue, [Job("bulk", name, priority=30)])
        await waited(queue, 60 + 10 * ((number + 1) % 3), name)
    assert await age(db) == 2
    assert sorted((await priorities(queue)).values()) == [30, 40, 40]
    assert (await priorities(queue))["b"] == 30, "it has waited least"
    assert await age(db) == 1


async def test_jobs_of_a_lane_that_nobody_knows_are_held_as_failed(
    db: Database, queue: Queue
) -> None:
    await enqueue_on(queue, [Job("pigeons", b"a"), Job("pigeons", b"b"), Job("turns", b"c")])
    for name in (b"a", b"c"):
        await waited(queue, 301, name)
    await prune(db)
    rows = await queue.fetch("SELECT payload, status::text FROM pgqueuer ORDER BY payload")
    assert [tuple(row) for row in rows] == [(b"a", "failed"), (b"b", "queued"), (b"c", "queued")]


LOG = """
INSERT INTO pgqueuer_log (job_id, status, priority, entrypoint, created)
SELECT n, 'successful', 0, 'bulk', now() - n * interval '1 minute' FROM generate_series(1, 120) n
"""


async def test_jobs_that_are_over_go_after_an_hour_and_failed_ones_after_a_day(
    db: Database, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_BATCH", 7)
    await queue.execute(LOG)
    await enqueue_on(queue, [Job("bulk", name) for name in (b"a", b"b", b"c")])
    await queue.execute("UPDATE pgqueuer SET status = 'failed' WHERE payload <> 'c'")
    await waited(queue, 3601 * 24, b"a")
    await waited(queue, 3601 * 24, b"c")
    finished, failed = await prune(db)
    assert (finished in (60, 61), failed) == (True, 1)
    assert (await priorities(queue)).keys() == {"b", "c"}
    finished, failed = await prune(db, finished=timedelta(0), failed=timedelta(0))
    assert (finished in (59, 60), failed) == (True, 1)
    assert (await priorities(queue)).keys() == {"c"}, "it waits: old or not, it is not deleted"
