"""Telegram's fixtures."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rejoinder.channels.port.wire import Wire
from rejoinder.net.guard import outward
from tests.channels.telegram.bot import OnLoopback, on_loopback


@pytest.fixture
async def played() -> AsyncIterator[OnLoopback]:
    """Telegram on loopback."""
    async with on_loopback() as telegram:
        yield telegram


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    """The way there."""
    async with outward() as out:
        yield Wire(out, allow_private=True)


@pytest.fixture(scope="session")
def data() -> Path:
    """Samples and descriptions of platforms, which are not in this repository."""
    found = os.environ.get("REJOINDER_CHANNEL_DATA")
    if not found:
        pytest.skip(
            "REJOINDER_CHANNEL_DATA names no folder with Telegram's samples and description"
        )
    return Path(found)
