"""A canned reply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Canned:
    """What an operator inserts by its `shortcut`, unique in its workspace; `text` may have a template's variables."""

    canned_id: UUID
    shortcut: str
    text: str
    title: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
