"""SQL of what a canned reply is filled in with."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from pydantic import JsonValue

from rejoinder.db import Read

SPOKEN_TO = """
SELECT c.channel_id, h.bot_id, b.name, k.display_name, k.language, k.time_zone, k.tags, k.attributes,
    (SELECT m.text FROM messages m WHERE m.workspace_id = $1 AND m.conversation_id = $2 AND m.sender_type = 'customer'
     ORDER BY m.seq DESC LIMIT 1),
    (SELECT m.intent_classification FROM messages m WHERE m.workspace_id = $1 AND m.conversation_id = $2
        AND m.sender_type = 'customer' AND m.intent_classification IS NOT NULL ORDER BY m.seq DESC LIMIT 1)
FROM conversations c
JOIN channels h ON h.workspace_id = c.workspace_id AND h.channel_id = c.channel_id
JOIN bots b ON b.workspace_id = c.workspace_id AND b.bot_id = h.bot_id
JOIN contacts k ON k.workspace_id = c.workspace_id AND k.contact_id = c.contact_id
WHERE c.workspace_id = $1 AND c.conversation_id = $2
"""


@dataclass(frozen=True, slots=True)
class SpokenTo:
    """Whom a conversation is with; `understood` is what their newest message was taken to say, as it is stored."""

    channel_id: UUID
    bot_id: UUID
    bot: str
    contact: str | None
    language: str | None
    time_zone: str | None
    tags: list[str]
    attributes: dict[str, JsonValue]
    message: str | None
    understood: JsonValue


async def spoken_to(read: Read, conversation_id: UUID) -> SpokenTo | None:
    """Whom one conversation is with."""
    row = await read.connection.fetchrow(SPOKEN_TO, read.workspace_id, conversation_id)
    return SpokenTo(*row) if row else None
