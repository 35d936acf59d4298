"""The process that fetches a file is killed; nothing of it stays, and another fetches the file."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from aiohttp import web

from rejoinder.db import Database
from rejoinder.media import keep
from rejoinder.media.objects import Objects, Place
from tests.media.conftest import PNG, Vendor, comes, forever, stored
from tests.scenarios.shop import Shop

ROOT = Path(__file__).parents[2]


async def test_a_killed_fetch_leaves_nothing_and_is_done_again(
    dsn: str, db: Database, shop: Shop, vendor: Vendor, tmp_path: Path
) -> None:
    came = await comes(shop)
    begun = asyncio.Event()

    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_length = len(PNG)
        await response.prepare(request)
        await response.write(PNG[:20])
        begun.set()
        return await forever(request)

    vendor.routes["/cat"] = half
    folder, scratch = tmp_path / "media", tmp_path / "scratch"
    scratch.mkdir()

    async def fetcher() -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.media.fetcher"),
            *(dsn, str(shop.workspace_id), str(came.media_id), f"{vendor.url}/cat", str(folder)),
            cwd=ROOT,
            env={"PATH": "", "TMPDIR": str(scratch)},
            stdout=asyncio.subprocess.PIPE,
        )

    first = await fetcher()
    async with asyncio.timeout(30):
        await begun.wait()
    first.kill()
    await first.communicate()
    assert [*scratch.iterdir(), *folder.rglob("*")] == []
    assert (await stored(shop, came)).state == "waiting"

    vendor.gives("/cat", PNG)
    await shop.sql(
        "UPDATE media SET next_try_at = now() - interval '1 hour' "  # its claim has run out
        "WHERE workspace_id = $1 AND media_id = $2",
        came.media_id,
    )
    assert await keep.sweep(db) >= 1
    second = await fetcher()
    said, _ = await second.communicate()
    assert said.decode().strip() == "ready"
    key = (await stored(shop, came)).key
    assert key is not None
    assert await Objects(Place(f"file://{folder}")).read(key) == PNG
