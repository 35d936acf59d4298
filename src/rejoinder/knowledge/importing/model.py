"""What is imported, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import JsonValue

from rejoinder.knowledge.model import Document, Indexed

Format: TypeAlias = Literal["text", "markdown", "html", "csv", "json", "pdf", "docx"]
"""What a document was read from."""

Became: TypeAlias = Literal["new", "replaced", "unchanged"]

# Part of each digest: raise it when the same text comes out as other chunks or other words, and the next import of
# what did not change stores it anew.
_EDITION = b"1"


@dataclass(frozen=True, slots=True)
class Material:
    """A Markdown text on its way in; a form feed in `body` begins a new page.

    `source` names where it comes from: the same source again, in the same base, replaces the document. `source_id` is
    the website it came with, `fetched` what is remembered of the page for the next time.
    """

    title: str
    body: str
    source: str
    base_id: UUID | None = None
    source_id: UUID | None = None
    format: Format = "markdown"
    tags: tuple[str, ...] = ()
    fetched: JsonValue = None

    @property
    def digest(self) -> bytes:
        """SHA-256 of all that a reader would see of it."""
        found = sha256(_EDITION)
        for part in (self.title, self.format, *sorted(self.tags), self.body):
            data = part.encode()
            found.update(len(data).to_bytes(8, "big") + data)
        return found.digest()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A material with its chunks, ready to be stored."""

    material: Material
    language: str
    chunks: Sequence[Indexed]


@dataclass(frozen=True, slots=True)
class Stored:
    """A document after an import, and whether that changed anything."""

    document: Document
    became: Became


@dataclass(frozen=True, slots=True)
class Base:
    """A base of knowledge, with how many documents and chunks it holds."""

    base_id: UUID
    name: str
    created_at: datetime
    documents: int = 0
    chunks: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """A document as a list shows it; `embedded` is the model whose vectors its chunks have."""

    document_id: UUID
    title: str
    source: str
    language: str
    chunks: int
    base_id: UUID | None
    source_id: UUID | None
    format: Format
    tags: Sequence[str]
    embedded: str | None
    embed_error: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Piece:
    """A chunk of a document, as it is shown to who looks after the knowledge."""

    position: int
    heading: str
    language: str
    text: str
    page: int | None
