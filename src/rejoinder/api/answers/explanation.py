"""Why this reply: what was read, understood, found, checked and decided."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field, JsonValue

from rejoinder.api.conversations.routes import By, Named, find_message
from rejoinder.db import Database
from rejoinder.errors import NotFound
from rejoinder.inbound.rest.callers import needs
from rejoinder.turns.model import TurnState
from rejoinder.turns.outcome import store
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens


class ExplanationView(BaseModel):
    """How the turn of a message went.

    `explanation` has the messages read, the understanding by the model and by rules, sources, rules, the guard's
    findings, the evidence behind the confidence, each call with tokens and cost, and times in milliseconds. It is null
    while the turn runs, for turns that no answer was looked for (a loop, attempts used up), and when it was deleted for
    its age.
    """

    turn_id: UUID
    conversation_id: UUID
    state: TurnState
    decision: str | None
    reason: str | None
    provider: str | None
    model: str | None
    error: str | None
    waited_seconds: float | None = Field(
        description="From the first unanswered message to the end."
    )
    replies: list[str]
    attempts: list[dict[str, JsonValue]]
    explanation: dict[str, JsonValue] | None


def routes(db: Database, tokens: Tokens) -> APIRouter:
    """For operators: scope `operate`."""
    router = APIRouter(prefix="/api/v1", tags=["messages"])
    Operator = Annotated[Caller, Depends(needs(tokens, "operate"))]  # noqa: N806 - a type

    @router.get("/messages/{message_id:path}/explanation")
    async def explain_message(message_id: Named, caller: Operator, by: By) -> ExplanationView:
        """Why the message was answered as it was; a customer's message and the reply to it tell the same."""
        which = await find_message(db, caller, message_id, by)
        async with db.read(caller.workspace_id) as read:
            found = await store.explained(read, which)
        if found is None:
            raise NotFound(
                f"No turn answers the message {message_id!r}: there is nothing to explain.",
                mend="A person wrote it, it is history, or no bot was in charge when it came.",
            )
        return ExplanationView(
            turn_id=found.turn_id,
            conversation_id=found.conversation_id,
            state=found.state,
            decision=found.decision,
            reason=found.reason,
            provider=found.provider,
            model=found.model,
            error=found.error,
            waited_seconds=_seconds(found.first_unanswered_at, found.ended_at),
            replies=found.replies,
            attempts=found.attempts,
            explanation=found.told,
        )

    return router


def _seconds(begun: datetime, ended: datetime | None) -> float | None:
    return None if ended is None else round((ended - begun).total_seconds(), 3)
