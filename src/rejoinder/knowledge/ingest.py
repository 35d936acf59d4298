"""A text enters the knowledge base."""

from __future__ import annotations

from dataclasses import replace

from rejoinder.db import Tx, new_id
from rejoinder.errors import Invalid
from rejoinder.knowledge import store
from rejoinder.knowledge.chunk import SEPARATOR, chunk
from rejoinder.knowledge.index import index
from rejoinder.knowledge.lexeme import tag
from rejoinder.knowledge.model import Chunk, Document
from rejoinder.text import language

# A book of a thousand pages; more is a mistake, and its words would be held in memory at once.
LONGEST = 2_000_000
# A title is a line, a source a path or URL: more would not fit PostgreSQL's index entries (2,704 bytes).
LINE = 500


async def ingest(tx: Tx, *, title: str, body: str, source: str) -> Document:
    """Store a Markdown or plain text so that search finds it; the same source again replaces it.

    Raises Invalid for an empty title, source or body, a title or source over 500 characters, a body over
    2,000,000, or one with a NUL.
    """
    title, source = title.strip(), source.strip()
    for name, text, most in (
        ("title", title, LINE),
        ("source", source, LINE),
        ("body", body, LONGEST),
    ):
        _check(name, text, most)
    pieces = [_under(title, piece) for piece in chunk(body)]
    chunks = [
        index(position, title, piece, tag(tx.workspace_id)) for position, piece in enumerate(pieces)
    ]
    document_id = await store.save(
        tx,
        document_id=new_id(),
        title=title,
        source=source,
        language=language(body),
        body=body,
        chunks=len(chunks),
    )
    await store.replace_chunks(tx, document_id, chunks)
    return Document(document_id, title, source, language(body), len(chunks))


def _under(title: str, piece: Chunk) -> Chunk:
    """The chunk without the title at the head of its path, where most Markdown repeats it."""
    return replace(piece, heading=piece.heading.removeprefix(f"{title}{SEPARATOR}"))


def _check(name: str, text: str, most: int) -> None:
    if not text.strip():
        raise Invalid(f"The {name} is empty.", mend="Give it some text.", where=name)
    if len(text) > most:
        raise Invalid(
            f"The {name} has {len(text):,} characters; {most:,} is the most.",
            mend="Shorten it, or split it into several documents.",
            where=name,
        )
    if "\x00" in text:
        raise Invalid(f"The {name} holds a NUL character.", mend="Remove it.", where=name)
