"""Our enqueue leaves the same row as PgQueuer's own."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from rejoinder.db import Batch, Database
from rejoinder.queue.jobs import Job, enqueue, enqueue_alone
from rejoinder.queue.schema import queries

ROWS = """
SELECT entrypoint, payload, priority, headers, status::text, dedupe_key, attempts, slot, queue_manager_id, created,
    execute_after - now(), updated - now(), heartbeat - now()
FROM pgqueuer WHERE entrypoint = $1 ORDER BY id
"""

JOBS = [Job("a lane", b"one", timedelta(seconds=3), 7), Job("a lane", b"two")]


@pytest.mark.parametrize("alone", [True, False])
async def test_the_rows_are_pgqueuers_own(db: Database, workspace_id: UUID, alone: bool) -> None:
    async with db.transaction(workspace_id) as tx:
        if alone:
            await enqueue_alone(tx, JOBS)
        else:
            batch = Batch(tx)
            batch.add("UPDATE workspaces SET name = $2 WHERE workspace_id = $1", "same step")
            enqueue(batch, JOBS)
            await batch.send()
        ours = await tx.connection.fetch(ROWS, "a lane")
        await tx.connection.execute("DELETE FROM pgqueuer WHERE entrypoint = 'a lane'")
        await queries(tx.connection).enqueue(  # type: ignore[arg-type]
            [job.lane for job in JOBS],
            [job.payload for job in JOBS],
            [job.priority for job in JOBS],
            [job.delay for job in JOBS],
        )
        theirs = await tx.connection.fetch(ROWS, "a lane")
        await tx.connection.execute("DELETE FROM pgqueuer WHERE entrypoint = 'a lane'")
    assert len(ours) == 2
    assert [tuple(row) for row in ours] == [tuple(row) for row in theirs]


async def test_a_job_of_a_transaction_that_fails_is_none(db: Database, workspace_id: UUID) -> None:
    async def failing() -> None:
        async with db.transaction(workspace_id) as tx:
            await enqueue_alone(tx, JOBS)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await failing()
    async with db.read(workspace_id) as read:
        assert await read.connection.fetch(ROWS, "a lane") == []
