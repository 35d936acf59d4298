"""A line of the channel log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

Direction: TypeAlias = Literal["in", "out"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One request and its answer. `what` is what became of it; `status` is None where no answer came.

    Its texts are redacted, and cut at 4 KB.
    """

    log_id: UUID
    channel_id: UUID
    direction: Direction
    at: datetime
    milliseconds: float
    delivery_id: UUID | None
    method: str
    address: str
    status: int | None
    what: str
    request: str
    response: str
