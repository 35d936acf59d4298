"""A workspace that holds the demo shop."""

from uuid import UUID

import pytest

from rejoinder.db import Database
from rejoinder.knowledge import demo


@pytest.fixture
async def shop(db: Database, workspace_id: UUID) -> UUID:
    """A workspace of the test's own with the demo documents."""
    async with db.transaction(workspace_id) as tx:
        await demo.load(tx)
    return workspace_id
