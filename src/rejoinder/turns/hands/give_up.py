"""What was open between bot and customer is open no more: a person is there now, or nobody."""

from __future__ import annotations

from uuid import UUID

from rejoinder.actions import store as actions
from rejoinder.db import Batch
from rejoinder.turns.drafts import store as drafts


def give_up(batch: Batch, conversation_id: UUID, why: str) -> None:
    """Nobody waits for what the customer was asked for, and what was drafted is not sent; the conversation is locked.

    The caller's `advance` forgets the question itself: it says who is in charge from now on.
    """
    actions.cancel(batch, conversation_id, why)
    drafts.outdate(batch, conversation_id)
