"""What a caller is shown of a message's outcome."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from pydantic import BaseModel

from rejoinder.turns.outcome.read import Outcome, Status


class ReplyView(BaseModel):
    """One message of the answer."""

    message_id: UUID
    kind: str
    text: str


class OutcomeView(BaseModel):
    """What became of a message. `model` is `local` where no large model answered."""

    message_id: UUID
    conversation_id: UUID
    thread_key: str
    external_id: str | None
    turn_id: UUID | None
    status: Status
    answered_by: UUID | None
    provider: str | None
    model: str | None
    reason: str | None
    replies: list[ReplyView]

    @classmethod
    def of(cls, found: Outcome) -> Self:
        """The view of an outcome."""
        return cls.model_validate(found, from_attributes=True)
