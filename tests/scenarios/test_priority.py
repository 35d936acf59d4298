"""A flood of low work does not starve high work, and low work is not starved for ever."""

from __future__ import annotations

import asyncio

from rejoinder.db import Database
from rejoinder.inbound.model import Received
from rejoinder.queue.jobs import enqueue_alone
from rejoinder.queue.priority import priority
from rejoinder.queue.upkeep import age
from rejoinder.testing import ScriptedModel
from rejoinder.testing.scripted_model import Ask
from rejoinder.turns.schedule import wake
from tests.scenarios.shop import Shop, working

LOW, HIGH = priority("low"), priority("high")


async def writes(shop: Shop, text: str) -> Received:
    """A customer writes in a thread of their own; the wake-up is taken out of the queue and kept from being sent."""
    message = await shop.says(text, thread=text, customer=text)
    await shop.sql(
        "DELETE FROM pgqueuer WHERE substr(payload, 1, 16) = uuid_send($1) AND substr(payload, 17) = uuid_send($2)",
        message.conversation_id,
    )
    await shop.sql(
        """UPDATE turns SET woken_at = woken_at + interval '1 hour'
           WHERE workspace_id = $1 AND conversation_id = $2""",
        message.conversation_id,
    )
    return message


async def wakes(shop: Shop, level: int, *messages: Received) -> None:
    """Now the wake-ups come, with that priority."""
    async with shop.db.transaction(shop.workspace_id) as tx:
        jobs = [
            wake(shop.workspace_id, message.conversation_id, priority=level) for message in messages
        ]
        await enqueue_alone(tx, jobs)


async def next_call(model: ScriptedModel, answered: Ask) -> Ask:
    """One answer is given; the call that gets its place."""
    calls = len(model.calls)
    answered.release()
    return await model.called(calls + 1)


async def test_a_high_one_that_comes_last_is_among_the_next(
    shop: Shop, model: ScriptedModel
) -> None:
    model.hold()
    low = [await writes(shop, f"low {number}") for number in range(300)]
    urgent = await writes(shop, "high")
    await wakes(shop, LOW, *low)
    async with working(shop.db, model, max_turns=2), asyncio.timeout(60):
        await model.called(2)
        await wakes(shop, HIGH, urgent)
        next_ones = [(await next_call(model, model.calls[number])).asked for number in range(3)]
        assert ["high"] in next_ones
        model.release()
        assert (await shop.outcome(urgent)).status == "answered"


async def test_a_low_one_gets_its_place_under_a_steady_stream_of_high_ones(
    shop: Shop, model: ScriptedModel, db: Database
) -> None:
    """Each half minute in the queue raises it; the stream never ends, and always has more than the places."""
    model.hold()
    low = await writes(shop, "low")
    high = [await writes(shop, f"high {number}") for number in range(30)]
    await wakes(shop, HIGH, *high[:5])
    async with working(shop.db, model, max_turns=1), asyncio.timeout(60):
        await model.called(1)
        await wakes(shop, LOW, low)
        seen: list[list[str]] = []
        for number, newcomer in enumerate(high[5:]):
            await wakes(shop, HIGH, newcomer)
            await shop.sql(
                """UPDATE pgqueuer SET execute_after = execute_after - interval '31 s',
                       updated = updated - interval '31 s' WHERE payload = uuid_send($1) || uuid_send($2)""",
                low.conversation_id,
            )
            await age(db)
            seen.append((await next_call(model, model.calls[number])).asked)
            if seen[-1] == ["low"]:
                break
        assert seen[-1] == ["low"]
        assert 3 <= len(seen) <= 6, "30 + 10 each half minute passes 70 after the fourth"
