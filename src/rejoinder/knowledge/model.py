"""What the knowledge base holds and what a search finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Document:
    """One ingested text; `source` names where it came from and is unique in the workspace."""

    document_id: UUID
    title: str
    source: str
    language: str
    chunks: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document that stands for itself; `heading` is its path, parted by " › "."""

    heading: str
    body: str


@dataclass(frozen=True, slots=True)
class Indexed:
    """A chunk as it is stored; `words` is a tsvector in PostgreSQL's text form."""

    position: int
    heading: str
    language: str
    body: str
    words: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk that has something of what was asked; `ranks` is its ts_rank for each of the query's keys, 0 without."""

    document_id: UUID
    position: int
    title: str
    heading: str
    language: str
    text: str
    ranks: Sequence[float]


@dataclass(frozen=True, slots=True)
class Found:
    """A chunk that a search found.

    `score` is the share of what was asked that the chunk speaks of, 0 to 1, rare words weighing more.
    """

    document_id: UUID
    position: int
    title: str
    heading: str
    text: str
    score: float

    @property
    def label(self) -> str:
        """Title and heading as one line."""
        return " › ".join(part for part in (self.title, self.heading) if part)
