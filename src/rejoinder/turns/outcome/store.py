"""SQL of outcomes: a message, its turn, the turn's replies."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from rejoinder.db import Read
from rejoinder.turns.model import TurnState

OUTCOME = """
SELECT m.message_id, m.conversation_id, c.thread_key, m.external_id, m.sender_type, m.turn_id, t.state, t.decision,
    t.reason, t.provider, t.model, (
        SELECT o.message_id FROM messages o
        WHERE o.workspace_id = m.workspace_id AND o.turn_id = m.turn_id AND o.direction = 'inbound'
        ORDER BY o.waited_for DESC, o.seq DESC LIMIT 1), (
        SELECT coalesce(jsonb_agg(jsonb_build_array(r.message_id, r.kind, r.text) ORDER BY r.seq), '[]')
        FROM messages r
        WHERE r.workspace_id = m.workspace_id AND r.turn_id = m.turn_id AND r.direction = 'outbound')
FROM messages m
JOIN conversations c ON c.workspace_id = m.workspace_id AND c.conversation_id = m.conversation_id
LEFT JOIN turns t ON t.workspace_id = m.workspace_id AND t.turn_id = m.turn_id
WHERE m.workspace_id = $1 AND m.message_id = $2
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is stored about a message and its turn.

    `holder` is the message that carries the turn's `replies`: (message_id, kind, text) each, in order.
    """

    message_id: UUID
    conversation_id: UUID
    thread_key: str
    external_id: str | None
    sender_type: str
    turn_id: UUID | None
    state: TurnState | None
    decision: str | None
    reason: str | None
    provider: str | None
    model: str | None
    holder: UUID | None
    replies: list[tuple[str, str, str]]


async def outcome(read: Read, message_id: UUID) -> Facts | None:
    """The facts of a message's outcome."""
    row = await read.connection.fetchrow(OUTCOME, read.workspace_id, message_id)
    return Facts(*row) if row else None
