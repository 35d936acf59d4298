"""Programs that are started together all want to migrate; the first does, the others find it done."""

from __future__ import annotations

import asyncio
import os

from rejoinder.app.database import bring_forward, check
from tests.api.application import fresh_database


async def test_three_at_once_bring_an_empty_database_forward() -> None:
    async with fresh_database(os.environ.get("REJOINDER_TEST_DATABASE_URL")) as empty:
        async with asyncio.timeout(60), asyncio.TaskGroup() as programs:
            for _ in range(3):
                programs.create_task(bring_forward(empty))
        await check(empty)
