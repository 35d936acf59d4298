"""The workspace of a token: its name, the plan that its messages' priority goes by, what its models may cost."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from rejoinder.api.bodies import Body, Name, View
from rejoinder.db import Database
from rejoinder.inbound.rest.callers import needs
from rejoinder.queue.priority import Plan
from rejoinder.usage import store as ledger
from rejoinder.usage.budget import Allowance
from rejoinder.workspaces import store
from rejoinder.workspaces.model import Caller, Workspace
from rejoinder.workspaces.tokens import Tokens

Usd = Annotated[
    Decimal | None,
    Field(ge=0, le=1_000_000, max_digits=12, description="US dollars, UTC; null for no bound."),
]


class WorkspaceChange(Body):
    """What of it shall be different."""

    name: Name | None = None
    plan: Plan | None = None
    usd_a_day: Usd = None
    usd_a_month: Usd = None


class WorkspaceView(View):
    """A tenant. Among messages of one urgency those of the better `plan` go first.

    `usd_a_day` and `usd_a_month` are what its models may cost; null for no bound.
    """

    workspace_id: UUID
    slug: str
    name: str
    plan: Plan
    usd_a_day: float | None
    usd_a_month: float | None


def routes(db: Database, tokens: Tokens) -> APIRouter:
    """For who administers it."""
    router = APIRouter(prefix="/api/v1/workspace", tags=["workspace"])
    Admin = Annotated[Caller, Depends(needs(tokens, "admin"))]  # noqa: N806 - a type

    @router.get("")
    async def get_workspace(caller: Admin) -> WorkspaceView:
        """The workspace this token speaks for."""
        async with db.read(caller.workspace_id) as read:
            return _view(await store.workspace(read), await ledger.allowance(read))

    @router.patch("")
    async def change_workspace(body: WorkspaceChange, caller: Admin) -> WorkspaceView:
        """Change what is given. A new plan counts within 5 s, for messages that come from then on, a new bound for
        answers.
        """
        given = body.model_fields_set
        async with db.transaction(caller.workspace_id) as tx:
            changed = await store.change(tx, body.name, body.plan)
            allowed = await ledger.allow(
                tx,
                day=("usd_a_day" in given, body.usd_a_day),
                month=("usd_a_month" in given, body.usd_a_month),
            )
        return _view(changed, allowed)

    return router


def _view(workspace: Workspace, allowed: Allowance) -> WorkspaceView:
    return WorkspaceView(
        workspace_id=workspace.workspace_id,
        slug=workspace.slug,
        name=workspace.name,
        plan=workspace.plan,
        usd_a_day=_dollars(allowed.usd_a_day),
        usd_a_month=_dollars(allowed.usd_a_month),
    )


def _dollars(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
