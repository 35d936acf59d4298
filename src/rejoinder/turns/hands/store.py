"""SQL of what people do with turns. Everything runs under the conversation's lock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from uuid import UUID

import asyncpg

from rejoinder.db import Batch, Tx
from rejoinder.queue.priority import NORMAL
from rejoinder.turns.model import Guard, TurnState

CONVERSATION_OF = "SELECT conversation_id FROM turns WHERE workspace_id = $1 AND turn_id = $2"

ENDING = "SELECT state, merged_into FROM turns WHERE workspace_id = $1 AND turn_id = $2"

# What the customer has written since a person wrote, and nothing that went out answers: what found no bot in charge,
# what people were called for without a word, and what was answered by replies that a takeover kept back.
UNANSWERED = """
SELECT m.message_id, t.priority FROM messages m
LEFT JOIN turns t ON t.workspace_id = $1 AND t.turn_id = m.turn_id
WHERE m.workspace_id = $1 AND m.conversation_id = $2 AND m.direction = 'inbound' AND m.kind <> 'deleted'
    AND NOT m.metadata ? 'rejoinder:history'
    AND m.seq > coalesce((SELECT max(a.seq) FROM messages a WHERE a.workspace_id = $1 AND a.conversation_id = $2
        AND a.sender_type = 'agent'), 0)
    AND (m.turn_id IS NULL OR t.state = 'handed_off' OR t.state = 'committed' AND t.decision = 'answer'
        AND NOT m.waited_for)
    AND NOT EXISTS (
        SELECT FROM messages o JOIN deliveries d ON d.workspace_id = $1 AND d.message_id = o.message_id
        WHERE o.workspace_id = $1 AND o.turn_id = m.turn_id AND o.direction = 'outbound' AND d.status <> 'withheld')
ORDER BY m.seq
"""

# A turn that failed or was handed off, and what came after it for nobody: its messages, those that found no bot in
# charge, and those of a turn that had not begun when people were called. Not what an agent has written after.
AGAIN = """
SELECT m.message_id, t.priority FROM messages m
LEFT JOIN turns t ON t.workspace_id = m.workspace_id AND t.turn_id = m.turn_id
WHERE m.workspace_id = $1 AND m.conversation_id = $2 AND m.direction = 'inbound' AND m.kind <> 'deleted' AND (
    m.turn_id = $3 OR m.message_id = $4
    OR m.seq > coalesce((SELECT max(a.seq) FROM messages a WHERE a.workspace_id = $1 AND a.conversation_id = $2
            AND a.sender_type = 'agent'), 0)
        AND m.seq > coalesce((SELECT min(f.seq) FROM messages f WHERE f.workspace_id = $1 AND f.turn_id = $3), 0)
        AND $3::uuid IS NOT NULL
        AND (m.turn_id IS NULL AND NOT m.metadata ? 'rejoinder:history'
            OR t.state = 'handed_off' AND t.decision IS NULL))
ORDER BY m.seq
"""

FOLLOWED = """
UPDATE turns SET merged_into = $2
WHERE workspace_id = $1 AND state NOT IN ('waiting', 'running') AND turn_id IN (
    SELECT m.turn_id FROM messages m WHERE m.workspace_id = $1 AND m.message_id = ANY ($3::uuid[]))
"""

ALLOW = """
UPDATE conversations SET seq = $3, ai_enabled = coalesce($4::boolean, ai_enabled),
    auto_response_enabled = coalesce($5::boolean, auto_response_enabled),
    customer_satisfaction = coalesce($6::double precision, customer_satisfaction)
WHERE workspace_id = $1 AND conversation_id = $2
"""

ADOPT = """
UPDATE messages SET turn_id = $3, processing_status = 'pending', processed_at = NULL
WHERE workspace_id = $1 AND conversation_id = $2 AND message_id = ANY ($4::uuid[])
"""

NOTED = "SELECT metadata ->> $3 FROM conversations WHERE workspace_id = $1 AND conversation_id = $2"

SUBJECT = """
SELECT m.conversation_id, m.direction, m.turn_id, t.state, EXISTS (
        SELECT FROM messages r WHERE r.workspace_id = $1 AND r.turn_id = m.turn_id AND r.sender_type = 'ai')
FROM messages m
LEFT JOIN turns t ON t.workspace_id = m.workspace_id AND t.turn_id = m.turn_id
WHERE m.workspace_id = $1 AND m.message_id = $2
"""


SPOKEN = """
SELECT p.language, ARRAY(
    SELECT m.text FROM messages m
    WHERE m.workspace_id = $1 AND m.conversation_id = $2 AND m.direction = 'inbound' AND m.kind <> 'deleted'
    ORDER BY m.seq DESC LIMIT 5)
FROM contacts p WHERE p.workspace_id = $1 AND p.contact_id = $3
"""


@dataclass(frozen=True, slots=True)
class Left:
    """Messages that are to get a turn, and the highest priority of those that had them."""

    message_ids: list[UUID]
    priority: int

    @classmethod
    def of(cls, rows: Sequence[asyncpg.Record]) -> Self:
        """(message, its turn's priority or None) each."""
        return cls([row[0] for row in rows], max([NORMAL, *(row[1] or 0 for row in rows)]))


@dataclass(frozen=True, slots=True)
class Subject:
    """A customer's message, and the turn that has taken it up, if any; `answered` when the bot's reply went out."""

    conversation_id: UUID
    direction: str
    turn_id: UUID | None
    state: TurnState | None
    answered: bool


async def conversation_of(tx: Tx, turn_id: UUID) -> UUID | None:
    """The conversation of a turn."""
    found: UUID | None = await tx.connection.fetchval(CONVERSATION_OF, tx.workspace_id, turn_id)
    return found


async def ending(tx: Tx, turn_id: UUID) -> tuple[TurnState, UUID | None]:
    """A turn's state, and the turn its messages went to."""
    row = await tx.connection.fetchrow(ENDING, tx.workspace_id, turn_id)
    assert row is not None, "the caller has found the turn"
    return row[0], row[1]


async def unanswered(tx: Tx, conversation_id: UUID) -> Left:
    """What the customer wrote since a person wrote, and nothing that went out answers."""
    rows = await tx.connection.fetch(UNANSWERED, tx.workspace_id, conversation_id)
    return Left.of(rows)


async def again(
    tx: Tx, conversation_id: UUID, turn_id: UUID | None, message_id: UUID | None
) -> Left:
    """The messages of an ended turn, or one message, and what came after for nobody."""
    rows = await tx.connection.fetch(AGAIN, tx.workspace_id, conversation_id, turn_id, message_id)
    return Left.of(rows)


async def subject(tx: Tx, message_id: UUID) -> Subject | None:
    """What is known of a message that shall be answered again."""
    row = await tx.connection.fetchrow(SUBJECT, tx.workspace_id, message_id)
    return Subject(*row) if row else None


def adopt(batch: Batch, conversation_id: UUID, turn_id: UUID, message_ids: list[UUID]) -> None:
    """Give the messages to a turn; the ended ones that had them say so."""
    batch.add(FOLLOWED, turn_id, message_ids)
    batch.add(ADOPT, conversation_id, turn_id, message_ids)


async def noted(tx: Tx, guard: Guard, key: str) -> str | None:
    """What the conversation's metadata say under a key."""
    found: str | None = await tx.connection.fetchval(
        NOTED, tx.workspace_id, guard.conversation_id, key
    )
    return found


async def spoken(tx: Tx, guard: Guard) -> tuple[str | None, list[str]]:
    """The language noted of the contact, and what was written here last, the newest first."""
    row = await tx.connection.fetchrow(
        SPOKEN, tx.workspace_id, guard.conversation_id, guard.contact_id
    )
    return (row[0], row[1]) if row else (None, [])


async def waits_for(tx: Tx, guard: Guard, reason: str) -> bool:
    """Whether that was why people were called last."""
    return await noted(tx, guard, "escalation_reason") == reason


def allow(
    batch: Batch,
    conversation_id: UUID,
    seq: int,
    ai_enabled: bool | None,
    auto_response_enabled: bool | None,
    customer_satisfaction: float | None,
) -> None:
    """Say how far the bot may go, and how content the customer was; None leaves each as it is."""
    batch.add(ALLOW, conversation_id, seq, ai_enabled, auto_response_enabled, customer_satisfaction)
