"""A worker applies what waits: when its job comes, or when the sweep finds it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from rejoinder.db import new_id
from rejoinder.errors import Invalid
from rejoinder.inbound.intake.keep import forget, sweep
from rejoinder.inbound.intake.retry import Retry
from rejoinder.queue.jobs import Taken
from rejoinder.queue.lanes import INTAKE
from rejoinder.queue.taking.run import Served, Taker
from tests.eventually import eventually
from tests.inbound.webhook.edge import VAULT, Edge, said


@asynccontextmanager
async def working(edge: Edge, slots: int = 5) -> AsyncIterator[Retry]:
    """A worker that takes the lane's jobs."""
    retry = Retry(edge.db, VAULT, slots=slots)
    taker = Taker(edge.db, {INTAKE: Served(retry.wake, retry.room, retry.freed)})
    running = asyncio.create_task(taker.run())
    try:
        await taker.ready.wait()
        yield retry
    finally:
        taker.stop()
        await running
        await retry.drain(5)


async def settled(edge: Edge) -> list[str]:
    """The states, once nothing waits."""

    async def look() -> list[str]:
        states = [state for state, _ in await edge.intake()]
        return [] if "waiting" in states else states

    return await eventually(look, 20)


async def test_it_is_applied_once_the_lock_is_free(edge: Edge) -> None:
    await edge.post(said("mae", "a", "1"))
    async with working(edge):
        async with edge.locked("mae"):
            assert await edge.post(said("mae", "b", "2"), said("nid", "c", "3")) == 200
            assert await edge.post(said("mae", "d", "4")) == 200
            assert await edge.texts("mae") == ["1"]
        assert await settled(edge) == ["applied", "applied"]
    assert await edge.texts("mae") == ["1", "2", "4"]
    assert await edge.texts("nid") == ["3"]


async def test_a_thread_of_many_keeps_its_order_through_one_slot(edge: Edge) -> None:
    await edge.post(said("mae", "0", "0"))
    async with working(edge, slots=1):
        async with edge.locked("mae"):
            for number in range(1, 8):
                await edge.post(said("mae", str(number), str(number)))
        assert await settled(edge) == ["applied"] * 7
    assert await edge.texts("mae") == [str(number) for number in range(8)]


async def test_an_edit_is_applied_once_its_message_is_there(edge: Edge) -> None:
    async with working(edge):
        await edge.post({"is": "edited", "id": "a", "text": "Two", "at": 1})
        await edge.post(said("mae", "a", "Tow"))
        assert await settled(edge) == ["applied"]
    assert await edge.texts("mae") == ["Two"]


async def test_a_lost_job_is_found_by_the_sweep(edge: Edge) -> None:
    await edge.post({"is": "edited", "id": "a", "text": "Two", "at": 1})
    await edge.post(said("mae", "a", "Tow"))
    await edge.sql("DELETE FROM pgqueuer WHERE entrypoint = 'intake' AND $1::uuid IS NOT NULL")
    await edge.sql(
        "UPDATE intake SET next_try_at = now() - interval '1 hour' WHERE workspace_id = $1"
    )
    assert await sweep(edge.db, timedelta(minutes=30)) == 1
    assert await sweep(edge.db, timedelta(minutes=30)) == 0, "it is found once"
    async with working(edge):
        assert await settled(edge) == ["applied"]


async def test_a_job_that_can_not_be_read_keeps_no_place(edge: Edge) -> None:
    retry = Retry(edge.db, VAULT, slots=1)
    with pytest.raises(Invalid):
        await retry.wake(Taken(INTAKE, b"?", 0))
    assert retry.room() == 1000


async def test_settled_ones_go_after_a_while(edge: Edge) -> None:
    await edge.post({"is": "hologram"})
    await edge.post(said("mae", "a"))
    async with edge.locked("mae"):
        await edge.post(said("mae", "b"))
    await edge.apply_waiting()
    assert [state for state, _ in await edge.intake()] == ["quarantined", "applied"]
    await forget(edge.db, timedelta(days=1))
    assert len(await edge.intake()) == 2
    await edge.sql(
        "UPDATE intake SET resolved_at = now() - interval '2 days' WHERE workspace_id = $1 AND state = 'applied'"
    )
    assert await forget(edge.db, timedelta(days=1)) >= 1
    assert [state for state, _ in await edge.intake()] == ["quarantined"]


async def test_a_channel_that_can_not_be_opened_is_waited_for(edge: Edge) -> None:
    await edge.post({"is": "edited", "id": "a", "text": "Two", "at": 1})
    await edge.sql("UPDATE channels SET credentials = 'x' WHERE workspace_id = $1")
    (whole,) = await edge.apply_waiting()
    assert whole is not None
    assert whole.lasting
    assert whole.reason.startswith("its channel can't be used: ")


async def test_an_entry_that_is_gone_is_nobodys(edge: Edge) -> None:
    assert await edge.retried(new_id()) is None
