"""Signed webhooks are posted to Rejoinder, and again where they were not acknowledged, as platforms do."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp

from rejoinder.channels.port.simulated import Webhook

# Shorter than the 5 s after which uvicorn closes an idle connection: a webhook posted into that moment would be lost.
_KEEPALIVE_S = 3.0
_TRIES = 6
_PAUSE_S = (
    0.25  # doubles with each try; real platforms take minutes, for which nobody wants to wait here
)


@dataclass(slots=True)
class Webhooks:
    """Posts to one address. `timeout` is how long the platform waits for the 200, in seconds.

    `acknowledged` are the seconds that the 200s took, `refused` what came instead, each time, and `lost` counts the
    webhooks that were given up.
    """

    http: aiohttp.ClientSession
    url: str
    timeout: float = 5.0
    redelivers: bool = True
    acknowledged: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    lost: int = 0

    async def post(self, webhook: Webhook) -> bool:
        """Post until it is acknowledged, or once where the platform does not redeliver; whether it was."""
        for number in range(_TRIES if self.redelivers else 1):
            if number:
                await asyncio.sleep(_PAUSE_S * 2 ** (number - 1))
            if await self._once(webhook):
                return True
        self.lost += 1
        return False

    async def _once(self, webhook: Webhook) -> bool:
        began = time.perf_counter()
        try:
            async with self.http.post(
                self.url,
                data=webhook.body,
                headers=dict(webhook.headers),
                timeout=aiohttp.ClientTimeout(total=self.timeout),
                allow_redirects=False,
            ) as response:
                await response.read()
                status = response.status
        except (aiohttp.ClientError, TimeoutError) as away:
            self.refused[type(away).__name__] += 1
            return False
        if 200 <= status < 300:
            self.acknowledged.append(time.perf_counter() - began)
            return True
        self.refused[f"HTTP {status}"] += 1
        return False


@asynccontextmanager
async def poster() -> AsyncIterator[aiohttp.ClientSession]:
    """The session that webhooks go over: as many connections as are asked for at once."""
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEPALIVE_S)
    async with aiohttp.ClientSession(
        connector=connector,
        trust_env=False,
        headers={"Content-Type": "application/json", "User-Agent": "rejoinder-simulator"},
    ) as http:
        yield http
