"""A customer, and the names they are known by."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import JsonValue

EVERYWHERE = UUID(int=0)
"""The scope of identities that mean the same person in every channel of a workspace."""

Wish: TypeAlias = Literal["opt_out", "opt_in"]


@dataclass(frozen=True, slots=True)
class Identity:
    """One name of a customer: `kind` is `phone` (digits with the country's, no +), `email`, or the platform's own word.

    Of `phone` and `email` one is the same person in all channels of a workspace (`everywhere`); of the others, in its
    channel only.
    """

    kind: str
    value: str

    @property
    def everywhere(self) -> bool:
        """Whether it means the same person in every channel."""
        return self.kind in ("phone", "email")

    def scope(self, channel_id: UUID) -> UUID:
        """Where it means one person: EVERYWHERE, or in that channel."""
        return EVERYWHERE if self.everywhere else channel_id


@dataclass(frozen=True, slots=True)
class Known:
    """Who wrote. `thread_key` is that of the conversation they have open in the channel under any of their names.

    `merged` says that they were just found to be one with another contact.
    """

    contact_id: UUID
    opted_out: bool
    thread_key: str | None
    merged: bool = False


@dataclass(frozen=True, slots=True)
class Consent:
    """A wish for no more messages, or for messages again, in the customer's or an operator's words."""

    change: Wish
    words: str
    channel_id: UUID
    message_id: UUID | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NamedBy:
    """An identity as it is stored; `channel_id` is None for one that is known everywhere.

    `unreachable_at` is since when the customer blocks us there.
    """

    kind: str
    value: str
    channel_id: UUID | None
    seen_at: datetime
    unreachable_at: datetime | None


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer with all their names. `merged_into` is the contact they were found to be the same person as.

    `attributes` are what they told when they were asked, or an operator wrote down; `language` is an ISO 639-1 code,
    `time_zone` an IANA name.
    """

    contact_id: UUID
    display_name: str | None
    opted_out_at: datetime | None
    merged_into: UUID | None
    created_at: datetime
    attributes: dict[str, JsonValue] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    language: str | None = None
    time_zone: str | None = None
