"""Websites and sitemaps that documents come from, again and again."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Query, Response
from pydantic import ConfigDict, Field, StringConstraints, field_validator

from rejoinder.api.bodies import Body, Page, View
from rejoinder.db import Database, Read, new_id
from rejoinder.errors import Conflict, NotFound
from rejoinder.inbound.rest.callers import needs
from rejoinder.knowledge.importing.websites import store
from rejoinder.knowledge.importing.websites.addresses.urls import LONGEST, canonical
from rejoinder.knowledge.importing.websites.jobs import job
from rejoinder.knowledge.importing.websites.model import (
    MOST_PAGES,
    USUAL_PAGES,
    Kind,
    Options,
    Source,
    State,
)
from rejoinder.queue.jobs import enqueue_alone
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens

_FIRST = UUID(int=0)
_HOUR = timedelta(hours=1)

Pattern = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class SourceBody(Body):
    """A website to be read, or the pages that one sitemap lists. `*` in a pattern of paths stands for anything."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "url": "https://shop.example/help/",
                    "kind": "website",
                    "base_id": "0198f1f0-0000-7000-8000-000000000000",
                    "every_hours": 24,
                    "include": ["/help/*"],
                }
            ]
        }
    )

    url: Annotated[str, Field(min_length=1, max_length=LONGEST)]
    kind: Kind = "website"
    base_id: UUID
    every_hours: Annotated[
        float | None,
        Field(
            ge=1, le=8760, allow_inf_nan=False, description="Read again so often; null: when asked."
        ),
    ] = None
    most_pages: Annotated[int, Field(ge=1, le=MOST_PAGES)] = USUAL_PAGES
    include: Annotated[tuple[Pattern, ...], Field(max_length=20)] = ()
    exclude: Annotated[tuple[Pattern, ...], Field(max_length=20)] = ()

    @field_validator("url")
    @classmethod
    def _of_a_page(cls, value: str) -> str:
        found = canonical(value)
        if found is None:
            raise ValueError(
                "must be an address that begins with http:// or https://, without a password"
            )
        return str(found)


class SourceView(View):
    """A website or sitemap: how it stands with it, how many pages it gave, what was wrong the last time."""

    source_id: UUID
    base_id: UUID
    kind: Kind
    url: str
    every_hours: float | None
    most_pages: int
    include: list[str]
    exclude: list[str]
    state: State
    error: str | None
    pages: int
    due_at: datetime | None
    begun_at: datetime | None
    done_at: datetime | None
    created_at: datetime


def routes(db: Database, tokens: Tokens) -> APIRouter:
    """Name websites, see how their import went, have them read again, take them away."""
    router = APIRouter(prefix="/api/v1/knowledge/sources")
    Operator = Annotated[Caller, Depends(needs(tokens, "operate"))]  # noqa: N806 - a type
    Admin = Annotated[Caller, Depends(needs(tokens, "admin"))]  # noqa: N806 - a type

    @router.post("", status_code=201)
    async def add_source(body: SourceBody, caller: Admin) -> SourceView:
        """Name a website or sitemap; a worker begins to read it at once."""
        source_id = new_id()
        every = _HOUR * body.every_hours if body.every_hours else None
        options = Options(body.most_pages, body.include, body.exclude)
        try:
            async with db.transaction(caller.workspace_id) as tx:
                if not await store.add(
                    tx, source_id, body.base_id, body.kind, body.url, options, every
                ):
                    raise Conflict(
                        "This base has that address already.",
                        mend="Have it read again, or delete it first.",
                        where="url",
                        code="source_exists",
                    )
                await enqueue_alone(tx, [job(caller.workspace_id, source_id)])
                return _view(await _found(tx, source_id))
        except asyncpg.ForeignKeyViolationError:
            raise NotFound(
                f"There is no base {body.base_id} in this workspace.",
                mend="GET /api/v1/knowledge/bases lists its bases.",
                where="base_id",
            ) from None

    @router.get("")
    async def list_sources(
        caller: Operator,
        base: Annotated[UUID | None, Query(description="Only those of this base.")] = None,
        after: Annotated[UUID, Query(description="Sources after this id.")] = _FIRST,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Page[SourceView]:
        """The workspace's websites and sitemaps, oldest first."""
        async with db.read(caller.workspace_id) as read:
            found = await store.sources(read, after, limit, base)
        items = [_view(each) for each in found]
        return Page.of(items, limit, lambda last: last.source_id)

    @router.get("/{source_id}")
    async def get_source(source_id: UUID, caller: Operator) -> SourceView:
        """One website or sitemap."""
        async with db.read(caller.workspace_id) as read:
            return _view(await _found(read, source_id))

    @router.post("/{source_id}/refresh", status_code=202)
    async def refresh_source(source_id: UUID, caller: Admin) -> SourceView:
        """Have it read again now; one that is being read is left at that."""
        async with db.transaction(caller.workspace_id) as tx:
            if await store.refresh(tx, source_id):
                await enqueue_alone(tx, [job(caller.workspace_id, source_id)])
            return _view(await _found(tx, source_id))

    @router.delete("/{source_id}", status_code=204, response_class=Response)
    async def delete_source(source_id: UUID, caller: Admin) -> None:
        """Take it away with its documents."""
        async with db.transaction(caller.workspace_id) as tx:
            if not await store.delete(tx, source_id):
                raise _none(source_id)

    return router


async def _found(read: Read, source_id: UUID) -> Source:
    found = await store.source(read, source_id)
    if found is None:
        raise _none(source_id)
    return found


def _view(found: Source) -> SourceView:
    return SourceView(
        source_id=found.source_id,
        base_id=found.base_id,
        kind=found.kind,
        url=found.url,
        every_hours=found.every / _HOUR if found.every else None,
        most_pages=found.options.most_pages,
        include=list(found.options.include),
        exclude=list(found.options.exclude),
        state=found.state,
        error=found.error,
        pages=found.pages,
        due_at=found.due_at,
        begun_at=found.begun_at,
        done_at=found.done_at,
        created_at=found.created_at,
    )


def _none(source_id: UUID) -> NotFound:
    return NotFound(
        f"There is no website {source_id} in this workspace.",
        mend="GET /api/v1/knowledge/sources lists them.",
    )
