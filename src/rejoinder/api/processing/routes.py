"""`POST /api/v1/messages/{id}/process`."""

import time
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from rejoinder.api.conversations.routes import By, Named, find_message
from rejoinder.api.processing.analyse import analysed
from rejoinder.api.processing.model import Means, ProcessingBody, ProcessingView
from rejoinder.api.processing.respond import responded
from rejoinder.conversations import store as records
from rejoinder.conversations.model import Message
from rejoinder.errors import Conflict
from rejoinder.inbound.rest.callers import needs
from rejoinder.inbound.rest.wait import no_message
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens


def routes(means: Means, tokens: Tokens) -> APIRouter:
    """Scope `operate`."""
    router = APIRouter(prefix="/api/v1/messages", tags=["messages"])
    Operator = Annotated[Caller, Depends(needs(tokens, "operate"))]  # noqa: N806 - a type

    @router.post("/{message_id:path}/process", responses={202: {"model": ProcessingView}})
    async def process_message(
        message_id: Named, body: ProcessingBody, response: Response, caller: Operator, by: By
    ) -> ProcessingView:
        """Answer a message (one that was answered keeps its answer), or say what it wants or how it sounds.

        202 while it is still being answered.
        """
        began = time.monotonic()
        found = await find_message(means.db, caller, message_id, by)
        async with means.db.read(caller.workspace_id) as read:
            message = await records.message(read, found)
            if message is None:
                raise no_message(found)
            conversation = await records.conversation(read, message.conversation_id)
            assert conversation is not None, "a message lives and dies with its conversation"
            enabled = await records.ai_enabled(read, message.conversation_id)
        _check(message, enabled=enabled)
        if body.processing_type == "ai_response":
            told, pending = await responded(means, caller.workspace_id, message)
            response.status_code = 202 if pending else 200
        else:
            told = await analysed(
                means, caller.workspace_id, conversation, message, body.processing_type
            )
        return told.model_copy(update={"processing_time": round(time.monotonic() - began, 3)})

    return router


def _check(message: Message, *, enabled: bool) -> None:
    if not enabled:
        raise Conflict(
            "AI processing not enabled for this conversation.",
            mend="A person answers there: POST /api/v1/conversations/{id}/messages.",
            code="ai_not_enabled",
        )
    if message.kind == "deleted":
        raise Conflict(
            "The customer took this message back.", mend="Name another.", code="message_deleted"
        )
    if message.direction != "inbound":
        raise Conflict(
            "This message is not a customer's.",
            mend="Name one of the customer's messages.",
            code="not_a_customers",
        )
