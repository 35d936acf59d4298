"""A website or a sitemap as a source of documents, and what one import of it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias
from uuid import UUID

Kind: TypeAlias = Literal["website", "sitemap"]
"""All that a site links from its pages and names in its sitemap, or what one sitemap lists."""

State: TypeAlias = Literal["waiting", "running", "done", "failed"]

USUAL_PAGES = 200
MOST_PAGES = 5_000


@dataclass(frozen=True, slots=True)
class Options:
    """What of a site is read: at most so many pages, whose paths fit one of `include` (all if empty) and no `exclude`.

    The patterns are those of file names: `*` stands for anything, `/` too.
    """

    most_pages: int = USUAL_PAGES
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def stored(self) -> dict[str, object]:
        """As the row keeps it."""
        return {
            "most_pages": self.most_pages,
            "include": list(self.include),
            "exclude": list(self.exclude),
        }

    @classmethod
    def read(cls, stored: Mapping[str, object]) -> Options:
        """From the row."""
        most = stored.get("most_pages")
        return cls(
            most if isinstance(most, int) else USUAL_PAGES,
            _texts(stored.get("include")),
            _texts(stored.get("exclude")),
        )


@dataclass(frozen=True, slots=True)
class Source:
    """Where documents come from again and again.

    `error` says what was wrong the last time, `pages` how many it gave, `due_at` when it is read again.
    """

    source_id: UUID
    base_id: UUID
    kind: Kind
    url: str
    options: Options
    every: timedelta | None
    state: State
    error: str | None
    pages: int
    due_at: datetime | None
    begun_at: datetime | None
    done_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Claimed:
    """A source in the hands of a worker: `begun_at` tells its claim from any later one."""

    workspace_id: UUID
    source_id: UUID
    base_id: UUID
    kind: Kind
    url: str
    options: Options
    begun_at: datetime
    allow_private: bool


@dataclass(frozen=True, slots=True)
class Known:
    """A page of the last import: its document's digest, and what is remembered to ask whether it changed."""

    digest: bytes | None
    etag: str | None
    modified: str | None
    links: Sequence[str] = ()


def _texts(found: object) -> tuple[str, ...]:
    return tuple(str(each) for each in found) if isinstance(found, list) else ()
