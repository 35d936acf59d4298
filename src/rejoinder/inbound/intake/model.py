"""A webhook's body in the intake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

State: TypeAlias = Literal["waiting", "quarantined", "applied", "discarded"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One body, without its bytes; `size` is how many there are. `next_try_at` means nothing once it is resolved."""

    intake_id: UUID
    channel_id: UUID
    state: State
    reason: str
    attempts: int
    size: int
    received_at: datetime
    next_try_at: datetime
    resolved_at: datetime | None
    resolved_by: str | None


@dataclass(frozen=True, slots=True)
class InHand:
    """A waiting body that this worker applies now; `attempts` counts this one."""

    intake_id: UUID
    channel_id: UUID
    platform: str
    body: bytes
    attempts: int
    threads: tuple[str, ...]
