"""SQL of drafts; whoever changes one holds its conversation's lock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
from pydantic import JsonValue

from rejoinder.actions.model import Action, CollectInfo, EndConversation, kept, told
from rejoinder.channels.text.pack import Packed
from rejoinder.conversations.content import read as read_parts
from rejoinder.conversations.content import stored
from rejoinder.db import Batch, Read
from rejoinder.turns.drafts.model import Draft, DraftState

ADD = """
INSERT INTO drafts (workspace_id, draft_id, conversation_id, turn_id, text, content)
VALUES ($1, $2, $3, $4, $5, $6)
"""

# Nobody will send what is open: another draft takes its place, or a person does, or what it answers was taken back.
OUTDATE = """
UPDATE drafts SET state = 'outdated', settled_at = clock_timestamp()
WHERE workspace_id = $1 AND conversation_id = $2 AND state = 'open' AND ($3::uuid IS NULL OR turn_id = $3)
"""

# Nor is one open any more that something has gone out after, by whoever it was.
IS_OPEN = """
SELECT EXISTS (
    SELECT FROM drafts d
    WHERE d.workspace_id = $1 AND d.turn_id = $2 AND d.state = 'open' AND NOT EXISTS (
        SELECT FROM messages o
        WHERE o.workspace_id = $1 AND o.conversation_id = d.conversation_id AND o.direction = 'outbound'
            AND o.sender_type <> 'system' AND o.seq > (
                SELECT max(a.seq) FROM messages a
                WHERE a.workspace_id = $1 AND a.turn_id = $2 AND a.direction = 'inbound')))
"""

SETTLE = """
UPDATE drafts SET state = $3, settled_at = clock_timestamp(), settled_by = $4, message_id = $5
WHERE workspace_id = $1 AND draft_id = $2 AND state = 'open'
"""

# An open draft that the customer has written after does not answer what they said; nor does one in whose conversation
# another answer is due. It is told when it is looked at: taking in a message costs nothing for it.
_STATE = """CASE WHEN d.state = 'open' AND (EXISTS (
        SELECT FROM turns l
        WHERE l.workspace_id = $1 AND l.conversation_id = d.conversation_id AND l.state IN ('waiting', 'running')
    ) OR EXISTS (
        SELECT FROM messages m
        WHERE m.workspace_id = $1 AND m.conversation_id = d.conversation_id AND m.direction = 'inbound'
            AND m.sender_type = 'customer' AND m.kind <> 'deleted' AND NOT m.metadata ? 'rejoinder:history'
            AND m.turn_id IS DISTINCT FROM d.turn_id AND m.seq > coalesce((
                SELECT max(a.seq) FROM messages a
                WHERE a.workspace_id = $1 AND a.turn_id = d.turn_id AND a.direction = 'inbound'), 0)
    )) THEN 'outdated' ELSE d.state END"""

_DRAFT = f"""d.draft_id, d.conversation_id, d.turn_id, d.text, d.content, {_STATE}, d.created_at, d.settled_at,
    d.settled_by, d.message_id"""

DRAFT = f"SELECT {_DRAFT} FROM drafts d WHERE d.workspace_id = $1 AND d.draft_id = $2"

DRAFTS = f"""
SELECT {_DRAFT} FROM drafts d
WHERE d.workspace_id = $1 AND d.conversation_id = $2 AND ($3::uuid IS NULL OR d.draft_id < $3)
    AND ($5::text IS NULL OR {_STATE} = $5)
ORDER BY d.draft_id DESC LIMIT $4
"""


COLLECTING = "SELECT collecting FROM conversations WHERE workspace_id = $1 AND conversation_id = $2"


def add(
    batch: Batch,
    draft_id: UUID,
    conversation_id: UUID,
    turn_id: UUID,
    messages: Sequence[Packed],
    *,
    behind: Sequence[Action] = (),
) -> None:
    """Keep a draft, in the place of those before it.

    Of what is `behind` its messages, the question and the end wait for whoever sends it; a person is called at once.
    """
    waiting: list[JsonValue] = [
        told(each) for each in behind if isinstance(each, CollectInfo | EndConversation)
    ]
    content: list[dict[str, JsonValue]] = [
        {"text": each.text, "parts": stored(each.parts)} for each in messages
    ]
    if waiting and content:
        content[-1]["behind"] = waiting
    outdate(batch, conversation_id)
    batch.add(
        ADD,
        draft_id,
        conversation_id,
        turn_id,
        "\n\n".join(each.text for each in messages),
        content,
    )


def outdate(batch: Batch, conversation_id: UUID, turn_id: UUID | None = None) -> None:
    """What is open in a conversation, or what one turn has drafted there, will not be sent."""
    batch.add(OUTDATE, conversation_id, turn_id)


async def is_open(read: Read, turn_id: UUID) -> bool:
    """Whether what a turn has drafted is still to be sent or thrown away."""
    found: bool = await read.connection.fetchval(IS_OPEN, read.workspace_id, turn_id)
    return found


def settle(
    batch: Batch, draft_id: UUID, state: DraftState, by: str, message_id: UUID | None
) -> None:
    """It was sent or thrown away."""
    batch.add(SETTLE, draft_id, state, by, message_id)


async def draft(read: Read, draft_id: UUID) -> Draft | None:
    """One draft."""
    row = await read.connection.fetchrow(DRAFT, read.workspace_id, draft_id)
    return _draft(row) if row else None


async def collecting(read: Read, conversation_id: UUID) -> dict[str, JsonValue] | None:
    """What the customer is asked for now (actions.collect)."""
    found: dict[str, JsonValue] | None = await read.connection.fetchval(
        COLLECTING, read.workspace_id, conversation_id
    )
    return found


async def drafts(
    read: Read,
    conversation_id: UUID,
    before: UUID | None,
    limit: int,
    state: DraftState | None = None,
) -> list[Draft]:
    """A conversation's drafts, the newest first."""
    rows = await read.connection.fetch(
        DRAFTS, read.workspace_id, conversation_id, before, limit, state
    )
    return [_draft(row) for row in rows]


def _draft(row: asyncpg.Record) -> Draft:
    draft_id, conversation_id, turn_id, text, content, *rest = row
    draft = Draft(draft_id, conversation_id, turn_id, text, tuple(map(_packed, content)), *rest)
    behind = (kept(each) for one in content for each in one.get("behind", ()))
    return replace(draft, behind=tuple(each for each in behind if each is not None))


def _packed(one: dict[str, Any]) -> Packed:
    return Packed(one["text"], read_parts(one["parts"]))
