"""Work that outlasts its job, within its lane's places."""

from __future__ import annotations

import asyncio
from uuid import UUID

from rejoinder.db import Database, new_id
from rejoinder.queue.jobs import Job, Taken
from rejoinder.queue.taking.hold import holding
from rejoinder.queue.taking.rounds import rounds
from rejoinder.queue.taking.slots import Slots, put_back


async def test_what_runs_takes_a_place_until_it_is_done() -> None:
    slots, go = Slots(2), asyncio.Event()
    tasks = [slots.start(_until(go), "one"), slots.start(_until(go), "two")]
    assert slots.room() == 0
    assert not slots.freed.is_set()
    go.set()
    await asyncio.wait_for(slots.freed.wait(), 5)
    await asyncio.wait(tasks)
    assert slots.room() == 2


async def test_more_than_its_places_leaves_no_room_below_none() -> None:
    slots, go = Slots(1), asyncio.Event()
    for name in ("one", "two"):
        slots.start(_until(go), name)
    assert slots.room() == 0
    go.set()
    await slots.drain(5)


async def test_a_failure_frees_its_place() -> None:
    async def breaks() -> None:
        raise ValueError

    slots = Slots(1)
    task = slots.start(breaks(), "breaks")
    await asyncio.wait([task])
    await asyncio.wait_for(slots.freed.wait(), 5)
    assert isinstance(task.exception(), ValueError)
    assert slots.room() == 1


async def test_draining_lets_finish_what_can() -> None:
    slots, go = Slots(2), asyncio.Event()
    done = slots.start(_until(go), "done")
    late = slots.start(_until(asyncio.Event()), "late")
    go.set()
    await slots.drain(0.05)
    assert not done.cancelled()
    assert late.cancelled()
    assert slots.room() == 0


async def test_draining_with_nothing_to_do() -> None:
    slots = Slots(2)
    await slots.drain(5)
    assert slots.room() == 0


async def test_a_job_without_a_place_comes_again(db: Database, workspace_id: UUID) -> None:
    payload = workspace_id.bytes + new_id().bytes
    await put_back(db, Taken("media", payload, 0), Job("media", payload))
    async with db.maintenance() as maintenance:
        deleted = await maintenance.connection.execute(
            "DELETE FROM pgqueuer WHERE payload = $1", payload
        )
    assert deleted == "DELETE 1"


async def test_no_failure_ends_the_rounds() -> None:
    seen: list[int] = []
    third = asyncio.Event()

    async def work(number: int) -> None:
        seen.append(number)
        if number == 0:
            raise ValueError
        if number == 1:
            raise TimeoutError
        third.set()

    running = asyncio.create_task(rounds("trying", 0, work))
    await asyncio.wait_for(third.wait(), 5)
    running.cancel()
    await asyncio.wait([running])
    assert seen[:3] == [0, 1, 2]


async def test_a_claim_is_renewed_until_left_though_the_database_is_away() -> None:
    times, twice = 0, asyncio.Event()

    async def renew() -> None:
        nonlocal times
        times += 1
        if times == 1:
            raise ConnectionResetError
        twice.set()

    async with holding("a claim", 0.001, renew):
        await asyncio.wait_for(twice.wait(), 5)
    assert "a claim-held" not in {task.get_name() for task in asyncio.all_tasks()}


async def _until(go: asyncio.Event) -> None:
    await go.wait()
