"""Many customers write at once, as people do: a thought in several messages, then a pause."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from random import Random

from rejoinder.channels.port.simulated import Customer
from rejoinder.conversations.content import Text
from rejoinder.testing.platforms.server import PlayedPlatform

THOUGHTS = (
    "Hello!",
    "How much is shipping to Bangkok?",
    "and how long does it take",
    "Do you have the dark roast in 500 g?",
    "สวัสดีค่ะ มีเมล็ดกาแฟไหมคะ",
    "Tôi muốn đặt hai gói cà phê",
    "🙏",
    "Can I pay by card?",
    "still there?",
)


@dataclass(frozen=True, slots=True)
class Load:
    """`messages` of each of `customers`, all together at `rate` a second; `first` is the first customer's number."""

    customers: int
    messages: int = 1
    rate: float = 20.0
    seed: int = 0
    first: int = 1


@dataclass(frozen=True, slots=True)
class Due:
    """The `number`-th message of a customer, both from 1, `at` seconds from the start."""

    at: float
    customer: int
    number: int


def schedule(load: Load) -> list[Due]:
    """When each message is due. A customer says one to three in a row before others have their turn."""
    dice = Random(load.seed)  # noqa: S311 - a game that can be repeated
    said = dict.fromkeys(range(1, load.customers + 1), 0)
    order = list[tuple[int, int]]()
    while waiting := [who for who, count in said.items() if count < load.messages]:
        dice.shuffle(waiting)
        for who in waiting:
            for _ in range(min(dice.randint(1, 3), load.messages - said[who])):
                said[who] += 1
                order.append((who, said[who]))
    return [Due(place / load.rate, *each) for place, each in enumerate(order)]


def thought(due: Due, load: Load) -> str:
    """What is said then; no two messages of a load say the same."""
    words = THOUGHTS[(due.customer + due.number + load.seed) % len(THOUGHTS)]
    return f"{words} ({due.customer}.{due.number})"


async def run(platform: PlayedPlatform, load: Load) -> None:
    """Post all of it, each customer's messages in order; returns when the last one was acknowledged or given up."""
    by_customer = defaultdict[int, list[Due]](list)
    for due in schedule(load):
        by_customer[due.customer].append(due)
    start = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number, dues in by_customer.items():
            customer = platform.played.customers(load.first + number - 1)
            group.create_task(_says(platform, customer, dues, load, start))


async def answered(platform: PlayedPlatform, seconds: float) -> None:
    """Wait until everybody has been answered and all receipts are posted, or for `seconds`."""
    with suppress(TimeoutError):
        await platform.book.until(lambda: not platform.book.unanswered(), seconds)
    await platform.telling.settled()


async def _says(
    platform: PlayedPlatform, customer: Customer, dues: Sequence[Due], load: Load, start: float
) -> None:
    for due in dues:
        if (pause := start + due.at - time.perf_counter()) > 0:
            await asyncio.sleep(pause)
        await platform.say(customer, Text(text=thought(due, load)))
