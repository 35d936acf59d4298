"""SQL of outcomes: a message, its turn, the turn's replies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from rejoinder.db import Read
from rejoinder.turns.model import TurnState

# Conversation and turn are looked up by themselves (LIMIT): a plan made while the tables are young reads all of them.
OUTCOME = """
SELECT m.message_id, m.conversation_id, c.thread_key, m.external_id, m.sender_type,
    CASE WHEN m.metadata ? 'rejoinder:history' THEN 'history' ELSE m.kind END, m.turn_id, t.state, t.decision,
    t.reason, t.provider, t.model, (
        SELECT o.message_id FROM messages o
        WHERE o.workspace_id = m.workspace_id AND o.turn_id = m.turn_id AND o.direction = 'inbound'
        ORDER BY o.waited_for DESC, o.seq DESC LIMIT 1), (
        SELECT coalesce(jsonb_agg(jsonb_build_array(r.message_id, r.kind, r.text) ORDER BY r.seq), '[]')
        FROM messages r
        WHERE r.workspace_id = m.workspace_id AND r.turn_id = m.turn_id AND r.direction = 'outbound')
FROM messages m
CROSS JOIN LATERAL (
    SELECT o.thread_key FROM conversations o
    WHERE o.workspace_id = $1 AND o.conversation_id = m.conversation_id LIMIT 1
) AS c
LEFT JOIN LATERAL (
    SELECT o.state, o.decision, o.reason, o.provider, o.model FROM turns o
    WHERE o.workspace_id = $1 AND o.turn_id = m.turn_id LIMIT 1
) AS t ON true
WHERE m.workspace_id = $1 AND m.message_id = $2
"""

# A message taken in while the turn was answered, under the conversation's lock: received before the turn ended.
ANSWER = """
SELECT (
        SELECT coalesce(jsonb_agg(jsonb_build_array(r.text, r.metadata, d.status, d.error) ORDER BY r.seq), '[]')
        FROM messages r
        LEFT JOIN deliveries d ON d.workspace_id = r.workspace_id AND d.message_id = r.message_id
        WHERE r.workspace_id = t.workspace_id AND r.turn_id = t.turn_id AND r.direction = 'outbound'), (
        SELECT coalesce(jsonb_agg(jsonb_build_array(coalesce(n.external_id, n.message_id::text),
            extract(epoch FROM n.platform_time)) ORDER BY n.seq), '[]')
        FROM messages n
        WHERE n.workspace_id = t.workspace_id AND n.conversation_id = t.conversation_id AND n.direction = 'inbound'
            AND n.kind <> 'deleted' AND n.received_at <= t.ended_at AND n.seq > (
                SELECT max(o.seq) FROM messages o
                WHERE o.workspace_id = t.workspace_id AND o.turn_id = t.turn_id AND o.direction = 'inbound')), (
        SELECT coalesce(h.external_id, h.message_id::text) FROM messages h
        WHERE h.workspace_id = t.workspace_id AND h.message_id = $3)
FROM turns t WHERE t.workspace_id = $1 AND t.turn_id = $2
"""

ASKED = """
SELECT message_id FROM messages WHERE workspace_id = $1 AND turn_id = $2 AND direction = 'inbound' ORDER BY seq
"""

# A superseded turn's calls count for the one that took its messages.
EXPLAINED = """
SELECT t.turn_id, t.conversation_id, t.state, t.decision, t.reason, t.provider, t.model, t.error, t.first_unanswered_at,
    t.ended_at, x.told, (
        SELECT coalesce(jsonb_agg(jsonb_build_object('attempt', a.attempt, 'outcome', a.outcome, 'worker', a.worker,
            'started_at', a.started_at, 'ended_at', a.ended_at, 'tokens', a.tokens, 'cost_usd', a.cost,
            'error', a.error) ORDER BY a.fence), '[]')
        FROM turn_attempts a WHERE a.workspace_id = $1 AND a.turn_id = t.turn_id), (
        SELECT coalesce(jsonb_agg(r.message_id ORDER BY r.seq), '[]') FROM messages r
        WHERE r.workspace_id = $1 AND r.turn_id = t.turn_id AND r.direction = 'outbound')
FROM messages m
JOIN turns t ON t.workspace_id = $1 AND t.turn_id = m.turn_id
LEFT JOIN explanations x ON x.workspace_id = $1 AND x.turn_id = t.turn_id
WHERE m.workspace_id = $1 AND m.message_id = $2
"""

HAS_TURNS = "SELECT EXISTS (SELECT FROM turns WHERE workspace_id = $1 AND conversation_id = $2)"


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
    kind: str
    turn_id: UUID | None
    state: TurnState | None
    decision: str | None
    reason: str | None
    provider: str | None
    model: str | None
    holder: UUID | None
    replies: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Said:
    """One reply of a turn; `delivery` is how far it got, and `error` what kept it."""

    text: str
    metadata: dict[str, JsonValue]
    delivery: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a turn answered, beside its outcome.

    `newer` are the messages that waited when it ended: the sender's id and Unix seconds each. `holder` is the
    sender's id of the message that carries the answer, where one was asked for.
    """

    replies: list[Said]
    newer: list[tuple[str, float]]
    holder: str | None


@dataclass(frozen=True, slots=True)
class Explained:
    """A turn with all that is known of how it went; `told` is its explanation, None before it ended or once forgotten.

    `attempts` are JSON objects, the earliest first; `replies` the ids of its messages to the customer.
    """

    turn_id: UUID
    conversation_id: UUID
    state: TurnState
    decision: str | None
    reason: str | None
    provider: str | None
    model: str | None
    error: str | None
    first_unanswered_at: datetime
    ended_at: datetime | None
    told: dict[str, JsonValue] | None
    attempts: list[dict[str, JsonValue]]
    replies: list[str]


async def answer(read: Read, turn_id: UUID, holder: UUID | None) -> Answer | None:
    """A turn's answer, its deliveries and what has come meanwhile; None when there is no such turn."""
    row = await read.connection.fetchrow(ANSWER, read.workspace_id, turn_id, holder)
    if row is None:
        return None
    replies, newer, named = row
    return Answer([Said(*reply) for reply in replies], [(who, at) for who, at in newer], named)


async def asked(read: Read, turn_id: UUID) -> list[UUID]:
    """The messages that a turn answers, in order."""
    rows = await read.connection.fetch(ASKED, read.workspace_id, turn_id)
    return [row[0] for row in rows]


async def explained(read: Read, message_id: UUID) -> Explained | None:
    """Why the turn of a message ended as it did; None where no turn has it."""
    row = await read.connection.fetchrow(EXPLAINED, read.workspace_id, message_id)
    return Explained(*row) if row else None


async def has_turns(read: Read, conversation_id: UUID) -> bool:
    """Whether anything was ever to be answered in the conversation."""
    found: bool = await read.connection.fetchval(HAS_TURNS, read.workspace_id, conversation_id)
    return found


async def outcome(read: Read, message_id: UUID) -> Facts | None:
    """The facts of a message's outcome."""
    row = await read.connection.fetchrow(OUTCOME, read.workspace_id, message_id)
    return Facts(*row) if row else None
