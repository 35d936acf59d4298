"""An installation of Rejoinder's, through its API, as any administrator would use it."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

import aiohttp

from rejoinder.errors import Setup
from rejoinder.testing.platforms.find import adapter_of, simulated_of
from rejoinder.testing.platforms.report import Reply

_AT_ONCE = 20
_TIMEOUT = aiohttp.ClientTimeout(total=30)
_HERE = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Installation:
    """A server at `base`, and a token for all of its workspace."""

    base: str
    http: aiohttp.ClientSession
    token: str = field(repr=False)

    def webhook(self, platform: str, channel_id: UUID) -> str:
        """Where the platform posts what is said on a channel."""
        return f"{self.base}/webhooks/{platform}/{channel_id}"

    async def channel(self, platform: str, base_url: str, wanted: UUID | None) -> UUID:
        """The channel whose platform is the simulator at `base_url`; made where there is none.

        Raises Setup for a `wanted` one that is another platform's, or a real account's.
        """
        name = f"Simulated {adapter_of(platform).title}"
        found = await self._find(platform, name, wanted)
        credentials = dict(simulated_of(platform).credentials)
        settings = {"base_url": base_url}
        if found is None:
            made = await self._call(
                "POST",
                "/api/v1/channels",
                {
                    "platform": platform,
                    "name": name,
                    "credentials": credentials,
                    "settings": settings,
                },
            )
            return UUID(made["channel_id"])
        change = {"settings": found["settings"] | settings, "credentials": credentials}
        await self._call("PATCH", f"/api/v1/channels/{found['channel_id']}", change)
        return UUID(found["channel_id"])

    async def without_quiet_window(self) -> None:
        """Let the bots answer at once, whoever writes."""
        page = await self._call("GET", "/api/v1/bots")
        for bot in page["items"]:
            await self._call("PATCH", f"/api/v1/bots/{bot['bot_id']}", {"quiet_seconds": 0})

    async def replies(
        self, channel_id: UUID, threads: dict[str, str], since: datetime
    ) -> dict[str, list[Reply]]:
        """Customer → what was answered since then in their thread, in order."""
        room = asyncio.Semaphore(_AT_ONCE)

        async def of(thread: str) -> list[Reply]:
            async with room:
                return await self._replies(channel_id, thread, since)

        found = await asyncio.gather(*map(of, threads.values()))
        return dict(zip(threads, found, strict=True))

    async def _replies(self, channel_id: UUID, thread: str, since: datetime) -> list[Reply]:
        where = f"/api/v1/conversations/{quote(thread, safe='')}/messages"
        found, after = list[Reply](), "0"
        while after:
            query = f"?by=external&channel_id={channel_id}&limit=200&after={after}"
            page = await self._call("GET", where + query, missing={"items": [], "next": None})
            found += [
                Reply(item["text"], item["status"])
                for item in page["items"]
                if item["direction"] == "outbound"
                and datetime.fromisoformat(item["received_at"]) >= since
            ]
            after = page["next"]
        return found

    async def _find(self, platform: str, name: str, wanted: UUID | None) -> dict[str, Any] | None:
        after = ""
        while True:
            page = await self._call("GET", f"/api/v1/channels?limit=200{after}")
            for channel in page["items"]:
                if channel["channel_id"] == str(wanted) or (
                    wanted is None and (channel["platform"], channel["name"]) == (platform, name)
                ):
                    return _to_play(channel, platform)
            if page["next"] is None:
                break
            after = f"&after={page['next']}"
        if wanted is not None:
            raise Setup(
                f"There is no channel {wanted} here.",
                mend="Leave --channel out: one is made.",
                code="no_channel",
            )
        return None

    async def _call(
        self, method: str, path: str, body: object = None, missing: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """The JSON object that answers. Raises Setup in the server's own words when it refuses."""
        try:
            async with self.http.request(
                method,
                self.base + path,
                json=body,
                headers={"Authorization": f"Bearer {self.token}"},
                timeout=_TIMEOUT,
            ) as response:
                answer = await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as away:
            number = getattr(away, "errno", None)
            why = os.strerror(number) if number else type(away).__name__
            raise Setup(
                f"No server of Rejoinder's answers at {self.base}: {why}.",
                mend="Start it with `make run` or `rejoinder serve`, or name it with --url.",
                code="no_server",
            ) from None
        if response.status == 404 and missing is not None:
            return missing
        if response.status >= 400 or not isinstance(answer, dict):
            told = answer if isinstance(answer, dict) else {}
            raise Setup(
                str(told.get("detail", f"{method} {path} was answered with {response.status}.")),
                mend=str(told.get("mend", "")),
                code="refused",
            )
        return answer


def _to_play(channel: dict[str, Any], platform: str) -> dict[str, Any]:
    """The channel, if it may be played: its credentials are replaced, which a real account's must not be."""
    if channel["platform"] != platform:
        raise Setup(
            f"The channel {channel['channel_id']} is one of {channel['platform']!r}.",
            mend=f"Name one of {platform!r}, or leave --channel out: one is made.",
            code="other_platform",
        )
    where = urlsplit(str(channel["settings"].get("base_url") or ""))
    if where.hostname not in _HERE:
        raise Setup(
            f"The channel {channel['name']!r} belongs to a real account: its base_url is not on this machine.",
            mend="Leave --channel out: one is made whose credentials are made up.",
            code="real_account",
        )
    return channel
