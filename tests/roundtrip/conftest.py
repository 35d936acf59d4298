"""The whole program with a model that says what it read, and businesses on played platforms in front of it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from rejoinder.inbound.locate import locating
from rejoinder.llm.calling.chain import Chain
from rejoinder.llm.chains import Chains
from rejoinder.media.limits import limits
from rejoinder.media.objects import Objects, Place
from rejoinder.media.taking.download import Means as Fetching
from rejoinder.net.guard import outward
from rejoinder.queue.lanes import MEDIA
from rejoinder.secrets.vault import Vault
from rejoinder.testing import ScriptedModel
from rejoinder.worker import Equipment, Work
from tests.api.application import Application, fresh_database, running
from tests.roundtrip.business import Business, open_business
from tests.scenarios.shop import nowhere

OpenBusiness = Callable[..., AbstractAsyncContextManager[Business]]

KEYS = (b"the installation's secret key...",)  # those of `running`


@pytest.fixture(scope="session")
async def relay(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Application]:
    """The program, on a database that no other test sees; each answer is `Read:` and the messages it answers."""
    async with (
        fresh_database(os.environ.get("REJOINDER_TEST_DATABASE_URL")) as dsn,
        running(dsn, ScriptedModel()) as program,
        downloading(program, tmp_path_factory.mktemp("media")),
    ):
        yield program


@asynccontextmanager
async def downloading(program: Application, folder: Path) -> AsyncIterator[None]:
    """A second worker, which fetches the files that customers send."""
    vault = Vault(lambda: KEYS)
    async with outward() as out:
        fetching = Fetching(
            program.db,
            out,
            Objects(Place(folder.as_uri())),
            locating(program.db, vault, out),
            limits(None),
            None,
            None,
        )
        models = Chains.only(Chain([ScriptedModel()]))
        lanes = frozenset({MEDIA})
        equipment = Equipment(vault, fetching)
        work = Work(program.db, models, program.settings, nowhere, lanes, equipment)
        async with work.running():
            yield


@pytest.fixture
def opens(relay: Application) -> OpenBusiness:
    """Opens a business on the platform that the test names."""
    return partial(open_business, relay)
