"""Calls to book, and a way to book them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from rejoinder.db import Batch, Database
from rejoinder.usage import store
from rejoinder.usage.model import Call

_USUAL: dict[str, Any] = {
    "provider": "openai",
    "model": "gpt-x",
    "prompt": "Hello?",
    "response": "Hello.",
    "input_tokens": 100,
    "output_tokens": 10,
    "estimated": False,
    "seconds": 0.5,
    "outcome": "ok",
    "error": "",
    "cost": Decimal(1),
    "priced": "exact",
}

AGE = "UPDATE ai_response_logs SET created_at = created_at - $3::interval WHERE workspace_id = $1 AND log_id = $2"


def call(**given: Any) -> Call:
    """One call that cost a dollar."""
    return Call(**{**_USUAL, **given})


async def record(
    db: Database,
    workspace_id: UUID,
    *calls: Call,
    contact_id: UUID | None = None,
    message_id: UUID | None = None,
    turn_id: UUID | None = None,
    ago: timedelta | None = None,
) -> None:
    """Book them, as if `ago`."""
    async with db.transaction(workspace_id) as tx:
        batch = Batch(tx)
        store.record(
            batch, contact_id=contact_id, message_id=message_id, turn_id=turn_id, calls=calls
        )
        await batch.send()
        for each in calls if ago else ():
            await tx.connection.execute(AGE, workspace_id, each.call_id, ago)
