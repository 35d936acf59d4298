"""Customers of several shops, each with several messages, some of them in bursts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from random import Random

from tests.crash.house.shop import Shop


async def chatter(
    shops: Sequence[Shop], dice: Random, *, conversations: int, messages: int, seconds: float
) -> None:
    """`conversations` of about `messages` each, spread over the shops and over about `seconds`."""
    await asyncio.gather(
        *(
            _converse(
                shops[number % len(shops)],
                name(number),
                Random(dice.random()),
                max(1, round(messages * dice.uniform(0.5, 1.5))),
                seconds,
            )
            for number in range(conversations)
        )
    )


def name(number: int) -> str:
    """The thread of a conversation."""
    return f"c{number:03}"


async def _converse(shop: Shop, thread: str, dice: Random, messages: int, seconds: float) -> None:
    # Every third message follows at once, before the answer to the last or while it is made.
    moments = sorted(dice.uniform(0, seconds) for _ in range(messages))
    began = asyncio.get_running_loop().time()
    for moment in moments:
        if dice.random() < 2 / 3:
            until = began + moment - asyncio.get_running_loop().time()
            await asyncio.sleep(max(until, 0))
        else:
            await asyncio.sleep(dice.uniform(0, 0.6))
        await shop.says(thread)
