"""What a worker takes from the queue: as much as it has room for, at its pace, the highest first."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import pytest
from pgqueuer.qm import QueueManager

from rejoinder.db import Database
from rejoinder.queue.jobs import Job, Taken, enqueue_on
from rejoinder.queue.taking.run import Served, Taker
from rejoinder.queue.taking.take import Paced
from rejoinder.telemetry.metrics import FAILED_JOBS
from tests.eventually import eventually


@pytest.fixture
async def queue(db: Database) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A connection to an empty queue."""
    connection = await db.session("rejoinder tests queue")
    await connection.execute("DELETE FROM pgqueuer")
    yield connection
    await connection.execute("DELETE FROM pgqueuer")
    await connection.close()


@asynccontextmanager
async def taking(db: Database, **lanes: Served) -> AsyncIterator[None]:
    taker = Taker(db, lanes)
    running = asyncio.create_task(taker.run())
    try:
        await taker.ready.wait()
        yield
    finally:
        taker.stop()
        await running


class Hands:
    """A handler that notes what it got."""

    def __init__(self) -> None:
        self.got: list[Taken] = []

    async def take(self, job: Taken) -> None:
        self.got.append(job)

    def names(self) -> list[str]:
        return [job.payload.decode() for job in self.got]

    def has(self, times: int) -> Callable[[], Awaitable[bool]]:
        async def look() -> bool:
            return len(self.got) >= times

        return look


def jobs(lane: str, names: Sequence[str], **priorities: int) -> list[Job]:
    return [Job(lane, name.encode(), priority=priorities.get(name, 0)) for name in names]


async def test_a_handler_gets_lane_payload_and_priority(
    db: Database, queue: asyncpg.Connection[asyncpg.Record]
) -> None:
    hands = Hands()
    await enqueue_on(queue, jobs("media", "abc", b=70))
    async with taking(db, media=Served(hands.take)):
        await eventually(hands.has(3))
    assert hands.got == [Taken("media", b"b", 70), Taken("media", b"a", 0), Taken("media", b"c", 0)]


async def test_what_there_is_no_room_for_stays_in_the_queue_in_its_order(
    db: Database, queue: asyncpg.Connection[asyncpg.Record]
) -> None:
    hands, room = Hands(), [2]
    await enqueue_on(queue, jobs("media", "abcd"))

    async def take(job: Taken) -> None:
        room[0] -= 1
        await hands.take(job)

    async with taking(db, media=Served(take, lambda: room[0])):
        await eventually(hands.has(2))
        await enqueue_on(queue, jobs("media", "z", z=50))
        assert hands.names() == ["a", "b"]
        assert await queue.fetchval("SELECT count(*) FROM pgqueuer WHERE status = 'queued'") == 3
        room[0] = 1
        await eventually(hands.has(3))
        assert hands.names() == ["a", "b", "z"]
        room[0] = 100
        await eventually(hands.has(5))
    assert hands.names() == ["a", "b", "z", "c", "d"]


async def test_a_lane_that_is_nearly_full_holds_no_other_up(
    db: Database, queue: asyncpg.Connection[asyncpg.Record]
) -> None:
    """What is taken at one look: nobody notifies of a room that was there all along."""
    few, some, many = Hands(), Hands(), Hands()
    await enqueue_on(
        queue, [*jobs("media", "abc"), *jobs("imports", "defghi"), *jobs("bulk", "jklmnopqrs" * 6)]
    )

    def places(hands: Hands, count: int) -> Callable[[], int]:
        return lambda: count - len(hands.got)

    async with taking(
        db,
        media=Served(few.take, places(few, 1)),
        imports=Served(some.take, places(some, 5)),
        bulk=Served(many.take, places(many, 100)),
    ):
        await eventually(many.has(60))
        await eventually(some.has(5))
    assert (few.names(), some.names()) == (["a"], ["d", "e", "f", "g", "h"])


async def test_a_job_that_is_due_soon_is_taken_then(
    db: Database, queue: asyncpg.Connection[asyncpg.Record]
) -> None:
    hands = Hands()
    async with taking(db, media=Served(hands.take)):
        for delay in (0.3, 0.15):
            await enqueue_on(
                queue, [Job("media", b"soon", delay=timedelta(seconds=delay)), Job("media", b"now")]
            )
        await eventually(hands.has(4))
    assert sorted(hands.names()) == ["now", "now", "soon", "soon"]


async def test_what_comes_while_others_are_taken_is_looked_for_at_once(
    db: Database, queue: asyncpg.Connection[asyncpg.Record]
) -> None:
    """PgQueuer drops a notification for each job it begins: that of a job which came meanwhile may be the one."""
    manager = Paced(queue, lambda lane: None, lambda lane: None)
    manager.serve("media", Hands().take)
    await enqueue_on(queue, jobs("media", "a"))

    async def look() -> tuple[int, timedelta]:
        taken = [job async for job in manager.fetch_jobs(25, 100, timedelta(seconds=8))]
        if len(taken) == 1:
            await enqueue_on(queue, jobs("media", "b"))
        return len(taken), await manager._effective_dequeue_timeout(timedelta(seconds=1))

    assert await look() == (1, timedelta(0))
    assert await look() == (1, timedelta(0))
    await queue.execute("DELETE FROM pgqueuer")
    assert await look() == (0, timedelta(seconds=1))


def test_pgqueuer_still_asks_when_to_look_again_where_we_answer() -> None:
    assert inspect.iscoroutinefunction(vars(QueueManager)["_effective_dequeue_timeout"])


async def test_a_slow_pace_of_one_lane_is_none_of_anothers(
    db: Database, queue: asyncpg.Connection[asyncpg.Record]
) -> None:
    slow, quick = Hands(), Hands()
    await enqueue_on(queue, [*jobs("media", "abcdef"), *jobs("bulk", "ghijklmnopqrstuvwxyz" * 2)])
    async with taking(db, media=Served(slow.take, rate=0.001), bulk=Served(quick.take)):
        await eventually(quick.has(40))
        await eventually(slow.has(1))
    assert slow.names() == ["a"]
    assert await queue.fetchval("SELECT count(*) FROM pgqueuer WHERE status = 'queued'") == 5


async def test_a_job_that_is_none_is_held_and_the_others_go_on(
    db: Database, queue: asyncpg.Connection[asyncpg.Record]
) -> None:
    good = Hands()
    before = FAILED_JOBS.labels("media")._value.get()

    async def take(job: Taken) -> None:
        job.conversation()
        await good.take(job)

    await enqueue_on(
        queue,
        [Job("media", payload) for payload in (b"", b"x" * 31, b"x" * 33, b"x" * 1000, b"y" * 32)],
    )
    async with taking(db, media=Served(take)):
        await eventually(good.has(1))

        async def held() -> bool:
            rows = await queue.fetch("SELECT status::text FROM pgqueuer")
            return [row[0] for row in rows] == ["failed"] * 4

        await eventually(held)
        await enqueue_on(queue, [Job("media", b"z" * 32)])
        await eventually(good.has(2))
    assert FAILED_JOBS.labels("media")._value.get() - before == 4


async def test_a_worker_without_work_stays(
    db: Database, queue: asyncpg.Connection[asyncpg.Record]
) -> None:
    """A lane in which nothing is sent yet is a lane all the same."""
    await enqueue_on(queue, jobs("bulk", "a"))
    async with taking(db):
        pass
    assert await queue.fetchval("SELECT status::text FROM pgqueuer") == "queued"
