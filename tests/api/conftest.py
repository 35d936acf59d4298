"""One running program for all tests of the HTTP edge."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.api.application import Application, fresh_database, running


@pytest.fixture(scope="session")
async def program() -> AsyncIterator[Application]:
    """The program, on a database that no other test sees: its worker would answer their turns."""
    async with (
        fresh_database(os.environ.get("REJOINDER_TEST_DATABASE_URL")) as dsn,
        running(dsn) as program,
    ):
        yield program


@pytest.fixture
async def client(program: Application) -> AsyncIterator[aiohttp.ClientSession]:
    """A caller of the sample workspace who may do all."""
    async with program.client(await program.token()) as client:
        yield client
