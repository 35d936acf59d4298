"""SQL of summaries."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from rejoinder.db import Read, Tx

SUMMARISED = """
SELECT coalesce(c.summary, ''), c.summary_seq, c.contact_id, h.bot_id
FROM conversations c JOIN channels h ON h.workspace_id = c.workspace_id AND h.channel_id = c.channel_id
WHERE c.workspace_id = $1 AND c.conversation_id = $2
"""

AFTER = """
SELECT seq, sender_type, kind, text FROM messages
WHERE workspace_id = $1 AND conversation_id = $2 AND seq > $3 AND kind <> 'deleted'
ORDER BY seq LIMIT $4
"""

# Only forward, and only over what it was made from: of two at once the first counts.
KEEP = """
UPDATE conversations SET summary = $3, summary_seq = $4
WHERE workspace_id = $1 AND conversation_id = $2 AND summary_seq = $5 AND $4 > summary_seq
"""


@dataclass(frozen=True, slots=True)
class Summarised:
    """What a conversation's summary tells, up to `seq`; whose conversation it is, and which bot's."""

    summary: str
    seq: int
    contact_id: UUID
    bot_id: UUID


@dataclass(frozen=True, slots=True)
class Said:
    """A message after that."""

    seq: int
    sender_type: str
    kind: str
    text: str


async def summarised(read: Read, conversation_id: UUID) -> Summarised | None:
    """How far a conversation is summarised."""
    row = await read.connection.fetchrow(SUMMARISED, read.workspace_id, conversation_id)
    return Summarised(*row) if row else None


async def after(read: Read, conversation_id: UUID, seq: int, limit: int) -> list[Said]:
    """The messages after a counter, oldest first."""
    rows = await read.connection.fetch(AFTER, read.workspace_id, conversation_id, seq, limit)
    return [Said(*row) for row in rows]


async def keep(tx: Tx, conversation_id: UUID, summary: str, seq: int, before: int) -> bool:
    """Store a summary made from the one up to `before`; False when another was stored meanwhile."""
    done = await tx.connection.execute(KEEP, tx.workspace_id, conversation_id, summary, seq, before)
    return bool(done == "UPDATE 1")
