"""LINE's fixtures."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rejoinder.channels.port.wire import Wire
from rejoinder.net.guard import outward
from tests.channels.line.platform import OnLoopback, on_loopback


@pytest.fixture
async def played() -> AsyncIterator[OnLoopback]:
    """LINE on loopback."""
    async with on_loopback() as line:
        yield line


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    """The way there."""
    async with outward() as out:
        yield Wire(out, allow_private=True)


@pytest.fixture(scope="session")
def data() -> Path:
    """Samples, vectors and descriptions of platforms, which are not in this repository."""
    found = os.environ.get("REJOINDER_CHANNEL_DATA")
    if not found:
        pytest.skip("REJOINDER_CHANNEL_DATA names no folder with LINE's samples and descriptions")
    return Path(found)
