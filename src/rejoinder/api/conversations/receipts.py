"""What became of a message that was sent, told by the platform or by who received it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from rejoinder.api.bodies import Body
from rejoinder.db import Database
from rejoinder.inbound.rest.callers import needs
from rejoinder.outbound.decide import Reported, Status
from rejoinder.outbound.told.receipt import receive_receipt
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens


class ReceiptBody(Body):
    """One report. `error` says why it could not be delivered."""

    status: Reported
    error: Annotated[str, Field(max_length=1000)] = ""


class ReceiptView(BaseModel):
    """Where the message stands now: a report that comes late or twice changes nothing."""

    message_id: UUID
    status: Status


def routes(db: Database, tokens: Tokens) -> APIRouter:
    """Receipts."""
    router = APIRouter(prefix="/api/v1", tags=["messages"])
    Sender = Annotated[Caller, Depends(needs(tokens, "ingest"))]  # noqa: N806 - a type

    @router.post("/messages/{message_id}/receipt")
    async def report(message_id: UUID, body: ReceiptBody, caller: Sender) -> ReceiptView:
        """Report that a message was delivered, was read, or failed; in any order, and as often as you like."""
        status = await receive_receipt(db, caller.workspace_id, message_id, body.status, body.error)
        return ReceiptView(message_id=message_id, status=status)

    return router
