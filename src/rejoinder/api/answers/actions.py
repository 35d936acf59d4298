"""What answers did, step by step: messages sent, people called, things asked for."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import JsonValue

from rejoinder.actions import store
from rejoinder.api.bodies import Page, View
from rejoinder.api.conversations.routes import By, Named, find_conversation
from rejoinder.db import Database
from rejoinder.errors import NotFound
from rejoinder.inbound.rest.callers import needs
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens


class ActionView(View):
    """One step of an answer. `data` is what it holds, `result` what came of it.

    What is sent has its message's id, and its delivery's status and retries: queued, sending, sent, delivered, read,
    failed, unknown, withheld. The others are waiting (for the customer), done, failed or cancelled.
    """

    action_id: UUID
    conversation_id: UUID
    turn_id: UUID
    message_id: UUID | None
    action_type: str
    status: str
    retry_count: int
    error: str | None
    data: dict[str, JsonValue]
    result: JsonValue
    created_at: datetime


def routes(db: Database, tokens: Tokens) -> APIRouter:
    """Stands before the routes of conversations: their paths take names with slashes in them."""
    router = APIRouter(prefix="/api/v1", tags=["conversations"])
    Reader = Annotated[Caller, Depends(needs(tokens, "ingest"))]  # noqa: N806 - a type

    @router.get("/conversations/{conversation_id:path}/actions")
    async def list_actions(
        conversation_id: Named,
        caller: Reader,
        by: By,
        after: Annotated[UUID | None, Query(description="Actions behind this one.")] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Page[ActionView]:
        """What the bot's answers in a conversation did, oldest first."""
        found = await find_conversation(db, caller, conversation_id, by)
        async with db.read(caller.workspace_id) as read:
            page = await store.page(read, found.conversation_id, after, limit)
        items = [ActionView.model_validate(each) for each in page]
        return Page.of(items, limit, lambda last: last.action_id)

    @router.get("/actions/{action_id}")
    async def get_action(action_id: UUID, caller: Reader) -> ActionView:
        """One step of an answer, with what came of it."""
        async with db.read(caller.workspace_id) as read:
            found = await store.action(read, action_id)
        if found is None:
            raise NotFound(
                f"There is no action {action_id} in this workspace.",
                mend="GET /api/v1/conversations/{id}/actions lists a conversation's.",
            )
        return ActionView.model_validate(found)

    return router
