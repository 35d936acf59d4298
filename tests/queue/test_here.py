"""A job that is due at once begins in the process that made it, past the queue; any other stands in the queue."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from rejoinder.db import Batch, Database
from rejoinder.queue.jobs import Job, Taken, enqueue
from rejoinder.queue.taking.here import Promises
from rejoinder.queue.taking.run import Served, Taker
from rejoinder.telemetry.metrics import FAILED_JOBS
from tests.eventually import eventually

LANE = "here"  # a lane of its own: in the others stand jobs of other tests


class Hands:
    """A lane's side with so many places, which it gives back when told."""

    def __init__(self, places: int) -> None:
        self.places = places
        self.got: list[bytes] = []

    def room(self) -> int:
        return self.places

    async def take(self, job: Taken) -> None:
        self.places -= 1
        self.got.append(job.payload)

    def has(self, *payloads: bytes) -> Callable[[], Awaitable[bool]]:
        async def look() -> bool:
            return self.got == list(payloads)

        return look


@pytest.fixture
async def here(db: Database) -> AsyncIterator[Database]:
    """The database, as a process with a worker has it."""
    yield db
    db.here = None


async def put(db: Database, workspace_id: UUID, *jobs: Job) -> None:
    """A transaction whose step leaves jobs to do."""
    async with db.transaction(workspace_id) as tx:
        batch = Batch(tx)
        batch.add("UPDATE workspaces SET name = $2 WHERE workspace_id = $1", "a step")
        enqueue(batch, jobs)
        await batch.send()


async def queued(db: Database) -> list[bytes]:
    async with db.maintenance() as maintenance:
        rows = await maintenance.connection.fetch(
            "DELETE FROM pgqueuer WHERE entrypoint = $1 RETURNING payload", LANE
        )
    return [row["payload"] for row in rows]


async def test_what_is_due_and_has_a_place_never_stands_in_the_queue(
    here: Database, workspace_id: UUID
) -> None:
    hands = Hands(2)
    here.here = Promises({LANE: (hands.take, hands.room)})
    later = Job(LANE, b"later", timedelta(minutes=5))
    await put(here, workspace_id, Job(LANE, b"one"), Job(LANE, b"two"), Job(LANE, b"three"), later)
    await eventually(hands.has(b"one", b"two"))
    assert sorted(await queued(here)) == [b"later", b"three"]


async def test_nothing_begins_before_the_commit_and_a_place_comes_back_after_a_rollback(
    here: Database, workspace_id: UUID
) -> None:
    hands = Hands(1)
    promises = here.here = Promises({LANE: (hands.take, hands.room)})

    async def failing() -> None:
        async with here.transaction(workspace_id) as tx:
            enqueue(Batch(tx), [Job(LANE, b"never")])
            await tx.connection.execute("SELECT 1")
            assert (hands.got, promises.kept(LANE)) == ([], 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await failing()
    assert promises.kept(LANE) == 0
    await put(here, workspace_id, Job(LANE, b"one"))
    await eventually(hands.has(b"one"))
    assert await queued(here) == []


async def test_it_begins_though_nobody_knows_whether_the_commit_was_done(
    here: Database, workspace_id: UUID
) -> None:
    hands = Hands(1)
    here.here = Promises({LANE: (hands.take, hands.room)})

    async def cut() -> None:
        async with here.transaction(workspace_id) as tx:
            enqueue(Batch(tx), [Job(LANE, b"one")])
            await tx.connection.execute(
                "CREATE TEMPORARY TABLE owed (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED);"
                "INSERT INTO owed VALUES (1), (1)"
            )

    with pytest.raises(asyncpg.UniqueViolationError):  # said by COMMIT
        await cut()
    await eventually(hands.has(b"one"))  # a wake-up for nothing does no harm


async def test_the_last_places_are_the_queues_and_promised_ones_are_not(
    here: Database, workspace_id: UUID
) -> None:
    hands = Hands(26)  # one more than a batch
    taker = Taker(here, {LANE: Served(hands.take, hands.room, here=hands.room)})
    here.here = taker.here
    async with here.transaction(workspace_id) as tx:
        enqueue(Batch(tx), [Job(LANE, b"promised")])
        assert taker.here.kept(LANE) == 1
        await put(here, workspace_id, Job(LANE, b"queued"))
        hands.places = 1
        running = asyncio.create_task(taker.run())
        await taker.ready.wait()
        assert hands.got == []
    try:
        await eventually(hands.has(b"promised"))
        hands.places = 1
        await eventually(hands.has(b"promised", b"queued"))
    finally:
        taker.stop()
        await running


async def test_no_more_than_a_hundred_are_promised_at_once(
    here: Database, workspace_id: UUID
) -> None:
    hands = Hands(1000)
    here.here = Promises({LANE: (hands.take, hands.room)})
    await put(here, workspace_id, *(Job(LANE, b"%d" % number) for number in range(103)))
    assert len(await queued(here)) == 3


@pytest.mark.parametrize(
    "served",
    [
        lambda hands: Served(hands.take, hands.room),
        lambda hands: Served(hands.take, hands.room, rate=1000, here=hands.room),
        lambda hands: Served(hands.take, hands.room, here=lambda: 0),
    ],
    ids=["never here", "at a rate", "not now"],
)
async def test_other_lanes_go_through_the_queue(
    here: Database, workspace_id: UUID, served: Callable[[Hands], Served]
) -> None:
    here.here = Taker(here, {LANE: served(Hands(1))}).here
    await put(here, workspace_id, Job(LANE, b"one"))
    assert await queued(here) == [b"one"]


async def test_one_that_raises_is_counted_and_said(here: Database, workspace_id: UUID) -> None:
    async def raises(job: Taken) -> None:
        raise ZeroDivisionError

    here.here = Promises({LANE: (raises, lambda: 1)})
    before = FAILED_JOBS.labels(LANE)._value.get()
    await put(here, workspace_id, Job(LANE, b"one"))

    async def counted() -> bool:
        return bool(FAILED_JOBS.labels(LANE)._value.get() == before + 1)

    await eventually(counted)


async def test_who_ends_waits_until_what_was_begun_is_taken_over(
    here: Database, workspace_id: UUID
) -> None:
    taken, go = asyncio.Event(), asyncio.Event()

    async def slowly(job: Taken) -> None:
        await go.wait()
        taken.set()

    promises = here.here = Promises({LANE: (slowly, lambda: 1)})
    await put(here, workspace_id, Job(LANE, b"one"))
    ending = asyncio.create_task(promises.drain(30))
    await asyncio.sleep(0)
    assert not ending.done()
    go.set()
    await ending
    assert taken.is_set()
