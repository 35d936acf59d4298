"""A bot of a workspace of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import aiohttp
import pytest

from tests.api.application import Application


@pytest.fixture
async def house(program: Application) -> UUID:
    """A workspace of the test's own, with a bot and a REST channel."""
    return await program.neighbour()


@pytest.fixture
async def admin(program: Application, house: UUID) -> AsyncIterator[aiohttp.ClientSession]:
    """Its administrator."""
    async with program.client(await program.token("admin", house)) as client:
        yield client


@pytest.fixture
async def operator(program: Application, house: UUID) -> AsyncIterator[aiohttp.ClientSession]:
    """Somebody who writes to its customers."""
    async with program.client(await program.token("operate", house)) as client:
        yield client


@pytest.fixture
async def bot(admin: aiohttp.ClientSession) -> dict[str, Any]:
    """Its bot."""
    async with admin.get("/api/v1/bots") as response:
        (found,) = (await response.json())["items"]
        told: dict[str, Any] = found
        return told
