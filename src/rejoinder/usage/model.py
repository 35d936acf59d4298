"""What one call to a model took."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, Self, TypeAlias
from uuid import UUID

from rejoinder.db import new_id

Outcome: TypeAlias = Literal["ok", "error", "cancelled"]


@dataclass(frozen=True, slots=True)
class Call:
    """One model call, whatever became of it: a row of `ai_response_logs`.

    `cost` is in US dollars, None where the price is not known. `estimated` tells that the provider reported no tokens
    and they were reckoned from the text. `call_id` is the row's key: a call that is booked twice is written once.
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
    cost: Decimal | None = None
    call_id: UUID = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens, and US dollars as far as prices are known."""

    tokens: int = 0
    cost: Decimal = Decimal(0)

    @classmethod
    def on(cls, calls: Iterable[Call]) -> Self:
        """What the calls took together."""
        listed = list(calls)
        return cls(
            sum(call.input_tokens + call.output_tokens for call in listed),
            sum((call.cost or Decimal(0) for call in listed), Decimal(0)),
        )


NOTHING = Spent()
