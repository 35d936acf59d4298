"""Canned replies: administrators write them, operators insert them."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Query

from rejoinder.api.bodies import Page
from rejoinder.api.bots.voice.bodies import (
    CannedBody,
    CannedChange,
    CannedView,
    ForConversation,
    Rendered,
)
from rejoinder.api.bots.voice.fill import context_of
from rejoinder.bots.voice.canned import store
from rejoinder.bots.voice.canned.model import Canned
from rejoinder.bots.voice.templates.check import check_text
from rejoinder.bots.voice.templates.render import render
from rejoinder.db import Database, Tx, new_id
from rejoinder.errors import Conflict, NotFound
from rejoinder.inbound.rest.callers import needs
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens


def routes(db: Database, tokens: Tokens) -> APIRouter:
    """Make, find, change, fill in and take away canned replies."""
    router = APIRouter(prefix="/api/v1/canned-replies", tags=["voice"])
    Admin = Annotated[Caller, Depends(needs(tokens, "admin"))]  # noqa: N806 - a type
    Operator = Annotated[Caller, Depends(needs(tokens, "operate"))]  # noqa: N806 - a type

    @router.post("", status_code=201)
    async def make_canned_reply(body: CannedBody, caller: Admin) -> CannedView:
        """Make a canned reply. Its shortcut is the workspace's own."""
        check_text(body.text)
        made = Canned(new_id(), **body.model_dump(exclude_unset=True))
        async with db.statement(caller.workspace_id) as tx:
            return await _put(tx, made, new=True)

    @router.get("")
    async def find_canned_replies(
        caller: Operator,
        q: Annotated[
            str,
            Query(max_length=200, pattern=r"^[^\x00]*$", description="In shortcut, title or text."),
        ] = "",
        after: Annotated[
            str,
            Query(
                max_length=100, pattern=r"^[^\x00]*$", description="Replies after this shortcut."
            ),
        ] = "",
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Page[CannedView]:
        """The workspace's canned replies by their shortcut, those with `q` in them where it is given."""
        async with db.read(caller.workspace_id) as read:
            found = await store.find(read, q.strip(), after, limit)
        items = [CannedView.model_validate(each) for each in found]
        return Page.of(items, limit, lambda last: last.shortcut)

    @router.get("/{canned_id}")
    async def get_canned_reply(canned_id: UUID, caller: Operator) -> CannedView:
        """One canned reply."""
        async with db.read(caller.workspace_id) as read:
            found = await store.canned(read, canned_id)
        if found is None:
            raise _no_canned(canned_id)
        return CannedView.model_validate(found)

    @router.patch("/{canned_id}")
    async def change_canned_reply(canned_id: UUID, body: CannedChange, caller: Admin) -> CannedView:
        """Change what is given."""
        async with db.transaction(caller.workspace_id) as tx:
            found = await store.to_change(tx, canned_id)
            if found is None:
                raise _no_canned(canned_id)
            changed = replace(found, **body.model_dump(exclude_unset=True))
            check_text(changed.text)
            return await _put(tx, changed, new=False)

    @router.delete("/{canned_id}", status_code=204)
    async def remove_canned_reply(canned_id: UUID, caller: Admin) -> None:
        """Take a canned reply away."""
        async with db.statement(caller.workspace_id) as tx:
            if not await store.remove(tx, canned_id):
                raise _no_canned(canned_id)

    @router.post("/{canned_id}/render")
    async def fill_in_canned_reply(
        canned_id: UUID, body: ForConversation, caller: Operator
    ) -> Rendered:
        """The text for one conversation; nothing is sent. 422 `variable_missing` names what is not known there."""
        async with db.read(caller.workspace_id) as read:
            found = await store.canned(read, canned_id)
            if found is None:
                raise _no_canned(canned_id)
            context = await context_of(read, body.conversation_id)
        return Rendered(text=render(found.text, context))

    return router


async def _put(tx: Tx, reply: Canned, *, new: bool) -> CannedView:
    try:
        return CannedView.model_validate(await store.put(tx, reply, new=new))
    except asyncpg.UniqueViolationError:
        raise Conflict(
            f"There is a canned reply /{reply.shortcut}.",
            mend="Change that one, or take another shortcut.",
            where="shortcut",
            code="shortcut_taken",
        ) from None


def _no_canned(canned_id: UUID) -> NotFound:
    return NotFound(
        f"There is no canned reply {canned_id} in this workspace.",
        mend="GET /api/v1/canned-replies lists them.",
    )
