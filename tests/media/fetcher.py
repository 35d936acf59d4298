"""One try to fetch one file, as a process of its own that a test may kill: DSN WORKSPACE MEDIA URL FOLDER."""

from __future__ import annotations

import asyncio
import sys
from uuid import UUID

from rejoinder.db import connect
from rejoinder.media.limits import USUAL
from rejoinder.media.model import Located
from rejoinder.media.objects import Objects, Place
from rejoinder.media.taking.download import Means, download
from rejoinder.net.guard import outward


async def main(dsn: str, workspace: str, media: str, url: str, folder: str) -> None:
    """Print what became of it."""

    async def locate(*_: object) -> Located:
        return Located(url, allow_private=True)

    db = await connect(dsn, size=2, name="rejoinder test fetcher")
    try:
        async with outward() as out:
            means = Means(db, out, Objects(Place(f"file://{folder}")), locate, USUAL)
            print(await download(means, UUID(workspace), UUID(media)))
    finally:
        await db.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
