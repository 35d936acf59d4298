"""A text enters the knowledge base."""

from __future__ import annotations

from dataclasses import replace

from rejoinder.db import Tx, new_id
from rejoinder.errors import Invalid
from rejoinder.knowledge import store
from rejoinder.knowledge.chunk import SEPARATOR, chunk
from rejoinder.knowledge.index import index
from rejoinder.knowledge.model import Chunk, Document
from rejoinder.text import language

# A book of a thousand pages; more is a mistake, and its words would be held in memory at once.
LONGEST = 2_000_000


async def ingest(tx: Tx, *, title: str, body: str, source: str) -> Document:
    """Store a Markdown or plain text so that search finds it; the same source again replaces it.

    Raises Invalid for an empty title, source or body, one over 2,000,000 characters, or one with a NUL.
    """
    title, source = title.strip(), source.strip()
    for name, text in (("title", title), ("source", source), ("body", body)):
        _check(name, text)
    document_id = await store.save(
        tx, document_id=new_id(), title=title, source=source, language=language(body), body=body
    )
    pieces = [_under(title, piece) for piece in chunk(body)]
    chunks = [index(position, title, piece) for position, piece in enumerate(pieces)]
    await store.replace_chunks(tx, document_id, chunks)
    return Document(document_id, title, source, language(body), len(chunks))


def _under(title: str, piece: Chunk) -> Chunk:
    """The chunk without the title at the head of its path, where most Markdown repeats it."""
    return replace(piece, heading=piece.heading.removeprefix(f"{title}{SEPARATOR}"))


def _check(name: str, text: str) -> None:
    if not text.strip():
        raise Invalid(f"The {name} is empty.", mend="Give it some text.", where=name)
    if len(text) > LONGEST:
        raise Invalid(
            f"The {name} has {len(text):,} characters; {LONGEST:,} is the most.",
            mend="Split it into several documents.",
            where=name,
        )
    if "\x00" in text:
        raise Invalid(f"The {name} holds a NUL character.", mend="Remove it.", where=name)
