"""The workspace of a token: its name, and the plan that its messages' priority goes by."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from rejoinder.api.channel_bodies import Body, Name
from rejoinder.api.views import View
from rejoinder.db import Database
from rejoinder.inbound.callers import needs
from rejoinder.queue.priority import Plan
from rejoinder.workspaces import store
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens


class WorkspaceChange(Body):
    """What of it shall be different."""

    name: Name | None = None
    plan: Plan | None = None


class WorkspaceView(View):
    """A tenant. Among messages of one urgency those of the better `plan` go first."""

    workspace_id: UUID
    slug: str
    name: str
    plan: Plan


def routes(db: Database, tokens: Tokens) -> APIRouter:
    """For who administers it."""
    router = APIRouter(prefix="/api/v1/workspace", tags=["workspace"])
    Admin = Annotated[Caller, Depends(needs(tokens, "admin"))]  # noqa: N806 - a type

    @router.get("")
    async def get_workspace(caller: Admin) -> WorkspaceView:
        """The workspace this token speaks for."""
        async with db.read(caller.workspace_id) as read:
            return WorkspaceView.model_validate(await store.workspace(read))

    @router.patch("")
    async def change_workspace(body: WorkspaceChange, caller: Admin) -> WorkspaceView:
        """Change what is given. A new plan counts within 5 s, for messages that come from then on."""
        async with db.transaction(caller.workspace_id) as tx:
            return WorkspaceView.model_validate(await store.change(tx, body.name, body.plan))

    return router
