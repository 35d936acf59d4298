"""Response templates of a bot."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Query

from rejoinder.api.bodies import Page
from rejoinder.api.bots.voice.bodies import (
    Preview,
    PreviewBody,
    TemplateBody,
    TemplateChange,
    TemplateView,
)
from rejoinder.bots import store as bots
from rejoinder.bots.voice import store
from rejoinder.bots.voice.model import Template
from rejoinder.bots.voice.templates.check import check_condition, check_text
from rejoinder.bots.voice.templates.render import holds, render
from rejoinder.db import Database, Tx, new_id
from rejoinder.errors import Conflict, NotFound
from rejoinder.inbound.rest.callers import needs
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens

_FIRST = UUID(int=0)


def routes(db: Database, tokens: Tokens) -> APIRouter:
    """Make, try, list, change and take away response templates; a change is in force within 5 s."""
    router = APIRouter(prefix="/api/v1/bots/{bot_id}/templates", tags=["voice"])
    Admin = Annotated[Caller, Depends(needs(tokens, "admin"))]  # noqa: N806 - a type

    @router.post("", status_code=201)
    async def make_template(bot_id: UUID, body: TemplateBody, caller: Admin) -> TemplateView:
        """Make a template. What is wrong with it is told with its line."""
        template = Template(new_id(), bot_id, **body.model_dump(exclude_unset=True))
        _check(template)
        async with db.transaction(caller.workspace_id) as tx:
            there, _ = await store.lock_bot(tx, bot_id)
            if not there:
                raise _no_bot(bot_id)
            await _put(tx, template, new=True)
        return TemplateView.model_validate(template)

    @router.post("/preview")
    async def preview_template(bot_id: UUID, body: PreviewBody, caller: Admin) -> Preview:
        """What a text makes of a sample, without saving anything. 422 `variable_missing` where a model would answer."""
        async with db.read(caller.workspace_id) as read:
            bot = await bots.bot_of(read, bot_id)
        if bot is None:
            raise _no_bot(bot_id)
        check_text(body.text)
        check_condition(body.condition)
        context = body.sample.context(bot.name, bot.settings.understand.time_zone)
        return Preview(text=render(body.text, context), holds=holds(body.condition, context))

    @router.get("")
    async def list_templates(
        bot_id: UUID,
        caller: Admin,
        after: Annotated[UUID, Query(description="Templates after this id.")] = _FIRST,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Page[TemplateView]:
        """The bot's templates, oldest first."""
        async with db.read(caller.workspace_id) as read:
            found = await store.templates(read, bot_id, after, limit)
        items = [TemplateView.model_validate(each) for each in found]
        return Page.of(items, limit, lambda last: last.template_id)

    @router.get("/{template_id}")
    async def get_template(bot_id: UUID, template_id: UUID, caller: Admin) -> TemplateView:
        """One template."""
        async with db.read(caller.workspace_id) as read:
            found = await store.template(read, bot_id, template_id)
        if found is None:
            raise _no_template(bot_id, template_id)
        return TemplateView.model_validate(found)

    @router.patch("/{template_id}")
    async def change_template(
        bot_id: UUID, template_id: UUID, body: TemplateChange, caller: Admin
    ) -> TemplateView:
        """Change what is given."""
        async with db.transaction(caller.workspace_id) as tx:
            found = await store.template_to_change(tx, bot_id, template_id)
            if found is None:
                raise _no_template(bot_id, template_id)
            changed = replace(found, **body.model_dump(exclude_unset=True))
            _check(changed)
            await _put(tx, changed, new=False)
        return TemplateView.model_validate(changed)

    @router.delete("/{template_id}", status_code=204)
    async def remove_template(bot_id: UUID, template_id: UUID, caller: Admin) -> None:
        """Take a template away."""
        async with db.statement(caller.workspace_id) as tx:
            if not await store.remove_template(tx, bot_id, template_id):
                raise _no_template(bot_id, template_id)

    return router


def _check(template: Template) -> None:
    check_text(template.text)
    check_condition(template.condition)


async def _put(tx: Tx, template: Template, *, new: bool) -> None:
    try:
        await store.put_template(tx, template, new=new)
    except asyncpg.UniqueViolationError:
        raise Conflict(
            f"This bot has a template {template.name!r}.",
            mend="Change that one, or take another name.",
            where="name",
            code="name_taken",
        ) from None


def _no_bot(bot_id: UUID) -> NotFound:
    return NotFound(
        f"There is no bot {bot_id} in this workspace.", mend="GET /api/v1/bots lists its bots."
    )


def _no_template(bot_id: UUID, template_id: UUID) -> NotFound:
    return NotFound(
        f"The bot {bot_id} has no template {template_id} in this workspace.",
        mend=f"GET /api/v1/bots/{bot_id}/templates lists them.",
    )
