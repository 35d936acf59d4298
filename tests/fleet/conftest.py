"""Two servers without a worker and three workers, each with a data folder of its own."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from rejoinder.testing import OpenAIStub
from tests.api.application import fresh_database
from tests.channels.rest.receiver import Receiver, receiving
from tests.cli.conftest import open_folder
from tests.crash.conftest import asked
from tests.fleet.processes import SECRET, Member


@dataclass(frozen=True, slots=True)
class Fleet:
    """All of them, the model they ask, and the shop's server they post replies to."""

    servers: list[Member]
    workers: list[Member]
    stub: OpenAIStub
    receiver: Receiver
    dsn: str

    def member(self, folder: Path, name: str, *command: str, **settings: str) -> Member:
        """Another process of it, with `settings` that differ."""
        folder.mkdir(mode=0o755, exist_ok=True)
        return Member(
            folder,
            name,
            *command,
            **{
                "DATABASE_URL": self.dsn,
                "REJOINDER_SECRET_KEY": SECRET,
                "REJOINDER_DRAIN_SECONDS": "3",
                "REJOINDER_MODEL": "openai:stub",
                "OPENAI_BASE_URL": self.stub.base_url,
                **settings,
            },
        )


@pytest.fixture(scope="module")
async def house() -> AsyncIterator[Fleet]:
    """All of them, started once; a test may end some."""
    with open_folder() as top:
        async with (
            fresh_database(os.environ.get("REJOINDER_TEST_DATABASE_URL")) as dsn,
            OpenAIStub(reply=lambda received: f"Read: {asked(received)}") as stub,
        ):
            fleet = Fleet([], [], stub, Receiver(), dsn)
            for number in (1, 2):
                name = f"server-{number}"
                fleet.servers.append(fleet.member(top / name, name, "serve", "--no-worker"))
            for number in (1, 2, 3):
                name = f"worker-{number}"
                fleet.workers.append(fleet.member(top / name, name, "worker"))
            try:
                yield fleet
            finally:
                running = [each for each in (*fleet.servers, *fleet.workers) if each.runs]
                await asyncio.gather(*(each.stop() for each in running))


@pytest.fixture
async def fleet(house: Fleet) -> AsyncIterator[Fleet]:
    """Two servers and three workers, running; nothing was said yet."""
    away = [each for each in (*house.servers, *house.workers) if not each.runs]
    await asyncio.gather(*(each.start() for each in away))
    house.stub.delay = 0.0
    house.stub.requests.clear()
    async with receiving() as receiver:
        yield replace(house, servers=[*house.servers], workers=[*house.workers], receiver=receiver)
