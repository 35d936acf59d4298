"""Personas of a bot."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from rejoinder.api.bodies import Page
from rejoinder.api.bots.voice.bodies import PersonaBody, PersonaChange, PersonaView
from rejoinder.bots.voice import store
from rejoinder.bots.voice.model import Persona
from rejoinder.db import Database, Tx, new_id
from rejoinder.errors import Invalid, NotFound
from rejoinder.inbound.rest.callers import needs
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens

_FIRST = UUID(int=0)


def routes(db: Database, tokens: Tokens) -> APIRouter:
    """Make, list, change and take away personas; a change is in force within 5 s."""
    router = APIRouter(prefix="/api/v1/bots/{bot_id}/personas", tags=["voice"])
    Admin = Annotated[Caller, Depends(needs(tokens, "admin"))]  # noqa: N806 - a type

    @router.post("", status_code=201)
    async def make_persona(bot_id: UUID, body: PersonaBody, caller: Admin) -> PersonaView:
        """Make a persona. One that `is_default` takes the place of the one that was."""
        persona = Persona(
            new_id(), bot_id, **{"channel_id": None} | body.model_dump(exclude_unset=True)
        )
        async with db.transaction(caller.workspace_id) as tx:
            await _fits(tx, persona)
            await store.put_persona(tx, persona, new=True)
        return PersonaView.model_validate(persona)

    @router.get("")
    async def list_personas(
        bot_id: UUID,
        caller: Admin,
        after: Annotated[UUID, Query(description="Personas after this id.")] = _FIRST,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Page[PersonaView]:
        """The bot's personas, oldest first."""
        async with db.read(caller.workspace_id) as read:
            found = await store.personas(read, bot_id, after, limit)
        items = [PersonaView.model_validate(each) for each in found]
        return Page.of(items, limit, lambda last: last.persona_id)

    @router.get("/{persona_id}")
    async def get_persona(bot_id: UUID, persona_id: UUID, caller: Admin) -> PersonaView:
        """One persona."""
        async with db.read(caller.workspace_id) as read:
            found = await store.persona(read, bot_id, persona_id)
        if found is None:
            raise _no_persona(bot_id, persona_id)
        return PersonaView.model_validate(found)

    @router.patch("/{persona_id}")
    async def change_persona(
        bot_id: UUID, persona_id: UUID, body: PersonaChange, caller: Admin
    ) -> PersonaView:
        """Change what is given."""
        async with db.transaction(caller.workspace_id) as tx:
            await store.lock_bot(tx, bot_id)
            found = await store.persona_to_change(tx, bot_id, persona_id)
            if found is None:
                raise _no_persona(bot_id, persona_id)
            changed = replace(found, **body.model_dump(exclude_unset=True))
            await _fits(tx, changed)
            await store.put_persona(tx, changed, new=False)
        return PersonaView.model_validate(changed)

    @router.delete("/{persona_id}", status_code=204)
    async def remove_persona(bot_id: UUID, persona_id: UUID, caller: Admin) -> None:
        """Take a persona away; the bot speaks with another, or under its own name."""
        async with db.statement(caller.workspace_id) as tx:
            if not await store.remove_persona(tx, bot_id, persona_id):
                raise _no_persona(bot_id, persona_id)

    return router


async def _fits(tx: Tx, persona: Persona) -> None:
    """Raises NotFound where there is no such bot, Invalid for a channel where another answers."""
    there, its_own = await store.lock_bot(tx, persona.bot_id, persona.channel_id)
    if not there:
        raise NotFound(
            f"There is no bot {persona.bot_id} in this workspace.",
            mend="GET /api/v1/bots lists its bots.",
        )
    if persona.channel_id is not None and not its_own:
        raise Invalid(
            f"This bot does not answer on the channel {persona.channel_id}.",
            mend="GET /api/v1/channels says which bot answers where; null is for all channels.",
            where="channel_id",
        )


def _no_persona(bot_id: UUID, persona_id: UUID) -> NotFound:
    return NotFound(
        f"The bot {bot_id} has no persona {persona_id} in this workspace.",
        mend=f"GET /api/v1/bots/{bot_id}/personas lists them.",
    )
