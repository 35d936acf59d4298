"""The program with a model whose answers the test scripts."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest

from rejoinder.testing import ScriptedModel
from tests.api.application import Application, fresh_database, running


@pytest.fixture(scope="session")
def model() -> ScriptedModel:
    return ScriptedModel()


@pytest.fixture(scope="session")
async def program(model: ScriptedModel) -> AsyncIterator[Application]:
    """The program, on a database that no other test sees: its worker would answer their turns."""
    async with (
        fresh_database(os.environ.get("REJOINDER_TEST_DATABASE_URL")) as dsn,
        running(dsn, model) as program,
    ):
        yield program
