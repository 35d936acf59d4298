"""How long a process that was stopped can keep what it has locked."""

from __future__ import annotations

from uuid import UUID

import asyncpg
import pytest

from rejoinder.db import AWAY, BUSY, Database
from tests.eventually import eventually

# As the pool sets it, and shorter than it: what is tested is which of the limits ends such a session.
SHORTER = """
SET transaction_timeout = '2s'; SET statement_timeout = '500ms'; SET idle_in_transaction_session_timeout = '500ms'
"""


async def test_a_session_that_was_left_in_the_middle_of_a_statement_is_ended(db: Database) -> None:
    session = await db.session("rejoinder tests half asked")
    if session.get_server_version().major < 17:
        await session.close()
        pytest.skip("PostgreSQL has transaction_timeout since 17")
    await session.execute(SHORTER)
    pid = session.get_server_pid()
    await session.execute("BEGIN")
    await session.prepare("SELECT count(*) FROM messages")  # prepared, and never run

    async def gone() -> bool:
        async with db.maintenance() as maintenance:
            found = await maintenance.connection.fetch(
                "SELECT state FROM pg_stat_activity WHERE pid = $1", pid
            )
        return not found

    assert not await gone()
    await eventually(gone)
    with pytest.raises((*AWAY, *BUSY)):
        await session.fetchval("SELECT 1")
    session.terminate()


async def test_the_sessions_that_lock_conversations_are_bounded(
    db: Database, workspace_id: UUID
) -> None:
    async with db.transaction(workspace_id) as tx:
        if tx.connection.get_server_version().major < 17:
            pytest.skip("PostgreSQL has transaction_timeout since 17")
        assert await tx.connection.fetchval("SHOW transaction_timeout") == "30s"
    assert asyncpg.TransactionTimeoutError in BUSY
