"""Thirty conversations while workers are killed and stopped and PostgreSQL restarts: the short form of `make chaos`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from random import Random

import pytest

from tests.crash.house import ledger
from tests.crash.house.crowd import chatter
from tests.crash.house.house import House
from tests.crash.house.shop import Shop
from tests.crash.house.storm import Storm

SECONDS = 7.0
SETTLED_S = 60

Shops = dict[str, Shop]


@pytest.fixture(scope="module")
async def shops(house: House) -> AsyncIterator[Shops]:
    """Three shops after the storm: a careful receiver, one that counts every post, a bot with the usual attempts."""
    dice = Random(11)
    async with (
        house.shop() as strict,
        house.shop(honours=False) as blind,
        house.shop(max_attempts=3) as usual,
    ):
        shops = {"strict": strict, "blind": blind, "usual": usual}
        house.model.thinks = lambda _: dice.expovariate(1 / 0.4)
        for shop in shops.values():  # slow enough to be hit while a reply is on its way
            shop.receiver.takes = lambda: dice.expovariate(1 / 0.4)
        strict.receiver.be_flaky(dice, 0.1, refuses=True)
        blind.receiver.be_flaky(dice, 0.1, refuses=False)
        await asyncio.gather(house.worker(), house.worker())
        storm = Storm(house, dice, pause=1.5, sleeps=False)
        talk = asyncio.create_task(
            chatter([*shops.values()], dice, conversations=30, messages=3, seconds=SECONDS)
        )
        async with storm.raging():
            storm.strike("worker killed")
            await asyncio.gather(house.worker(), house.worker())
            storm.strike("PostgreSQL restarted, immediate")
            storm.strike("worker killed")
            storm.strike("worker stopped")
            await talk
        assert storm.not_mended == []
        for shop in shops.values():
            await shop.settled(SETTLED_S)
        yield shops


@pytest.mark.parametrize("name", ["strict", "usual"])
async def test_each_message_is_answered_once_and_in_order(shops: Shops, name: str) -> None:
    counted = await shops[name].counted()
    assert counted.broken == {}
    assert counted.messages == sum(map(len, shops[name].said.values())) > 20


async def test_a_receiver_that_does_not_honour_the_id_gets_nothing_twice(shops: Shops) -> None:
    counted = await shops["blind"].counted()
    assert counted.broken == {}
    assert counted.repeated == 0


@pytest.mark.parametrize("name", ["strict", "blind", "usual"])
async def test_the_ledger_is_closed(house: House, shops: Shops, name: str) -> None:
    assert await ledger.open_work(house, shops[name].channel_id) == {}
    assert await ledger.untold(house, shops[name].channel_id) == []
