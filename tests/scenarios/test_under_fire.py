"""The promise as a whole, while sessions break and leases run out: every message is answered once, in order."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from random import Random

import pytest

from rejoinder.inbound.model import Received
from rejoinder.testing import ScriptedModel
from rejoinder.turns.upkeep.rescue import rescue
from tests.eventually import eventually
from tests.scenarios.conftest import OpenShop
from tests.scenarios.shop import Shop, working

CONVERSATIONS, MESSAGES = 8, 5


async def chats(shop: Shop, thread: str, dice: Random, shots: asyncio.Semaphore) -> Received:
    """A customer writes in bursts; sometimes something breaks before the next message."""
    for number in range(MESSAGES):
        last = await shop.says(f"{thread}.{number}", thread=thread)
        if dice.random() < 0.5:
            shots.release()
            await shop.outcome(last, seconds=40)
    return last


async def breaks_things(shop: Shop, dice: Random, shots: asyncio.Semaphore) -> None:
    """At each shot one session breaks, or every lease runs out."""
    names = ["rejoinder worker", "rejoinder queue", "rejoinder live"]
    while True:
        await shots.acquire()
        if dice.random() < 0.5:
            await shop.sql(
                """UPDATE turns SET lease_until = clock_timestamp() - interval '1 s'
                   WHERE workspace_id = $1 AND state = 'running'"""
            )
            await rescue(shop.db)
        else:
            await shop.sql(
                """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE datname = current_database() AND application_name = $2 AND $1::uuid IS NOT NULL
                   ORDER BY random() LIMIT 1""",
                dice.choice(names),
            )


@pytest.mark.parametrize("overlap_policy", ["interrupt", "enqueue"])
async def test_every_message_is_answered_once_and_in_order(
    opens: OpenShop, overlap_policy: str
) -> None:
    shop = await opens(overlap_policy=overlap_policy, quiet_seconds=0.02, max_attempts=20)
    dice, shots = Random(4), asyncio.Semaphore(0)
    threads = [f"t{number}" for number in range(CONVERSATIONS)]
    async with AsyncExitStack() as workers:
        for _ in range(3):
            await workers.enter_async_context(working(shop.db, ScriptedModel()))
        fire = asyncio.create_task(breaks_things(shop, dice, shots))
        lasts = await asyncio.gather(
            *(chats(shop, thread, Random(thread), shots) for thread in threads)
        )
        fire.cancel()
        await asyncio.wait([fire])
        for last in lasts:
            await shop.outcome(last, seconds=40)

        async def settled() -> bool:
            return not {"waiting", "running"} & set(await shop.turns())

        await eventually(settled, seconds=20)
    for thread, last in zip(threads, lasts, strict=True):
        replies = await shop.replies(last)
        answered = " | ".join(reply.removeprefix("Read: ") for reply in replies).split(" | ")
        assert answered == [f"{thread}.{number}" for number in range(MESSAGES)]
    assert set(await shop.turns()) <= {"committed", "superseded"}
