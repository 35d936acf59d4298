"""SQL of actions. They are written under the conversation's lock; the view `message_actions` knows their deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import JsonValue

from rejoinder.db import Batch, Read

Status: TypeAlias = Literal["queued", "waiting", "done", "failed", "cancelled"]

ADD = """
INSERT INTO actions (workspace_id, action_id, conversation_id, turn_id, position, action_type, message_id, data, status,
    result, done_at)
SELECT $1, a.action_id, $2, $3, a.position, a.action_type, a.message_id, a.data, a.status,
    a.result, CASE WHEN a.status IN ('queued', 'waiting') THEN NULL ELSE clock_timestamp() END
FROM unnest($4::uuid[], $5::integer[], $6::text[], $7::uuid[], $8::jsonb[], $9::text[], $10::jsonb[])
    AS a (action_id, position, action_type, message_id, data, status, result)
"""

FINISH = """
UPDATE actions SET status = $3, result = $4, error = nullif($5, ''), retry_count = $6, done_at = clock_timestamp()
WHERE workspace_id = $1 AND action_id = $2 AND status IN ('queued', 'waiting')
"""

AGAIN = """
UPDATE actions SET retry_count = $3, error = nullif($4, '')
WHERE workspace_id = $1 AND action_id = $2 AND status IN ('queued', 'waiting')
"""

CANCEL = """
UPDATE actions SET status = 'cancelled', error = $3, done_at = clock_timestamp()
WHERE workspace_id = $1 AND conversation_id = $2 AND status = 'waiting'
"""

_SHOWN = """action_id, conversation_id, turn_id, message_id, action_type, status, retry_count, error, data, result,
    created_at"""

ACTION = f"SELECT {_SHOWN} FROM message_actions WHERE workspace_id = $1 AND action_id = $2"

PAGE = f"""
SELECT {_SHOWN} FROM message_actions
WHERE workspace_id = $1 AND conversation_id = $2
    AND ($3::uuid IS NULL OR (created_at, action_id) > (
        SELECT l.created_at, l.action_id FROM message_actions l
        WHERE l.workspace_id = $1 AND l.conversation_id = $2 AND l.action_id = $3))
ORDER BY created_at, action_id LIMIT $4
"""


@dataclass(frozen=True, slots=True)
class NewAction:
    """A row to be written. What is sent has a `message_id`, and its delivery's status from then on."""

    action_id: UUID
    action_type: str
    message_id: UUID | None
    data: dict[str, JsonValue]
    status: Status
    result: dict[str, JsonValue] | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of `message_actions`: `status` and `retry_count` are its delivery's where it is a message."""

    action_id: UUID
    conversation_id: UUID
    turn_id: UUID
    message_id: UUID | None
    action_type: str
    status: str
    retry_count: int
    error: str | None
    data: dict[str, JsonValue]
    result: JsonValue
    created_at: datetime


def add(batch: Batch, conversation_id: UUID, turn_id: UUID, actions: Sequence[NewAction]) -> None:
    """Store the actions of one answer, in order."""
    if actions:
        batch.add(
            ADD,
            conversation_id,
            turn_id,
            [each.action_id for each in actions],
            list(range(len(actions))),
            [each.action_type for each in actions],
            [each.message_id for each in actions],
            [each.data for each in actions],
            [each.status for each in actions],
            [each.result for each in actions],
        )


def finish(
    batch: Batch,
    action_id: UUID,
    status: Literal["done", "failed", "cancelled"],
    *,
    result: dict[str, JsonValue] | None = None,
    error: str = "",
    retries: int = 0,
) -> None:
    """queued or waiting → the end; one that has ended stays as it is."""
    batch.add(FINISH, action_id, status, result, error, retries)


def again(batch: Batch, action_id: UUID, retries: int, error: str = "") -> None:
    """It goes on, after so many tries more than one; `error` says why the last was none."""
    batch.add(AGAIN, action_id, retries, error)


def cancel(batch: Batch, conversation_id: UUID, why: str) -> None:
    """waiting → cancelled for all of the conversation: nobody waits for the customer's answer any more."""
    batch.add(CANCEL, conversation_id, why)


async def action(read: Read, action_id: UUID) -> Shown | None:
    """One action."""
    row = await read.connection.fetchrow(ACTION, read.workspace_id, action_id)
    return Shown(*row) if row else None


async def page(read: Read, conversation_id: UUID, after: UUID | None, limit: int) -> list[Shown]:
    """Actions of a conversation behind the one `after`, oldest first; none behind one that is not there."""
    rows = await read.connection.fetch(PAGE, read.workspace_id, conversation_id, after, limit)
    return [Shown(*row) for row in rows]
