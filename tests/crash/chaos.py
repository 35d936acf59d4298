"""The long form: `make chaos`, or `python -m tests.crash.chaos`. Ends by itself, with 1 if the promise was broken.

CHAOS_SECONDS (600), CHAOS_CONVERSATIONS (300), CHAOS_MESSAGES (8 a conversation) and CHAOS_SEED (random, printed) set
it. The seed fixes what is done and when; how processes interleave is the machine's.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random, SystemRandom

from tests.clusters import CLUSTERS
from tests.crash.house import ledger, report
from tests.crash.house.crowd import chatter, name
from tests.crash.house.house import House, running
from tests.crash.house.model import thread_of
from tests.crash.house.shop import Shop
from tests.crash.house.storm import Storm
from tests.forks import FORKS

LONG = "long"
"""The conversation whose model call lasts the whole run, with the worker that is spared."""

# Tries of a receiver that failed are 5 s and 30 s apart; a sender that died is noticed after 20 s.
SETTLED_S = 180.0

# A worker that can't reach PostgreSQL for 3 s stops its model calls: others take its turns then.
_SHORT_OUTAGE_S = 2.0

_SPARE_S = 4 * SETTLED_S
"""For starting, settling and counting."""

_TELL_S = 30.0

_SHOWN = 3
"""Conversations of a shop that are shown whole when the promise was broken."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for."""

    seconds: float
    conversations: int
    messages: int
    seed: int

    @classmethod
    def read(cls) -> Plan:
        """From the environment."""
        return cls(
            float(os.environ.get("CHAOS_SECONDS", "600")),
            int(os.environ.get("CHAOS_CONVERSATIONS", "300")),
            int(os.environ.get("CHAOS_MESSAGES", "8")),
            int(os.environ.get("CHAOS_SEED") or SystemRandom().randrange(1_000_000)),
        )


async def main(plan: Plan, top: Path) -> bool:
    """Run it; whether the promise was kept."""
    print(
        f"{plan.conversations} conversations for {plan.seconds:.0f} s; CHAOS_SEED={plan.seed}; logs in {top}",
        flush=True,
    )
    timeout = str(plan.seconds + 300)
    async with running(top, REJOINDER_MODEL_TIMEOUT=timeout) as house, AsyncExitStack() as stack:
        shops = {
            "strict": await stack.enter_async_context(house.shop()),
            "blind": await stack.enter_async_context(house.shop(honours=False)),
            "usual": await stack.enter_async_context(house.shop(max_attempts=3)),
        }
        storm = await _run(house, shops, plan)
        wrong = [f"not mended: {each}" for each in storm.not_mended]
        wrong += await _settle(shops)
        wrong += _long_call(house, storm)
        for which, shop in shops.items():
            wrong += await _judge(house, which, shop)
        await house.dismiss_all()
        for title, lines in (
            ("Done", report.done(house, storm, LONG)),
            ("Counted", await report.came_of_it(shops)),
            ("Logged", report.complaints(top)),
            ("Jobs left in the queue", report.table(await ledger.jobs(house))),
        ):
            print(f"\n{title}", *lines, sep="\n")
        if wrong:
            print("\nBroken", *wrong, sep="\n")
        print("\nThe promise was broken." if wrong else "\nThe promise was kept.", flush=True)
        return not wrong


async def _run(house: House, shops: dict[str, Shop], plan: Plan) -> Storm:
    dice = Random(plan.seed)
    house.model.thinks = _thinking(Random(plan.seed + 1), plan.conversations)
    shops["strict"].receiver.be_flaky(Random(plan.seed + 2), 0.02, refuses=True)
    shops["blind"].receiver.be_flaky(Random(plan.seed + 3), 0.02, refuses=False)
    for shop in shops.values():  # slow enough to be hit while a reply is on its way
        shop.receiver.takes = _taking(Random(plan.seed + 4), 0.4)
    house.model.gate.hold(LONG)
    spared = await house.worker()
    await shops["strict"].says(LONG)
    await house.model.gate.reached(LONG)
    await asyncio.gather(house.worker(), house.worker())
    storm = Storm(house, dice, pause=1.5, spared=spared)
    talk = asyncio.create_task(
        chatter(
            [*shops.values()],
            dice,
            conversations=plan.conversations,
            messages=plan.messages,
            seconds=plan.seconds,
        )
    )
    async with storm.raging():
        await _watch(shops, storm, plan.seconds / 2)
        await asyncio.gather(house.worker(), house.worker())  # four under fire from here on
        await _watch(shops, storm, plan.seconds / 2)
    await talk
    house.model.gate.release(LONG)
    house.model.thinks = lambda _: 0.0
    return storm


async def _watch(shops: dict[str, Shop], storm: Storm, seconds: float) -> None:
    """Say each half a minute how it goes."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while (left := until - loop.time()) > 0:
        await asyncio.sleep(min(left, _TELL_S))
        messages = sum(len(tokens) for shop in shops.values() for tokens in shop.said.values())
        posts = sum(len(shop.receiver.posts) for shop in shops.values())
        print(f"{messages} messages, {posts} posts, {storm.blows.total()} blows", flush=True)


def _taking(dice: Random, usual: float) -> Callable[[], float]:
    """Seconds: `usual` on the average."""
    return lambda: dice.expovariate(1 / usual)


def _thinking(dice: Random, conversations: int) -> Callable[[str], float]:
    """Most calls take a second, one in fifty longer than a lease.

    Some conversations of the shop with the usual attempts get so slow a model that kills may use those up.
    """
    slow = {name(number) for number in range(2, conversations, 30)}

    def thinks(thread: str) -> float:
        if thread in slow:
            return dice.uniform(40, 60)
        return dice.uniform(15, 40) if dice.random() < 0.02 else dice.expovariate(1.0)

    return thinks


async def _settle(shops: dict[str, Shop]) -> list[str]:
    wrong = []
    for which, shop in shops.items():
        try:
            await shop.settled(SETTLED_S)
        except AssertionError:
            left = await ledger.open_work(shop.house, shop.channel_id)
            wrong.append(f"{which}: still under way after {SETTLED_S:.0f} s: {left}")
    return wrong


def _long_call(house: House, storm: Storm) -> list[str]:
    calls = house.model.calls[LONG]
    allowed = 1 + sum(away >= _SHORT_OUTAGE_S for away in storm.outages)
    if calls > allowed:
        return [f"the long model call was made {calls} times, at most {allowed} can be explained"]
    return []


async def _judge(house: House, name: str, shop: Shop) -> list[str]:
    unknown = await ledger.of_unknown_fate(house, shop.channel_id)
    counted = await shop.counted()
    wrong = [f"{name}: {line}" for line in await ledger.untold(house, shop.channel_id)]
    if shop.honours and unknown:
        wrong.append(f"{name}: deliveries of unknown fate, and its receiver honours the id")
    for kind, found in counted.broken.items():
        wrong.append(f"{name}: {len(found)} {kind}: {', '.join(found[:20])}")
    threads = {thread_of(token) for found in counted.broken.values() for token in found}
    for thread in sorted(threads & shop.said.keys())[:_SHOWN]:
        posts = [f"    posted {each}" for each in shop.receiver.posts if each.thread == thread]
        stored = await ledger.history(house, shop.channel_id, thread)
        wrong += [f"  {thread}:", *posts, *(f"    {line}" for line in stored)]
    return wrong


async def _bounded(plan: Plan, top: Path) -> bool:
    """Ends whatever happens, and in order when it is told to."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with asyncio.timeout(plan.seconds + _SPARE_S):
        return await main(plan, top)


def _start() -> bool:
    top = Path(tempfile.mkdtemp(prefix="rejoinder-chaos-"))
    top.chmod(0o755)  # as root the database runs as another user, who must get in
    try:
        kept = asyncio.run(_bounded(Plan.read(), top))
    finally:
        FORKS.end()
        CLUSTERS.end()
    if kept:
        shutil.rmtree(top, ignore_errors=True)
    return kept


if __name__ == "__main__":
    sys.exit(not _start())
