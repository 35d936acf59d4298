"""The workspace that a command of the operator names."""

from __future__ import annotations

from uuid import UUID

from rejoinder.db import Database
from rejoinder.errors import Setup
from rejoinder.workspaces import store


async def workspace(db: Database, slug: str) -> UUID:
    """The workspace of that slug. Raises Setup when there is none."""
    async with db.maintenance() as maintenance:
        found = await store.by_slug(maintenance, slug)
    if found is None:
        raise Setup(
            f"There is no workspace {slug!r} in this database.",
            mend="Start `rejoinder serve` once, which makes `demo`, or name yours with --workspace.",
            code="no_workspace",
        )
    return found.workspace_id
