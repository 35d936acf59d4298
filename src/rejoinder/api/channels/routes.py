"""Channels, for who administers a workspace."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from rejoinder.api.bodies import Page
from rejoinder.api.channels.bodies import ChannelBody, ChannelChange, SecretBody
from rejoinder.api.channels.platforms import PlatformView, all_platforms
from rejoinder.api.channels.remove import remove
from rejoinder.api.channels.views import (
    ChannelMade,
    ChannelView,
    LogView,
    Removed,
    Resumed,
    SecretView,
    Showing,
)
from rejoinder.bots import store
from rejoinder.channels.connect.connect import change, check, connect
from rejoinder.channels.connect.locked import find, no_channel
from rejoinder.channels.connect.model import Tools
from rejoinder.channels.connect.rest import replace_secret
from rejoinder.channels.connect.store import intake
from rejoinder.channels.log import store as log
from rejoinder.channels.log.model import Direction
from rejoinder.inbound.rest.callers import needs
from rejoinder.outbound.upkeep.pause import resume_now
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens

_FIRST = UUID(int=0)
_NONE = (0, 0)

Outcome = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]

Verify = Annotated[
    bool, Query(description="Ask the platform whether it knows the account by these credentials.")
]


def routes(tools: Tools, tokens: Tokens) -> APIRouter:
    """Make, list, change, check and take away channels; replace the secret of one; let a paused one go on."""
    router = APIRouter(prefix="/api/v1", tags=["channels"])
    Admin = Annotated[Caller, Depends(needs(tokens, "admin"))]  # noqa: N806 - a type
    db, vault = tools.db, tools.vault

    def showing(request: Request) -> Showing:
        return Showing(tools, tools.public_url or str(request.base_url))

    @router.get("/platforms")
    async def list_platforms(caller: Admin) -> list[PlatformView]:
        """The chat platforms: what each takes to connect an account, its limits, and what it can show."""
        return all_platforms()

    @router.post("/channels", status_code=201)
    async def make_channel(
        body: ChannelBody, request: Request, caller: Admin, verify: Verify = True
    ) -> ChannelMade:
        """Make a channel. The secrets made for it are in this answer and in no later one.

        An account of a chat platform is checked there, unless `verify=false`, and the platform is told our webhook's
        address where it has a call for that and REJOINDER_PUBLIC_URL is set.
        """
        made = await connect(tools, caller.workspace_id, body.wanted(), verify=verify)
        return ChannelMade.after(made, showing(request))

    @router.get("/channels")
    async def list_channels(
        request: Request,
        caller: Admin,
        after: Annotated[UUID, Query(description="Channels after this id.")] = _FIRST,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Page[ChannelView]:
        """The workspace's channels, oldest first."""
        async with db.read(caller.workspace_id) as read:
            found = await store.channels(read, after, limit)
            counts = await intake(read, [channel.channel_id for channel in found])
        shown = showing(request)
        items = [
            ChannelView.of(channel, shown, counts.get(channel.channel_id, _NONE))
            for channel in found
        ]
        return Page.of(items, limit, lambda last: last.channel_id)

    @router.get("/channels/{channel_id}")
    async def get_channel(channel_id: UUID, request: Request, caller: Admin) -> ChannelView:
        """One channel."""
        async with db.read(caller.workspace_id) as read:
            found = await find(read, channel_id)
            counts = await intake(read, [channel_id])
        return ChannelView.of(found, showing(request), counts.get(channel_id, _NONE))

    @router.patch("/channels/{channel_id}")
    async def change_channel(
        channel_id: UUID,
        body: ChannelChange,
        request: Request,
        caller: Admin,
        verify: Verify = True,
    ) -> ChannelMade:
        """Change what is given. A first callback makes a signing secret, which only this answer shows."""
        changed = await change(tools, caller.workspace_id, channel_id, body.wanted(), verify=verify)
        return ChannelMade.after(changed, showing(request))

    @router.delete("/channels/{channel_id}")
    async def remove_channel(
        channel_id: UUID,
        caller: Admin,
        force: Annotated[bool, Query(description="Though conversations are open.")] = False,
    ) -> Removed:
        """Take a channel away, and all its conversations with their messages.

        409 `conversations_open` while some are not closed, unless `force=true`. The platform is not told: delete the
        webhook's address there too.
        """
        gone = await remove(db, caller.workspace_id, channel_id, force=force, by="api")
        return Removed(channel_id=channel_id, conversations=gone)

    @router.post("/channels/{channel_id}/check")
    async def check_channel(
        channel_id: UUID,
        request: Request,
        caller: Admin,
        announce: Annotated[
            bool, Query(description="Also tell the platform our webhook's address.")
        ] = False,
    ) -> ChannelMade:
        """Ask a chat platform whether it still knows the account by the stored credentials."""
        checked = await check(tools, caller.workspace_id, channel_id, announce=announce)
        return ChannelMade.after(checked, showing(request))

    @router.get("/channels/{channel_id}/log")
    async def read_log(
        channel_id: UUID,
        caller: Admin,
        before: Annotated[
            UUID | None, Query(description="Entries before this one; `next` of the page before.")
        ] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        direction: Annotated[
            Direction | None, Query(description="Only what came, or only what was sent.")
        ] = None,
        outcome: Annotated[
            Outcome | None, Query(alias="class", description="Only what ended so.")
        ] = None,
    ) -> Page[LogView]:
        """What went over the wire between the channel and its platform, newest first."""
        async with db.read(caller.workspace_id) as read:
            await find(read, channel_id)
            found = await log.page(
                read, channel_id, before, limit, direction=direction, of_class=outcome
            )
        items = [LogView.model_validate(entry) for entry in found]
        return Page.of(items, limit, lambda last: last.log_id)

    @router.post("/channels/{channel_id}/signing-secret")
    async def replace_signing_secret(
        channel_id: UUID, caller: Admin, body: SecretBody | None = None
    ) -> SecretView:
        """Sign with a new secret from now on; the present one signs beside it for a day."""
        given = body.signing_secret if body else None
        new, secret = await replace_secret(db, vault, caller.workspace_id, channel_id, given)
        return SecretView(
            signing_secret=new, previous_until=secret.former[0].until if secret.former else None
        )

    @router.post("/channels/{channel_id}/resume")
    async def resume_channel(channel_id: UUID, caller: Admin) -> Resumed:
        """Let a paused channel go on, and send what has waited for that. One that is not paused may be resumed too."""

        waiting = await resume_now(db, caller.workspace_id, channel_id)
        if waiting is None:
            raise no_channel(channel_id)
        return Resumed(channel_id=channel_id, conversations=waiting)

    return router
