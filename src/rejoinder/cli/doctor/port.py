"""The port: free, or our own server's."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp

from rejoinder.app.address import address_in
from rejoinder.cli.doctor.report import Finding
from rejoinder.errors import Setup
from rejoinder.net.http import session
from rejoinder.settings import Settings

NAME = "port"
_ANSWER_S = 3.0


async def port(settings: Settings) -> list[Finding]:
    """Whether `serve` runs on the data folder and answers, or could listen where the settings say."""
    ours = address_in(settings.data)
    if ours is not None and await _is_live(ours):
        serves = Finding(NAME, "ok", f"`rejoinder serve` answers at {ours}.")
        return [serves, *resting(await _told(f"{ours}/health"))]
    where = f"{settings.host}:{settings.port}"
    if settings.port == 0:
        return [Finding(NAME, "ok", f"{where}: a free one is taken at the start.")]
    from rejoinder.cli.serve.listen import bind

    try:
        bind(settings.host, settings.port).close()
    except Setup as taken:
        return [await _taken(settings, taken)]
    return [Finding(NAME, "ok", f"{where} is free.")]


async def _taken(settings: Settings, taken: Setup) -> Finding:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - compared only
    url = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    if await _is_live(url):
        return Finding(
            NAME,
            "warning",
            f"A Rejoinder answers at {url}, and it is not the one of {settings.data}.",
            "Name its folder with REJOINDER_DATA to look at that one; for a second one choose another PORT.",
        )
    mend = f"{taken.mend} Where only workers run, PORT=0 passes this check."
    return Finding(NAME, "wrong", taken.detail, mend)


def resting(told: Mapping[str, Any]) -> list[Finding]:
    """The models that the server's own process leaves alone, by what its `/health` tells; workers know their own."""
    known = told.get("models")
    named = [each for each in known if isinstance(each, dict)] if isinstance(known, list) else []
    return [
        Finding(
            "model",
            "warning",
            f"The server's process leaves {each.get('model')} of {each.get('provider')} alone: "
            "it failed again and again.",
            "It is tried again by itself. Look at the provider's status page and the log (`model_failed`).",
        )
        for each in named
        if each.get("breaker") in ("open", "half_open")
    ]


async def _is_live(url: str) -> bool:
    return "status" in await _told(f"{url}/health/live")


async def _told(url: str) -> dict[str, Any]:
    """What a probe answers; nothing where no Rejoinder that is well does."""
    try:
        async with (
            asyncio.timeout(_ANSWER_S),
            session() as client,
            client.get(url, allow_redirects=False) as response,
        ):
            answer = await response.json(content_type=None)
            return answer if response.status == 200 and isinstance(answer, dict) else {}
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        return {}
