"""What the knowledge base holds and what a search finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import JsonValue


@dataclass(frozen=True, slots=True)
class Document:
    """One ingested text; `source` names where it came from and is unique in its base.

    `base_id` is None for the workspace's own, which every bot reads that has no base.
    """

    document_id: UUID
    title: str
    source: str
    language: str
    chunks: int
    base_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document that stands for itself; `heading` is its path, parted by " › ".

    `page` is where a document with pages has it, from 1.
    """

    heading: str
    body: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Indexed:
    """A chunk as it is stored; `words` is a tsvector in PostgreSQL's text form."""

    position: int
    heading: str
    language: str
    body: str
    words: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk that may answer.

    `ranks` is its ts_rank for each of the query's keys, 0 without; `cosine` its likeness to the query's vector, -1 to
    1, None where it is not among the nearest.
    """

    document_id: UUID
    position: int
    title: str
    heading: str
    language: str
    text: str
    ranks: Sequence[float]
    cosine: float | None = None
    base_id: UUID | None = None
    source: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A chunk that a search found.

    `score`, 0 to 1, is the greater of two: the share of what was asked that the chunk's words speak of, rare words
    weighing more; and its likeness in meaning, from 0 for what is as near as any text to 1 for what surely answers
    (`llm.embedding.likeness`).
    """

    document_id: UUID
    position: int
    title: str
    heading: str
    text: str
    score: float
    base_id: UUID | None = None
    source: str = ""
    page: int | None = None

    @property
    def label(self) -> str:
        """Title and heading as one line."""
        return " › ".join(part for part in (self.title, self.heading) if part)


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage that a reply rests on; `number` is its place in the prompt, from 1."""

    number: int
    document_id: UUID
    position: int
    title: str
    heading: str
    source: str
    page: int | None
    score: float

    def told(self) -> dict[str, JsonValue]:
        """As records and callers hold it."""
        return {
            "number": self.number,
            "document_id": str(self.document_id),
            "position": self.position,
            "title": self.title,
            "heading": self.heading,
            "source": self.source,
            "page": self.page,
            "score": round(self.score, 4),
        }
