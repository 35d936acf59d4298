"""One import of one website, as a process of its own that a test may kill: DSN WORKSPACE SOURCE."""

from __future__ import annotations

import asyncio
import sys
from uuid import UUID

from rejoinder.db import connect
from rejoinder.knowledge.importing.websites.run import Means, import_source
from rejoinder.net.guard import outward


async def main(dsn: str, workspace: str, source: str) -> None:
    """Print how it ended."""
    db = await connect(dsn, size=2, name="rejoinder test importer")
    try:
        async with outward() as out:
            print(await import_source(Means(db, out, pause=0), UUID(workspace), UUID(source)))
    finally:
        await db.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
