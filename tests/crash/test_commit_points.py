"""A worker is stopped, and another killed, at every point of its work; each message is answered once, in order.

Both times it stands at all points at once (`house/points.py`). A third worker goes on, and the stopped one is resumed
when all is done.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests.crash.house import ledger
from tests.crash.house.holds import freeze
from tests.crash.house.house import House
from tests.crash.house.points import POINTS, Stage, at_all_points
from tests.crash.house.shop import Shop

# A sender that says nothing for 20 s is taken for dead, and the sweeper comes each 5 s; a lease lasts 15 s.
RECOVERED_S = 60

# PostgreSQL ends a session that is idle in a transaction for 5 s; the rest is for a busy machine.
FROZEN_S = 5.0 + 2.0


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What stood at the points, and for how many seconds a conversation was frozen by a worker stopped inside it."""

    strict: Shop
    blind: Shop
    last: Shop
    seen: dict[str, dict[str, Stage]]
    frozen: dict[str, float]

    def posts(self, shop: Shop, thread: str) -> list[str]:
        """Ids of the posts that a receiver counted."""
        return [post.webhook_id for post in shop.receiver.posts if post.thread == thread]


@pytest.fixture(scope="module")
async def aftermath(house: House) -> AsyncIterator[Aftermath]:
    """One worker was stopped, the next killed, a third did the rest; then the first went on."""
    async with (
        house.shop() as strict,
        house.shop(honours=False) as blind,
        house.shop(max_attempts=1) as last,
    ):
        seen = {}
        stopped = await house.worker()
        async with at_all_points(house, stopped, strict, blind, "stopped") as scene:
            seen["stopped"] = await scene.stages()
            house.stop(stopped)
            await scene.open_database()
            frozen = {
                point: asyncio.create_task(freeze(house.postgres.dsn, scene.rows[point]))
                for point in ("claiming", "committing")
            }
            await scene.end_half_asked()
            scene.open_servers()
        killed = await house.worker()
        house.model.gate.hold("last")
        await last.says("last")
        await house.model.gate.reached("last")
        async with at_all_points(house, killed, strict, blind, "killed") as scene:
            seen["killed"] = await scene.stages()
            await killed.kill()
            await scene.open_database()
            await scene.nobody_waits()
            scene.open_servers()
        house.model.gate.release("last")
        await house.worker()
        threads = [f"{point}-{how}" for point in POINTS for how in seen]
        await asyncio.gather(*(strict.says(thread) for thread in threads))  # their customers go on
        for shop in (strict, blind, last):
            await shop.settled(RECOVERED_S)
        house.resume(stopped)
        await house.dismiss(stopped)  # it looks at all it had in hand, and ends
        yield Aftermath(
            strict, blind, last, seen, {point: await task for point, task in frozen.items()}
        )


@pytest.mark.parametrize("how", ["stopped", "killed"])
async def test_the_worker_stood_at_every_point(aftermath: Aftermath, how: str) -> None:
    assert aftermath.seen[how] == POINTS


async def test_a_receiver_that_honours_the_id_reads_each_reply_once(aftermath: Aftermath) -> None:
    counted = await aftermath.strict.counted()
    assert counted.broken == {}
    assert counted.messages == 2 * 2 * len(POINTS)
    assert counted.repeated >= 2  # what had arrived, and nobody knew, was sent again under its id


async def test_a_receiver_that_does_not_gets_nothing_twice(
    house: House, aftermath: Aftermath
) -> None:
    unknown = await ledger.of_unknown_fate(house, aftermath.blind.channel_id)
    assert (await aftermath.blind.counted()).broken == {}
    # A resumed worker may still learn what the receiver said; of a killed one's deliveries nobody ever will.
    assert unknown - {"sending-stopped.0", "received-stopped.0"} == {
        "sending-killed.0",
        "received-killed.0",
    }
    assert aftermath.posts(aftermath.blind, "sending-killed") == []


async def test_a_worker_stopped_inside_a_transaction_freezes_its_conversation_for_5_s(
    aftermath: Aftermath,
) -> None:
    for point, seconds in aftermath.frozen.items():
        assert 1.0 < seconds < FROZEN_S, f"{point}: {seconds:.1f} s"


async def test_a_turn_whose_last_attempt_died_is_answered_by_the_fallback_text(
    aftermath: Aftermath,
) -> None:
    counted = await aftermath.last.counted()
    assert counted.broken == {}
    assert counted.replies == counted.fallbacks == 1


async def test_the_ledger_is_closed(house: House, aftermath: Aftermath) -> None:
    for shop in (aftermath.strict, aftermath.blind, aftermath.last):
        assert await ledger.open_work(house, shop.channel_id) == {}
        assert await ledger.untold(house, shop.channel_id) == []
