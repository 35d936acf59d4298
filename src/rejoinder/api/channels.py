"""Channels, for who administers a workspace."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from rejoinder.api.channel_bodies import (
    ChannelBody,
    ChannelChange,
    ChannelMade,
    ChannelView,
    Resumed,
    SecretBody,
    SecretView,
)
from rejoinder.api.views import Page
from rejoinder.bots import store
from rejoinder.channels.connect import Change, change, connect_rest, no_channel, replace_secret
from rejoinder.db import Database
from rejoinder.inbound.callers import needs
from rejoinder.outbound.upkeep.pause import resume_now
from rejoinder.secrets.vault import Vault
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens

_FIRST = UUID(int=0)


def routes(db: Database, vault: Vault, tokens: Tokens) -> APIRouter:
    """Make, list and change channels; replace the secret of one; let a paused one go on."""
    router = APIRouter(prefix="/api/v1/channels", tags=["channels"])
    Admin = Annotated[Caller, Depends(needs(tokens, "admin"))]  # noqa: N806 - a type

    @router.post("", status_code=201)
    async def make_channel(body: ChannelBody, request: Request, caller: Admin) -> ChannelMade:
        """Make a channel. Its signing secret is in this answer and in no later one."""
        made = await connect_rest(
            db,
            vault,
            caller.workspace_id,
            name=body.name,
            bot_id=body.bot_id,
            settings=body.settings.read(),
            signing_secret=body.credentials.signing_secret,
        )
        return ChannelMade.after(made, request)

    @router.get("")
    async def list_channels(
        request: Request,
        caller: Admin,
        after: Annotated[UUID, Query(description="Channels after this id.")] = _FIRST,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Page[ChannelView]:
        """The workspace's channels, oldest first."""
        async with db.read(caller.workspace_id) as read:
            found = await store.channels(read, after, limit)
        return Page(
            items=[ChannelView.of(channel, request) for channel in found],
            next=str(found[-1].channel_id) if len(found) == limit else None,
        )

    @router.get("/{channel_id}")
    async def get_channel(channel_id: UUID, request: Request, caller: Admin) -> ChannelView:
        """One channel."""
        async with db.read(caller.workspace_id) as read:
            found = await store.channel(read, channel_id)
        if found is None:
            raise no_channel(channel_id)
        return ChannelView.of(found, request)

    @router.patch("/{channel_id}")
    async def change_channel(
        channel_id: UUID, body: ChannelChange, request: Request, caller: Admin
    ) -> ChannelMade:
        """Change what is given. A first callback makes a signing secret, which only this answer shows."""
        settings = body.settings.read() if body.settings else None
        wanted = Change(body.name, body.bot_id, settings)
        changed = await change(db, vault, caller.workspace_id, channel_id, wanted)
        return ChannelMade.after(changed, request)

    @router.post("/{channel_id}/signing-secret")
    async def replace_signing_secret(
        channel_id: UUID, caller: Admin, body: SecretBody | None = None
    ) -> SecretView:
        """Sign with a new secret from now on; the present one signs beside it for a day."""
        given = body.signing_secret if body else None
        new, secret = await replace_secret(db, vault, caller.workspace_id, channel_id, given)
        return SecretView(
            signing_secret=new, previous_until=secret.former[0].until if secret.former else None
        )

    @router.post("/{channel_id}/resume")
    async def resume_channel(channel_id: UUID, caller: Admin) -> Resumed:
        """Let a paused channel go on, and send what has waited for that. One that is not paused may be resumed too."""

        waiting = await resume_now(db, caller.workspace_id, channel_id)
        if waiting is None:
            raise no_channel(channel_id)
        return Resumed(channel_id=channel_id, conversations=waiting)

    return router
