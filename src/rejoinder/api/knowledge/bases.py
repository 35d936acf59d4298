"""Bases of knowledge, and which of them a bot reads."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from rejoinder.api.bodies import Body, Name, Page, View
from rejoinder.bots import store as bots
from rejoinder.db import Database, Read, new_id
from rejoinder.errors import Conflict, NotFound
from rejoinder.inbound.rest.callers import needs
from rejoinder.knowledge.importing import store
from rejoinder.knowledge.importing.model import Base
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens

_FIRST = UUID(int=0)


class BaseBody(Body):
    """A base by its name, which no other of the workspace has."""

    name: Name


class BaseView(View):
    """A base of knowledge, with how many documents and chunks it holds."""

    base_id: UUID
    name: str
    documents: int
    chunks: int
    created_at: datetime


class BotKnowledge(Body):
    """The bases a bot reads. With none it reads all documents of its workspace."""

    base_ids: Annotated[list[UUID], Field(max_length=100)]


def routes(db: Database, tokens: Tokens) -> APIRouter:
    """Make, list, rename and delete bases; give them to bots."""
    router = APIRouter()
    Admin = Annotated[Caller, Depends(needs(tokens, "admin"))]  # noqa: N806 - a type

    @router.post("/api/v1/knowledge/bases", status_code=201)
    async def add_base(body: BaseBody, caller: Admin) -> BaseView:
        """Make a base."""
        base_id = new_id()
        async with db.transaction(caller.workspace_id) as tx:
            if not await store.add_base(tx, base_id, body.name):
                raise _taken(body.name)
            return BaseView.model_validate(await _found(tx, base_id))

    @router.get("/api/v1/knowledge/bases")
    async def list_bases(
        caller: Admin,
        after: Annotated[UUID, Query(description="Bases after this id.")] = _FIRST,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Page[BaseView]:
        """The workspace's bases, oldest first."""
        async with db.read(caller.workspace_id) as read:
            found = await store.bases(read, after, limit)
        items = [BaseView.model_validate(base) for base in found]
        return Page.of(items, limit, lambda last: last.base_id)

    @router.get("/api/v1/knowledge/bases/{base_id}")
    async def get_base(base_id: UUID, caller: Admin) -> BaseView:
        """One base."""
        async with db.read(caller.workspace_id) as read:
            return BaseView.model_validate(await _found(read, base_id))

    @router.patch("/api/v1/knowledge/bases/{base_id}")
    async def change_base(base_id: UUID, body: BaseBody, caller: Admin) -> BaseView:
        """Give it another name."""
        try:
            async with db.transaction(caller.workspace_id) as tx:
                await store.rename_base(tx, base_id, body.name)
                return BaseView.model_validate(await _found(tx, base_id))
        except asyncpg.UniqueViolationError:
            raise _taken(body.name) from None

    @router.delete("/api/v1/knowledge/bases/{base_id}", status_code=204, response_class=Response)
    async def delete_base(base_id: UUID, caller: Admin) -> None:
        """Delete a base with its websites and documents."""
        async with db.transaction(caller.workspace_id) as tx:
            if not await store.delete_base(tx, base_id):
                raise _no_base(base_id)

    @router.get("/api/v1/bots/{bot_id}/knowledge")
    async def get_bot_knowledge(bot_id: UUID, caller: Admin) -> BotKnowledge:
        """The bases a bot reads; none stands for all documents of its workspace."""
        async with db.read(caller.workspace_id) as read:
            await _check_bot(read, bot_id)
            return BotKnowledge(base_ids=await store.bases_of(read, bot_id))

    @router.put("/api/v1/bots/{bot_id}/knowledge")
    async def set_bot_knowledge(bot_id: UUID, body: BotKnowledge, caller: Admin) -> BotKnowledge:
        """Let a bot read these bases and no others."""
        try:
            async with db.transaction(caller.workspace_id) as tx:
                await _check_bot(tx, bot_id)
                await store.set_bases_of(tx, bot_id, body.base_ids)
                return BotKnowledge(base_ids=await store.bases_of(tx, bot_id))
        except asyncpg.ForeignKeyViolationError:
            raise NotFound(
                "One of the bases is not in this workspace.",
                mend="GET /api/v1/knowledge/bases lists its bases.",
                where="base_ids",
            ) from None

    return router


async def _found(read: Read, base_id: UUID) -> Base:
    found = await store.base(read, base_id)
    if found is None:
        raise _no_base(base_id)
    return found


async def _check_bot(read: Read, bot_id: UUID) -> None:
    if await bots.bot_of(read, bot_id) is None:
        raise NotFound(
            f"There is no bot {bot_id} in this workspace.", mend="GET /api/v1/bots lists its bots."
        )


def _no_base(base_id: UUID) -> NotFound:
    return NotFound(
        f"There is no base {base_id} in this workspace.",
        mend="GET /api/v1/knowledge/bases lists its bases.",
    )


def _taken(name: str) -> Conflict:
    return Conflict(
        f"There is a base {name!r} already.",
        mend="Use that one, or another name.",
        where="name",
        code="base_exists",
    )
