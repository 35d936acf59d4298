"""Programs that are started together all want to migrate; the first does, the others find it done."""

from __future__ import annotations

import asyncio

from rejoinder.app.database import bring_forward, check


async def test_three_at_once_bring_an_empty_schema_forward(schema_url: str) -> None:
    async with asyncio.timeout(60), asyncio.TaskGroup() as programs:
        for _ in range(3):
            programs.create_task(bring_forward(schema_url))
    await check(schema_url)
