"""A dead letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

Kind: TypeAlias = Literal["turn", "delivery"]
Resolution: TypeAlias = Literal["replayed", "discarded", "reconciled"]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Work that gave up. `subject_id` is the turn's or the delivery's id; open while `resolution` is None.

    `replayed_as` is the turn that took a replayed turn's messages.
    """

    dead_letter_id: UUID
    kind: Kind
    subject_id: UUID
    conversation_id: UUID
    error: str
    attempts: int
    created_at: datetime
    resolution: Resolution | None
    resolved_at: datetime | None
    resolved_by: str | None
    replayed_as: UUID | None
