"""What one call to a model took."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from uuid import UUID

from rejoinder.db import new_id

Outcome: TypeAlias = Literal["ok", "error", "cancelled"]


@dataclass(frozen=True, slots=True)
class Call:
    """One model call, whatever became of it: a row of `ai_response_logs`.

    `estimated` tells that the provider reported no tokens and they were reckoned from the text. `call_id` is the
    row's key: a call that is booked twice is written once.
    """

    provider: str
    model: str
    prompt: str
    response: str
    input_tokens: int
    output_tokens: int
    estimated: bool
    seconds: float
    outcome: Outcome
    error: str
    call_id: UUID = field(default_factory=new_id)
