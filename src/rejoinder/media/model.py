"""A file of a message, and what is known of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import JsonValue

from rejoinder.usage.model import Call

State: TypeAlias = Literal["waiting", "ready", "refused", "failed"]


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that is still to be fetched. `source` says how its platform names it: `id` or `url`, `sha256`, `size`."""

    media_id: UUID
    channel_id: UUID
    message_id: UUID
    kind: str
    source: dict[str, JsonValue]
    told_type: str | None
    filename: str | None


@dataclass(frozen=True, slots=True)
class File:
    """One row of `media`: `refused` for what may not be kept, `failed` for what never came; `error` says why.

    `size` is bytes; `mime_type` is told by the content, `told_type` by who sent it. `key` names its bytes in the store.
    """

    media_id: UUID
    channel_id: UUID | None
    message_id: UUID | None
    kind: str
    state: State
    told_type: str | None
    mime_type: str | None
    filename: str | None
    size: int | None
    key: str | None
    transcript: str | None
    error: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Claimed:
    """A file that this worker fetches now: only the holder of `attempt` may say what became of it."""

    workspace_id: UUID
    media_id: UUID
    channel_id: UUID
    message_id: UUID | None
    contact_id: UUID | None
    from_customer: bool
    kind: str
    source: dict[str, JsonValue]
    told_type: str | None
    filename: str | None
    attempt: int
    created_at: datetime

    @property
    def key(self) -> str:
        """Where its bytes are kept."""
        return key_of(self.workspace_id, self.media_id, self.created_at)


@dataclass(frozen=True, slots=True)
class Kept:
    """What lies in the store: bytes, their SHA-256 and the type their content tells."""

    key: str
    size: int
    sha256: bytes
    mime_type: str


@dataclass(frozen=True, slots=True)
class Located:
    """Where a file is fetched now; `headers` are for `hosts` alone."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    hosts: tuple[str, ...] = ()
    allow_private: bool = False


class Gone(Exception):  # noqa: N818 - an answer, not a fault
    """The platform has the file no more, or never had it."""


class NotLocated(Exception):  # noqa: N818
    """The platform did not say where the file is; it may another time, `again_in` seconds if it said so."""

    def __init__(self, why: str, again_in: float | None = None) -> None:
        super().__init__(why)
        self.again_in = again_in


Locate: TypeAlias = Callable[[UUID, UUID, dict[str, JsonValue]], Awaitable[Located]]
"""(workspace, channel, source) → where the file is. Raises Gone or NotLocated."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What is said in a recording, None when it could not be told, and the call that said so."""

    text: str | None
    call: Call


Transcribe: TypeAlias = Callable[[Claimed, bytes, str], Awaitable[Transcript | None]]
"""(file, bytes, MIME type) → the words in it, None for what it can't or may not hear. Raises nothing that its provider
does."""


def key_of(workspace_id: UUID, media_id: UUID, at: datetime) -> str:
    """`workspace/yyyy/mm/media`: the month it came in, so that a person finds their way in the bucket."""
    return f"{workspace_id}/{at:%Y/%m}/{media_id}"


def ids_in(key: str) -> tuple[UUID, UUID] | None:
    """(workspace, media) of a key; None for one that is not ours."""
    parts = key.split("/")
    if len(parts) != 4:
        return None
    try:
        return UUID(parts[0]), UUID(parts[3])
    except ValueError:
        return None
