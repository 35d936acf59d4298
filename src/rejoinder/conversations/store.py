"""SQL of conversations and messages. Who changes a conversation's turns locks it in `turns` first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from rejoinder.conversations.model import (
    Conversation,
    Duplicate,
    Message,
    NewMessage,
    Since,
    State,
)
from rejoinder.db import Batch, Read, Tx

DUPLICATE = """
SELECT message_id, conversation_id, turn_id, seq, fingerprint FROM messages
WHERE workspace_id = $1 AND channel_id = $2 AND external_id = $3
"""

DUPLICATES = """
SELECT external_id, message_id, conversation_id, turn_id, seq, fingerprint FROM messages
WHERE workspace_id = $1 AND channel_id = $2 AND external_id = ANY ($3::text[])
"""

_CONVERSATION = """conversation_id, channel_id, thread_key, contact_id, state, agent, seq, total_messages,
    last_message_timestamp, created_at, ai_enabled, auto_response_enabled, customer_satisfaction, summary,
    metadata ->> 'escalation_reason', (metadata ->> 'escalated_at')::timestamptz"""

CONVERSATION = (
    f"SELECT {_CONVERSATION} FROM conversations WHERE workspace_id = $1 AND conversation_id = $2"
)

CONVERSATION_BY_THREAD = f"""
SELECT {_CONVERSATION} FROM conversations
WHERE workspace_id = $1 AND channel_id = $2 AND thread_key = $3 ORDER BY created_at DESC LIMIT 1
"""

# Ids grow with time, and their index spares sorting them all.
CONVERSATIONS = f"""
SELECT {_CONVERSATION} FROM conversations
WHERE workspace_id = $1 AND ($4::text IS NULL OR state = $4) AND ($2::uuid IS NULL OR conversation_id > $2)
ORDER BY conversation_id LIMIT $3
"""

_SINCE = "coalesce((metadata ->> 'escalated_at')::timestamptz, created_at), conversation_id"

# Who waits longest comes first. They are few.
WAITING = f"""
SELECT {_CONVERSATION} FROM conversations
WHERE workspace_id = $1 AND state = 'waiting' AND ($2::timestamptz IS NULL OR ({_SINCE}) > ($2, $3::uuid))
ORDER BY {_SINCE} LIMIT $4
"""

ADD_MESSAGE = """
INSERT INTO messages (workspace_id, message_id, conversation_id, channel_id, seq, turn_id, direction, sender_type,
    sender_id, kind, text, content, external_id, fingerprint, waited_for, platform_time, received_at, metadata,
    processing_status)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
    CASE WHEN $6::uuid IS NULL THEN 'none' ELSE 'pending' END)
"""

# Words change; a picture that came with them stays.
CHANGE_TEXT = """
UPDATE messages SET text = $3, turn_id = CASE WHEN $4 THEN NULL ELSE turn_id END,
    content = CASE WHEN jsonb_path_exists(content, '$[*] ? (@.kind != "text")') THEN content ELSE '[]' END,
    metadata = metadata || jsonb_build_object('edited_at', coalesce($5::timestamptz, clock_timestamp()))
WHERE workspace_id = $1 AND message_id = $2 AND kind <> 'deleted'
    AND coalesce($5::timestamptz > (metadata ->> 'edited_at')::timestamptz, true)
RETURNING true
"""

TAKE_BACK = """
UPDATE messages SET text = '', content = '[]', kind = 'deleted', turn_id = CASE WHEN $3 THEN NULL ELSE turn_id END,
    processing_status = CASE WHEN $3 THEN 'none' ELSE processing_status END,
    metadata = metadata || jsonb_build_object('deleted_at', clock_timestamp())
WHERE workspace_id = $1 AND message_id = $2 AND kind <> 'deleted'
"""

_MESSAGE = """m.message_id, m.conversation_id, m.seq, m.turn_id, m.direction, m.sender_type, m.sender_id, m.kind,
    m.text, m.content, m.external_id, coalesce(d.status, m.processing_status), m.platform_time, m.received_at,
    m.metadata, m.processed_at, m.ai_confidence_score, m.intent_classification"""

MESSAGE = f"""
SELECT {_MESSAGE} FROM messages m
LEFT JOIN deliveries d ON d.workspace_id = m.workspace_id AND d.message_id = m.message_id
WHERE m.workspace_id = $1 AND m.message_id = $2
"""

PAGE = f"""
SELECT {_MESSAGE} FROM messages m
LEFT JOIN deliveries d ON d.workspace_id = m.workspace_id AND d.message_id = m.message_id
WHERE m.workspace_id = $1 AND m.conversation_id = $2 AND m.seq > $3
ORDER BY m.seq LIMIT $4
"""

BEFORE = f"""
SELECT {_MESSAGE} FROM messages m
LEFT JOIN deliveries d ON d.workspace_id = m.workspace_id AND d.message_id = m.message_id
WHERE m.workspace_id = $1 AND m.conversation_id = $2 AND m.seq < $3
ORDER BY m.seq DESC LIMIT $4
"""

AI_ENABLED = "SELECT ai_enabled FROM conversations WHERE workspace_id = $1 AND conversation_id = $2"

AUTO_RESPONSE = """
SELECT auto_response_enabled FROM conversations WHERE workspace_id = $1 AND conversation_id = $2
"""

CLASSIFY = """
UPDATE messages SET ai_confidence_score = $3, intent_classification = $4 WHERE workspace_id = $1 AND message_id = $2
"""

CLASSIFIED = (
    "SELECT intent_classification FROM messages WHERE workspace_id = $1 AND message_id = $2"
)


async def duplicate(read: Read, channel_id: UUID, external_id: str) -> Duplicate | None:
    """The message stored under that external id."""
    row = await read.connection.fetchrow(DUPLICATE, read.workspace_id, channel_id, external_id)
    return Duplicate(*row) if row else None


async def duplicates(
    read: Read, channel_id: UUID, external_ids: Sequence[str]
) -> dict[str, Duplicate]:
    """The messages stored under any of these external ids."""
    rows = await read.connection.fetch(DUPLICATES, read.workspace_id, channel_id, external_ids)
    return {row[0]: Duplicate(*row[1:]) for row in rows}


async def conversation(read: Read, conversation_id: UUID) -> Conversation | None:
    """One conversation."""
    row = await read.connection.fetchrow(CONVERSATION, read.workspace_id, conversation_id)
    return Conversation(*row) if row else None


async def conversation_by_thread(
    read: Read, channel_id: UUID, thread_key: str
) -> Conversation | None:
    """The newest conversation of a thread, open or closed."""
    row = await read.connection.fetchrow(
        CONVERSATION_BY_THREAD, read.workspace_id, channel_id, thread_key
    )
    return Conversation(*row) if row else None


async def conversations(
    read: Read, state: State | None, after: UUID | None, limit: int
) -> list[Conversation]:
    """Conversations (in that state) behind the one `after`, by when they began."""
    rows = await read.connection.fetch(CONVERSATIONS, read.workspace_id, after, limit, state)
    return [Conversation(*row) for row in rows]


async def waiting(read: Read, after: Since | None, limit: int) -> list[Conversation]:
    """Conversations that wait for a person, behind `after`, who waits longest first."""
    behind = (after.at, after.conversation_id) if after else (None, None)
    rows = await read.connection.fetch(WAITING, read.workspace_id, *behind, limit)
    return [Conversation(*row) for row in rows]


def add_message(batch: Batch, new: NewMessage) -> None:
    """Store a message; the caller holds the conversation's lock."""
    batch.add(
        ADD_MESSAGE,
        new.message_id,
        new.conversation_id,
        new.channel_id,
        new.seq,
        new.turn_id,
        new.direction,
        new.sender_type,
        new.sender_id,
        new.kind,
        new.text,
        new.content,
        new.external_id,
        new.fingerprint,
        new.waited_for,
        new.platform_time,
        new.received_at,
        new.metadata,
    )


async def change_text(
    tx: Tx, message_id: UUID, text: str, *, unanswered: bool, at: datetime | None = None
) -> bool:
    """The message says something else; an `unanswered` one leaves its turn.

    False for a deleted one, and for a change made no later (`at`) than one that is known. The caller holds the lock.
    """
    done = await tx.connection.fetchval(
        CHANGE_TEXT, tx.workspace_id, message_id, text, unanswered, at
    )
    return done is not None


async def take_back(tx: Tx, message_id: UUID, *, unanswered: bool) -> bool:
    """The message says nothing any more; an `unanswered` one leaves its turn. False for a deleted one.

    The caller holds the lock.
    """
    done = await tx.connection.execute(TAKE_BACK, tx.workspace_id, message_id, unanswered)
    return bool(done == "UPDATE 1")


async def message(read: Read, message_id: UUID) -> Message | None:
    """One message."""
    row = await read.connection.fetchrow(MESSAGE, read.workspace_id, message_id)
    return Message(*row) if row else None


async def page(read: Read, conversation_id: UUID, after: int, limit: int) -> list[Message]:
    """Messages of a conversation after the seq `after`, oldest first."""
    rows = await read.connection.fetch(PAGE, read.workspace_id, conversation_id, after, limit)
    return [Message(*row) for row in rows]


async def before(read: Read, conversation_id: UUID, seq: int, limit: int) -> list[Message]:
    """The newest messages of a conversation before the seq, oldest first."""
    rows = await read.connection.fetch(BEFORE, read.workspace_id, conversation_id, seq, limit)
    return [Message(*row) for row in reversed(rows)]


async def ai_enabled(read: Read, conversation_id: UUID) -> bool:
    """Whether models may read the conversation."""
    found = await read.connection.fetchval(AI_ENABLED, read.workspace_id, conversation_id)
    return bool(found)


async def auto_response(read: Read, conversation_id: UUID) -> bool:
    """Whether what the bot says is sent unasked."""
    found = await read.connection.fetchval(AUTO_RESPONSE, read.workspace_id, conversation_id)
    return bool(found)


def classify(
    batch: Batch, message_id: UUID, confidence: float | None, told: dict[str, JsonValue]
) -> None:
    """Note what a message was understood to say."""
    batch.add(CLASSIFY, message_id, confidence, told)


async def classified(read: Read, message_id: UUID) -> dict[str, JsonValue] | None:
    """What a message was understood to say, once it was."""
    found: dict[str, JsonValue] | None = await read.connection.fetchval(
        CLASSIFIED, read.workspace_id, message_id
    )
    return found
