"""What one call to a model took."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, Self, TypeAlias
from uuid import UUID

from rejoinder.db import new_id

Outcome: TypeAlias = Literal["ok", "error", "cancelled"]
Purpose: TypeAlias = Literal["answer", "analyse", "transcribe", "summarise", "embed", "evaluate"]
"""What a call was made for. Calls of an evaluation answer nobody: they count for no bot's and no contact's budget."""

Priced: TypeAlias = Literal["exact", "estimated", "unknown"]
"""`exact`: the provider told the tokens; `estimated`: they were reckoned from the text; `unknown`: it has no price."""

Prices: TypeAlias = Mapping[str, str]
"""US dollars for a million tokens, as decimal texts: `input`, `cached` (read from the provider's cache), `output`."""


@dataclass(frozen=True, slots=True)
class Call:
    """One model call, whatever became of it: a row of `ai_response_logs`.

    `cost` is in US dollars, None where the price is not known; `prices` are those it was reckoned with, `priced` how
    far it can be relied on. `estimated` tells that the provider reported no tokens and they were reckoned from the
    text. `cached_tokens` are those of the input that the provider had kept. `call_id` is the row's key: a call that is
    booked twice is written once.
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
    purpose: Purpose = "answer"
    bot_id: UUID | None = None
    cached_tokens: int = 0
    priced: Priced = "unknown"
    prices: Prices | None = None


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
