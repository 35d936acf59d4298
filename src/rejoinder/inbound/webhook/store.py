"""SQL of webhooks."""

from __future__ import annotations

from uuid import UUID

from rejoinder.db import Maintenance, Read, Tx

# A webhook's address names no workspace.
WHOSE = """
SELECT c.workspace_id, w.allow_private_networks FROM channels c
JOIN workspaces w ON w.workspace_id = c.workspace_id
WHERE c.channel_id = $1 AND c.platform = $2
"""

OF_ACCOUNT = (
    "SELECT channel_id FROM channels WHERE workspace_id = $1 AND platform = $2 AND account = $3"
)

# One that is paused already, for however long, keeps its first reason when that has no end.
PAUSE = """
UPDATE channels SET paused_until = 'infinity', paused_reason = $3
WHERE workspace_id = $1 AND channel_id = $2 AND paused_until IS DISTINCT FROM 'infinity'
RETURNING true
"""


async def whose(
    maintenance: Maintenance, channel_id: UUID, platform: str
) -> tuple[UUID, bool] | None:
    """(workspace, whether it may reach private networks) of a platform's channel."""
    row = await maintenance.connection.fetchrow(WHOSE, channel_id, platform)
    return (row[0], row[1]) if row else None


async def of_account(read: Read, platform: str, account: str) -> UUID | None:
    """The workspace's channel of that account."""
    found: UUID | None = await read.connection.fetchval(
        OF_ACCOUNT, read.workspace_id, platform, account
    )
    return found


async def pause(tx: Tx, channel_id: UUID, reason: str) -> bool:
    """Let nothing leave through the channel until it is resumed; False when that is so already."""
    return bool(await tx.connection.fetchval(PAUSE, tx.workspace_id, channel_id, reason))
