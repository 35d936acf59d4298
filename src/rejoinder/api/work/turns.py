"""Turns, for operators."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from rejoinder.api.bodies import Page, View
from rejoinder.db import Database
from rejoinder.inbound.rest.callers import needs
from rejoinder.turns.hands.cancel import cancel_turn
from rejoinder.turns.model import TurnState
from rejoinder.turns.outcome.records import store
from rejoinder.turns.outcome.records.model import Detail
from rejoinder.turns.outcome.records.read import detail
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens

FIRST = UUID(int=0)


class TurnView(View):
    """A turn: all messages not answered yet, on their way to one answer. `merged_into` took over its messages."""

    turn_id: UUID
    conversation_id: UUID
    state: TurnState
    priority: int
    opened_at: datetime
    due_at: datetime
    first_unanswered_at: datetime
    ended_at: datetime | None
    interrupts: int
    attempt: int
    decision: str | None
    reason: str | None
    provider: str | None
    model: str | None
    error: str | None
    merged_into: UUID | None


class AttemptView(View):
    """One try at a turn. `cost` is US dollars; without an `outcome` it still runs."""

    attempt: int
    worker: str
    outcome: str | None
    error: str | None
    tokens: int
    cost: Decimal
    started_at: datetime
    ended_at: datetime | None


class TurnDetailView(TurnView):
    """A turn with its tries, what they took in all, and its messages: those it answers and its replies."""

    attempts: list[AttemptView]
    tokens: int
    cost: Decimal
    message_ids: list[UUID]
    reply_ids: list[UUID]

    @classmethod
    def of(cls, found: Detail) -> Self:
        """The view of a turn."""
        turn = TurnView.model_validate(found.record)
        return cls(
            **turn.model_dump(),
            attempts=[AttemptView.model_validate(attempt) for attempt in found.attempts],
            tokens=sum(attempt.tokens for attempt in found.attempts),
            cost=sum((attempt.cost for attempt in found.attempts), Decimal(0)),
            message_ids=list(found.message_ids),
            reply_ids=list(found.reply_ids),
        )


class CancelledView(BaseModel):
    """The turn was stopped."""

    turn_id: UUID
    cancelled: bool = True


def routes(db: Database, tokens: Tokens) -> APIRouter:
    """List turns, show one, cancel one: scope `operate`."""
    router = APIRouter(prefix="/api/v1/turns", tags=["work"])
    Operator = Annotated[Caller, Depends(needs(tokens, "operate"))]  # noqa: N806 - a type

    @router.get("")
    async def list_turns(
        caller: Operator,
        state: Annotated[TurnState | None, Query(description="Only turns in this state.")] = None,
        conversation_id: UUID | None = None,
        after: Annotated[UUID, Query(description="Turns after this id.")] = FIRST,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Page[TurnView]:
        """The workspace's turns, in the order they were opened."""
        async with db.read(caller.workspace_id) as read:
            found = await store.page(read, after, limit, state, conversation_id)
        items = [TurnView.model_validate(turn) for turn in found]
        return Page.of(items, limit, lambda last: last.turn_id)

    @router.get("/{turn_id}")
    async def get_turn(turn_id: UUID, caller: Operator) -> TurnDetailView:
        """One turn, with its tries, tokens, cost and messages."""
        async with db.read(caller.workspace_id) as read:
            return TurnDetailView.of(await detail(read, turn_id))

    @router.post("/{turn_id}/cancel")
    async def cancel(turn_id: UUID, caller: Operator) -> CancelledView:
        """Stop a waiting or running turn: its messages stay unanswered. 409 when it has ended, with how."""
        await cancel_turn(db, caller.workspace_id, turn_id, acting(caller))
        return CancelledView(turn_id=turn_id)

    return router


def acting(caller: Caller) -> str:
    """Who acted, for the record: the token stands for whoever holds it."""
    return f"token {caller.token_id}"
