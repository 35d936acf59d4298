"""What was spent, by what is asked for: pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias, get_args
from uuid import UUID

from rejoinder.usage.model import Priced, Purpose

By: TypeAlias = Literal["day", "bot", "model", "purpose", "priced", "fate"]
Fate: TypeAlias = Literal["used", "superseded", "failed"]
"""What became of a call's answer: it was `used`; it was made for a turn whose answer was not sent, because a newer
message, a person or another worker came first; or the call `failed`."""

BY: tuple[By, ...] = get_args(By)


class Key(NamedTuple):
    """What calls have in common; None for what was not asked for."""

    day: date | None = None
    bot_id: UUID | None = None
    provider: str | None = None
    model: str | None = None
    purpose: Purpose | None = None
    priced: Priced | None = None
    fate: Fate | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """Of some calls. `cached_tokens` are among the `input_tokens`; `cost` is US dollars of those with a price."""

    calls: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal = Decimal(0)
    unpriced: int = 0

    def __add__(self, other: Sum) -> Sum:
        return Sum(
            self.calls + other.calls,
            self.input_tokens + other.input_tokens,
            self.cached_tokens + other.cached_tokens,
            self.output_tokens + other.output_tokens,
            self.cost + other.cost,
            self.unpriced + other.unpriced,
        )


@dataclass(frozen=True, slots=True)
class Report:
    """`total` is all; `superseded` and `evaluation` are parts of it that answered nobody."""

    items: tuple[tuple[Key, Sum], ...]
    total: Sum
    superseded: Sum
    evaluation: Sum


def report(rows: Iterable[tuple[Key, Sum]], by: frozenset[By]) -> Report:
    """Rows that tell purpose and fate, folded into what was asked for, in the order they came."""
    items: dict[Key, Sum] = {}
    total = superseded = evaluation = Sum()
    for key, some in rows:
        total += some
        if key.purpose == "evaluate":
            evaluation += some
        elif key.fate == "superseded":
            superseded += some
        asked = key._replace(
            purpose=key.purpose if "purpose" in by else None,
            fate=key.fate if "fate" in by else None,
        )
        items[asked] = items.get(asked, Sum()) + some
    return Report(tuple(items.items()), total, superseded, evaluation)
