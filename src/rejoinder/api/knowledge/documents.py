"""Documents: handed in as text or as a file, listed, shown with their chunks, deleted."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from rejoinder.api.bodies import Page, View
from rejoinder.api.knowledge.upload import OPENAPI, Asked, Line, Storable, Tag, material
from rejoinder.db import Database
from rejoinder.errors import NotFound
from rejoinder.inbound.rest.callers import needs
from rejoinder.knowledge.importing import store
from rejoinder.knowledge.importing.formats.apart import Reading
from rejoinder.knowledge.importing.model import Format, Stored
from rejoinder.knowledge.importing.websites import store as websites
from rejoinder.knowledge.ingest import take
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens

_FIRST = UUID(int=0)


class StoredView(View):
    """A document after it was handed in. `unchanged`: it was here already, word by word, and nothing was done."""

    document_id: UUID
    title: str
    source: str
    base_id: UUID | None
    language: str
    chunks: int
    replaced: bool
    unchanged: bool


class DocumentView(View):
    """A document; `source` is where its text comes from, `source_id` the website it came with."""

    document_id: UUID
    title: str
    source: str
    base_id: UUID | None
    source_id: UUID | None
    language: str
    chunks: int
    format: Format
    tags: list[str]
    embedded: str | None
    embed_error: str | None
    created_at: datetime
    updated_at: datetime


class ChunkView(View):
    """A piece of a document as search finds it: `page` of a document that has pages, from 1."""

    position: int
    heading: str
    language: str
    text: str
    page: int | None


class WholeView(DocumentView):
    """A document with its chunks in order, and the address of the website it came with."""

    website: str | None
    pieces: list[ChunkView]


def routes(db: Database, tokens: Tokens, reading: Reading) -> APIRouter:
    """What is known, and how it gets in and out."""
    router = APIRouter(prefix="/api/v1/knowledge/documents")
    Operator = Annotated[Caller, Depends(needs(tokens, "operate"))]  # noqa: N806 - a type
    Admin = Annotated[Caller, Depends(needs(tokens, "admin"))]  # noqa: N806 - a type

    async def taken(request: Request, response: Response, caller: Caller, asked: Asked) -> Stored:
        stored = await take(db, caller.workspace_id, await material(request, reading, asked))
        response.status_code = 200 if stored.became == "unchanged" else 201
        return stored

    @router.post("", status_code=201, openapi_extra=OPENAPI)
    async def add_document(
        request: Request,
        response: Response,
        caller: Admin,
        title: Line = None,
        source: Line = None,
        base_id: UUID | None = None,
        filename: Annotated[Line, Query(description="A file's name tells its format.")] = None,
        tag: Annotated[list[Tag] | None, Query(max_length=20)] = None,
    ) -> StoredView:
        """Hand in a text as JSON, or a file of 25 MB at most as the body: PDF, DOCX, HTML, Markdown, CSV, JSON or text.

        The same source again, in the same base, replaces the document; 200 and `unchanged` when it is the same.
        """
        asked = Asked(title, source, base_id, filename, tuple(tag or ()))
        return _stored(await taken(request, response, caller, asked))

    @router.put("", openapi_extra=OPENAPI)
    async def put_document(
        request: Request,
        response: Response,
        caller: Admin,
        title: Line = None,
        source: Line = None,
        base_id: UUID | None = None,
        filename: Line = None,
        tag: Annotated[list[Tag] | None, Query(max_length=20)] = None,
    ) -> StoredView:
        """Put a document in the place of the one of its `source`, which must be named; 201 when it is new."""
        asked = Asked(title, source, base_id, filename, tuple(tag or ()), names_source=True)
        stored = await taken(request, response, caller, asked)
        response.status_code = 201 if stored.became == "new" else 200
        return _stored(stored)

    @router.get("")
    async def list_documents(
        caller: Operator,
        base: Annotated[UUID | None, Query(description="Only those of this base.")] = None,
        tag: Annotated[Storable | None, Query(description="Only those with this tag.")] = None,
        q: Annotated[Storable | None, Query(description="A part of the title or source.")] = None,
        after: Annotated[UUID, Query(description="Documents after this id.")] = _FIRST,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Page[DocumentView]:
        """The workspace's documents, oldest first."""
        async with db.read(caller.workspace_id) as read:
            found = await store.page(read, after, limit, base_id=base, tag=tag, q=q)
        items = [DocumentView.model_validate(each) for each in found]
        return Page.of(items, limit, lambda last: last.document_id)

    @router.get("/{document_id}")
    async def get_document(document_id: UUID, caller: Operator) -> WholeView:
        """One document, with its chunks and where it comes from."""
        async with db.read(caller.workspace_id) as read:
            found = await store.document(read, document_id)
            if found is None:
                raise _none(document_id)
            pieces = await store.pieces(read, document_id)
            site = await websites.source(read, found.source_id) if found.source_id else None
        return WholeView(
            **DocumentView.model_validate(found).model_dump(),
            website=site.url if site else None,
            pieces=[ChunkView.model_validate(piece) for piece in pieces],
        )

    @router.delete("/{document_id}", status_code=204, response_class=Response)
    async def delete_document(document_id: UUID, caller: Admin) -> None:
        """Delete a document. One of a website comes again with its next import: exclude its path there."""
        async with db.transaction(caller.workspace_id) as tx:
            if not await store.delete_document(tx, document_id):
                raise _none(document_id)

    return router


def _stored(stored: Stored) -> StoredView:
    found = stored.document
    return StoredView(
        document_id=found.document_id,
        title=found.title,
        source=found.source,
        base_id=found.base_id,
        language=found.language,
        chunks=found.chunks,
        replaced=stored.became == "replaced",
        unchanged=stored.became == "unchanged",
    )


def _none(document_id: UUID) -> NotFound:
    return NotFound(
        f"There is no document {document_id} in this workspace.",
        mend="GET /api/v1/knowledge/documents lists them.",
    )
