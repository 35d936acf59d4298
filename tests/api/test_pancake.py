"""The sample workspace's Pancake channel follows the environment, at each start."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from rejoinder.app.sample import Pancake, sample
from rejoinder.bots import store as bots
from rejoinder.bots.model import Channel
from rejoinder.channels.pancake.token import unseal
from rejoinder.secrets.vault import Vault
from tests.api.application import Application

KEYS = (b"the installation's secret key...",)
VAULT = Vault(lambda: KEYS)
URL = "http://pancake:8000/actions/"


@pytest.fixture
async def house(program: Application) -> AsyncIterator[Application]:
    yield program
    await sample(program.db, Pancake(VAULT, None, None))


async def test_it_is_there_and_posts_nowhere_until_it_is_told_where(house: Application) -> None:
    channel = await _channel(house)
    assert (channel.settings.base_url, channel.credentials) == (None, None)


async def test_an_older_database_gets_it(house: Application) -> None:
    async with house.db.maintenance() as maintenance:
        await maintenance.connection.execute("DELETE FROM channels WHERE platform = 'pancake'")
        await maintenance.connection.execute(
            "UPDATE channels SET name = 'Pancake' WHERE name = 'REST'"
        )
    await sample(house.db, Pancake(VAULT, URL, None))
    channel = await _channel(house)
    async with house.db.maintenance() as maintenance:
        await maintenance.connection.execute(
            "UPDATE channels SET name = 'REST' WHERE name = 'Pancake'"
        )
    assert channel.settings.base_url == URL
    assert channel.name == f"Pancake {channel.channel_id}"  # its name was taken


async def test_each_start_makes_it_what_the_environment_says(house: Application) -> None:
    await sample(house.db, Pancake(VAULT, URL, "one"))
    first = await _channel(house)
    assert first.credentials is not None
    assert (first.settings.base_url, unseal(first.credentials, VAULT)) == (URL, "one")
    await sample(house.db, Pancake(VAULT, URL, "one"))
    assert (await _channel(house)).credentials == first.credentials  # not sealed again
    await sample(house.db)  # a start that knows nothing of it
    assert await _channel(house) == first
    await sample(house.db, Pancake(VAULT, URL, "two"))
    second = (await _channel(house)).credentials
    assert second is not None
    assert unseal(second, VAULT) == "two"
    await sample(house.db, Pancake(VAULT, None, None))
    none = await _channel(house)
    assert (none.settings.base_url, none.credentials) == (None, None)


async def test_a_token_sealed_with_a_key_that_is_gone_is_sealed_anew(house: Application) -> None:
    gone = (b"a key that nobody has any more...",)
    await sample(house.db, Pancake(Vault(lambda: gone), URL, "one"))
    await sample(house.db, Pancake(VAULT, URL, "one"))
    sealed = (await _channel(house)).credentials
    assert sealed is not None
    assert unseal(sealed, VAULT) == "one"


async def _channel(house: Application) -> Channel:
    async with house.db.read(house.shop.workspace_id) as read:
        found = await bots.first_channel(read, "pancake")
    assert found is not None
    return found
