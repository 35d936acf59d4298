"""A text enters the knowledge base."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import UUID

import asyncpg

from rejoinder.db import Database, Tx, new_id
from rejoinder.db.retry import retry_busy
from rejoinder.errors import Invalid, NotFound
from rejoinder.knowledge.chunk import SEPARATOR, chunk
from rejoinder.knowledge.importing import store
from rejoinder.knowledge.importing.model import Material, Prepared, Stored
from rejoinder.knowledge.index import index
from rejoinder.knowledge.model import Chunk, Document
from rejoinder.knowledge.searching.lexeme import tag
from rejoinder.text import language

# A book of a thousand pages; more is a mistake, and its words would be held in memory at once.
LONGEST = 2_000_000
# A title is a line, a source a path or URL: more would not fit PostgreSQL's index entries (2,704 bytes).
LINE = 500

MOST_TAGS = 20
LONGEST_TAG = 60


async def ingest(
    tx: Tx,
    *,
    title: str,
    body: str,
    source: str,
    base_id: UUID | None = None,
    tags: Sequence[str] = (),
) -> Document:
    """Store a Markdown or plain text so that search finds it; the same source again, in the same base, replaces it.

    Raises Invalid for an empty title, source or body, a title or source over 500 characters, a body over
    2,000,000, or one with a NUL; NotFound for a base that is not there.
    """
    material = Material(title, body, source, base_id, tags=tuple(tags))
    return (await put(tx, prepare(tx.workspace_id, material))).document


async def take(db: Database, workspace_id: UUID, material: Material) -> Stored:
    """The same in a transaction of its own; the work on the words is done before it, and off the loop."""
    prepared = await asyncio.to_thread(prepare, workspace_id, material)

    async def once() -> Stored:
        async with db.transaction(workspace_id) as tx:
            return await put(tx, prepared)

    return await retry_busy(once)


def prepare(workspace_id: UUID, material: Material) -> Prepared:
    """The material with its chunks; a second for each 300,000 characters or so. Raises Invalid as `ingest` does."""
    material = replace(material, title=material.title.strip(), source=material.source.strip())
    _check("title", material.title, LINE)
    _check("source", material.source, LINE)
    _check("body", material.body, LONGEST)
    _check_tags(material.tags)
    tagged = tag(workspace_id)
    pieces = _paged(material.body, [_under(material.title, each) for each in chunk(material.body)])
    chunks = [index(at, material.title, piece, tagged) for at, piece in enumerate(pieces)]
    return Prepared(material, language(material.body), chunks)


async def put(tx: Tx, prepared: Prepared) -> Stored:
    """Store it; a sweep has its vectors made. What is stored already stays untouched. Raises NotFound for its base."""
    same = await store.unchanged(tx, prepared)
    if same is not None:
        return Stored(same, "unchanged")
    try:
        document, is_new = await store.save(tx, new_id(), prepared)
    except asyncpg.ForeignKeyViolationError:
        raise NotFound(
            f"There is no base {prepared.material.base_id} in this workspace.",
            mend="GET /api/v1/knowledge/bases lists its bases.",
            where="base_id",
        ) from None
    return Stored(document, "new" if is_new else "replaced")


def _under(title: str, piece: Chunk) -> Chunk:
    """The chunk without the title at the head of its path, where most Markdown repeats it."""
    return replace(piece, heading=piece.heading.removeprefix(f"{title}{SEPARATOR}"))


def _paged(body: str, pieces: Sequence[Chunk]) -> Iterator[Chunk]:
    """The chunks with the pages they begin on, where the body has pages: form feeds part them."""
    if "\f" not in body:
        yield from pieces
        return
    at, page = 0, 1
    for piece in pieces:
        begins = (piece.body or piece.heading.rpartition(SEPARATOR)[2]).partition("\n")[0].strip()
        found = body.find(begins[:80], at) if begins else -1
        if found >= 0:
            page += body.count("\f", at, found)
            at = found
        yield replace(piece, page=page)


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


def _check_tags(tags: Sequence[str]) -> None:
    if len(tags) > MOST_TAGS:
        raise Invalid(
            f"There are {len(tags)} tags; {MOST_TAGS} is the most.",
            mend="Give fewer.",
            where="tags",
        )
    for each in tags:
        _check("tags", each, LONGEST_TAG)
