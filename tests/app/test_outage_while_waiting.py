"""The database goes away while a caller waits for the answer to a message that is already stored."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import aiohttp

from rejoinder.db import Database
from tests.api.say import body, send
from tests.app.test_outage import Wire, client, wire, working
from tests.eventually import eventually

__all__ = ["client", "wire", "working"]

LOOKED = """
SELECT count(*) > 0 FROM pg_stat_activity a JOIN messages m ON m.external_id = $1
WHERE a.datname = current_database() AND a.application_name = 'rejoinder' AND a.state = 'idle'
    AND a.query LIKE '%LEFT JOIN LATERAL%FROM turns%' AND a.query_start > m.received_at
"""


async def test_it_is_told_that_the_message_is_stored(
    client: aiohttp.ClientSession, wire: Wire, db: Database
) -> None:
    given = body(message_id=uuid4().hex)
    asked = asyncio.create_task(send(client, given, 202, wait=30))

    async def waits() -> bool:
        async with db.maintenance() as maintenance:
            looked: bool = await maintenance.connection.fetchval(LOOKED, given["message_id"])
        return looked

    await eventually(waits)
    await wire.cut()
    told = await asked
    assert (told["status"], told["replies"]) == ("pending", [])
    await wire.mend()
    again = await send(client, given)
    for name in ("message_id", "conversation_id", "turn_id", "thread_key", "external_id"):
        assert told[name] == again[name]
