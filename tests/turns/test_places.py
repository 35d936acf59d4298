"""Places are given by priority, and none is lost or given twice."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.turns.attempt.places import Places

LONG = 60.0


async def waiting(places: Places, *priorities: int) -> list[asyncio.Task[bool]]:
    """Tasks that wait for a place, in that order."""
    tasks = [asyncio.create_task(places.take(priority, LONG)) for priority in priorities]
    await asyncio.sleep(0)
    return tasks


async def settled(*tasks: asyncio.Task[bool]) -> list[bool]:
    """What each was told."""
    await asyncio.wait(tasks, timeout=10)
    return [task.result() for task in tasks]


async def test_a_free_place_is_taken_at_once() -> None:
    places = Places(2)
    coming = places.take(50, LONG)
    with pytest.raises(StopIteration) as taken:
        coming.send(None)
    assert taken.value.value is True
    assert places.free == 1


async def test_the_highest_is_next_and_of_equals_the_first() -> None:
    places = Places(1)
    assert await places.take(50, LONG)
    low, one, two, high = await waiting(places, 30, 50, 50, 70)
    for expected in (high, one, two, low):
        assert not expected.done()
        places.leave()
        assert (await settled(expected)) == [True]
    places.leave()
    assert places.free == 1


async def test_whoever_waits_in_vain_is_told_so_and_takes_nothing() -> None:
    places = Places(1)
    assert await places.take(50, LONG)
    assert not await places.take(100, 0.001)
    (other,) = await waiting(places, 30)
    places.leave()
    assert await settled(other) == [True]
    places.leave()
    assert places.free == 1


async def test_a_waiter_that_is_cancelled_keeps_no_place() -> None:
    places = Places(1)
    assert await places.take(50, LONG)
    gone, given_then_gone = await waiting(places, 30, 70)
    gone.cancel()
    places.leave()  # to the higher, which does not run any more before it is cancelled
    given_then_gone.cancel()
    await asyncio.wait([gone, given_then_gone])
    assert places.free == 1


async def test_closing_sends_everybody_away() -> None:
    places = Places(1)
    assert await places.take(50, LONG)
    tasks = await waiting(places, 30, 70)
    places.close()
    assert await settled(*tasks) == [False, False]
    assert places.free == 0
    assert not await places.take(100, LONG)
    places.leave()
    assert not await places.take(100, LONG)


@given(st.integers(1, 3), st.lists(st.sampled_from(["take", "leave", "cancel"]), max_size=40))
def test_places_are_neither_lost_nor_doubled(count: int, steps: list[str]) -> None:
    async def play() -> None:
        places, held, queue = Places(count), 0, list[asyncio.Task[bool]]()
        for step in steps:
            if step == "take":
                queue += await waiting(places, len(queue) % 5)
            elif step == "leave" and held:
                held -= 1
                places.leave()
            elif step == "cancel" and queue:
                queue[-1].cancel()
            for _ in range(3):
                await asyncio.sleep(0)
            held += sum(1 for task in queue if task.done() and not task.cancelled())
            queue = [task for task in queue if not task.done()]
            assert held + places.free == count
            assert not (queue and places.free), "nobody waits beside a free place"
        places.close()
        if queue:
            await asyncio.wait(queue)

    asyncio.run(play())
