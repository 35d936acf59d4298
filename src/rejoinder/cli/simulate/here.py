"""The installation that runs here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rejoinder.app.address import address_in
from rejoinder.app.tokens.file import read_token
from rejoinder.net.http import session
from rejoinder.settings import Settings
from rejoinder.testing.platforms.installation import Installation


@asynccontextmanager
async def installation(settings: Settings, url: str | None) -> AsyncIterator[Installation]:
    """The one at `url`, else the one that runs on this data folder. Raises Setup without a token."""
    base = (url or address_in(settings.data) or f"http://127.0.0.1:{settings.port}").rstrip("/")
    token = read_token(settings.data)
    async with session() as http:
        yield Installation(base, http, token)
