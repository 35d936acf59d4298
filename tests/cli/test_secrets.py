"""`rejoinder secrets`: the keys at rest are rotated without losing what they sealed."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from uuid import UUID

import pytest

from rejoinder.app.database import any_database
from rejoinder.app.sample import sample
from rejoinder.bots import store
from rejoinder.bots.model import ChannelSettings
from rejoinder.channels.connect.rest import connect_rest
from rejoinder.channels.rest.secret import SigningSecret
from rejoinder.db import connect
from rejoinder.secrets.keys import FILE, load_keys
from rejoinder.secrets.vault import open_vault
from rejoinder.settings import Settings
from tests.cli.conftest import COMMAND, Run, environment, open_folder, refused
from tests.clusters import CLUSTERS

OLD, NEW = "the former key of this shop", "the newer key of this shop"


class Shop:
    """A data folder with a private PostgreSQL, stopped; and one channel in it with a secret."""

    def __init__(self, folder: Path, key: str | None) -> None:
        self.settings = Settings(data_dir=folder / "data")
        self.key = key
        self.at: tuple[UUID, UUID] | None = None
        self.secret = ""

    async def connect(self) -> None:
        """Make the channel."""
        await CLUSTERS.settle(self.settings.data)
        async with any_database(self.settings, lambda _: None) as dsn:
            db = await connect(dsn)
            shop = await sample(db)
            vault = open_vault(self.key, self.settings.data)
            made = await connect_rest(
                db,
                vault,
                shop.workspace_id,
                name="Shop",
                bot_id=None,
                settings=ChannelSettings(),
                signing_secret=None,
            )
            await db.close()
        assert made.signing_secret
        self.at, self.secret = (shop.workspace_id, made.channel.channel_id), made.signing_secret

    async def opened(self, key: str | None) -> str:
        """The secret, opened with that key (or those of the file) alone."""
        assert self.at
        async with any_database(self.settings, lambda _: None, new=True) as dsn:
            db = await connect(dsn)
            async with db.read(self.at[0]) as read:
                channel = await store.channel(read, self.at[1])
            await db.close()
        assert channel
        assert channel.credentials
        vault = open_vault(key, self.settings.data)
        return SigningSecret.unseal(channel.credentials, vault).current


async def test_the_key_file_is_rotated(run: Run) -> None:
    with open_folder() as folder:
        shop = Shop(folder, None)
        await shop.connect()
        at, data = {"REJOINDER_DATA": str(shop.settings.data)}, shop.settings.data
        first = load_keys(None, data)
        done = await run("secrets", "rotate", **at)
        assert "1 credentials are sealed with it" in done.out, done
        second = load_keys(None, data)
        assert second[1:] == first
        assert await shop.opened(second[0].decode()) == shop.secret
        assert (
            "sealed 1 credentials\nkey 2 (a former one): sealed 0"
            in (await run("secrets", "check", **at)).out
        )
        assert (await run("secrets", "rotate", "--forget", **at)).code == 0
        third = load_keys(None, data)
        assert len(third) == 1
        assert third[0] not in second
        assert await shop.opened(None) == shop.secret
        assert (data / FILE).stat().st_mode & 0o777 == 0o600


async def test_keys_of_the_environment_are_rotated_with_the_processes(run: Run) -> None:
    with open_folder() as folder:
        shop = Shop(folder, OLD)
        await shop.connect()
        at = {"REJOINDER_DATA": str(shop.settings.data)}
        lost = await run("secrets", "rotate", REJOINDER_SECRET_KEY=NEW, **at)
        refused(lost, "1 of 1 credentials", "Nothing was changed", "comma")
        both = {"REJOINDER_SECRET_KEY": f"{NEW},{OLD}", **at}
        refused(await run("secrets", "rotate", "--forget", **both), "REJOINDER_SECRET_KEY")
        done = await run("secrets", "rotate", **both)
        assert "1 credentials were sealed anew" in done.out
        assert await shop.opened(NEW) == shop.secret
        refused(await run("secrets", "check", REJOINDER_SECRET_KEY=OLD, **at), "1 of 1")
        again = await run("secrets", "rotate", **both)
        assert "0 credentials were sealed anew" in again.out


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
async def test_a_rotation_that_is_killed_loses_nothing(run: Run) -> None:
    """Killed right after the new key was written, before anything was sealed with it."""
    with open_folder() as folder:
        shop = Shop(folder, None)
        await shop.connect()
        data = shop.settings.data
        script = (
            "import os, signal\n"
            "from rejoinder.cli.operate import keys\n"
            "def dies(*given): os.kill(os.getpid(), signal.SIGKILL)\n"
            "keys.reseal = dies\n"
            "keys.run_rotate(False)\n"
        )
        python = Path(COMMAND[0]).with_name("python")
        dying = await asyncio.create_subprocess_exec(
            python, "-c", script, env=environment(folder), cwd=folder
        )
        assert await dying.wait() == -9
        assert len(load_keys(None, data)) == 2
        assert await shop.opened(None) == shop.secret
        done = await run("secrets", "rotate", REJOINDER_DATA=str(data))
        assert done.code == 0, done
        assert await shop.opened(None) == shop.secret
        assert len(load_keys(None, data)) == 2
