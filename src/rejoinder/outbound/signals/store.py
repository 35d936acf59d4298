"""SQL of signals."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from pydantic import JsonValue

from rejoinder.db import Read

PLACE = """
SELECT ch.platform, ch.channel_id, ch.settings, ch.credentials, ch.account, w.allow_private_networks,
    c.thread_key, c.last_customer_id, c.read_token
FROM conversations c
JOIN channels ch ON ch.workspace_id = $1 AND ch.channel_id = c.channel_id
JOIN workspaces w ON w.workspace_id = $1
WHERE c.workspace_id = $1 AND c.conversation_id = $2 AND coalesce(ch.paused_until <= clock_timestamp(), true)
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a signal is shown, and the customer's newest message there."""

    platform: str
    channel_id: UUID
    settings: dict[str, JsonValue]
    credentials: bytes | None
    account: str | None
    allow_private_networks: bool
    thread_key: str
    platform_id: str | None
    read_token: str | None


async def place(read: Read, conversation_id: UUID) -> Place | None:
    """The conversation's channel; None where it is paused, or there is no such conversation."""
    row = await read.connection.fetchrow(PLACE, read.workspace_id, conversation_id)
    return Place(*row) if row else None
