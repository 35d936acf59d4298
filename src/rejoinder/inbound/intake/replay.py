"""People decide about a quarantined webhook: it is applied after all, or put away."""

from __future__ import annotations

from uuid import UUID

from rejoinder.db import Database, Tx
from rejoinder.errors import Conflict, NotFound
from rejoinder.inbound.intake import store
from rejoinder.inbound.intake.leave import job, wake_next
from rejoinder.queue.jobs import enqueue_alone


async def replay(db: Database, workspace_id: UUID, intake_id: UUID) -> None:
    """Let a worker read it anew and apply it. What of it was applied before stays as it is.

    Raises NotFound, and Conflict for one that is not quarantined.
    """
    async with db.transaction(workspace_id) as tx:
        if not await store.replay(tx, intake_id):
            raise await _refused(tx, intake_id, "Only a quarantined one can be applied again")
        await enqueue_alone(tx, [job(workspace_id, intake_id)])


async def discard(db: Database, workspace_id: UUID, intake_id: UUID, by: str) -> None:
    """Put a waiting or quarantined one away: what of it was not applied never will be.

    Raises NotFound, and Conflict for one that is settled.
    """
    async with db.transaction(workspace_id) as tx:
        let_go = await store.discard(tx, intake_id, by)
        if let_go is None:
            raise await _refused(tx, intake_id, "It is settled")
        await wake_next(tx, *let_go)


async def _refused(tx: Tx, intake_id: UUID, why: str) -> NotFound | Conflict:
    found = await store.entry(tx, intake_id)
    if found is None:
        return NotFound(
            f"There is no webhook {intake_id} in this workspace's intake.",
            mend="GET /api/v1/intake lists them; settled ones go after 7 days.",
        )
    return Conflict(f"{why}: this one is {found.state}.", code="intake_settled")
