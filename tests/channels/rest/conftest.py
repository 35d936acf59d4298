"""The program with a REST channel whose replies are posted to a receiver on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from tests.api.application import Application
from tests.api.conftest import client, program
from tests.channels.rest.receiver import Receiver, receiving

__all__ = ["client", "program"]

CHANNELS = "/api/v1/channels"


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def channel(
    program: Application, client: aiohttp.ClientSession, receiver: Receiver
) -> dict[str, Any]:
    """A channel of its own, whose secret the receiver has."""
    given = {
        "platform": "rest",
        "name": f"Shop {uuid4()}",
        "settings": {"callback_url": receiver.url},
    }
    async with client.post(CHANNELS, json=given) as response:
        made: dict[str, Any] = await response.json()
        assert response.status == 201, made
    receiver.secret = made["signing_secret"]
    return made
