"""Platforms' webhooks that could not be applied, for operators: looked at, applied after all, put away."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field, model_validator

from rejoinder.api.bodies import Body, Page, View
from rejoinder.api.work.turns import FIRST, acting
from rejoinder.db import BUSY, Database
from rejoinder.errors import Conflict, NotFound
from rejoinder.inbound.intake import store
from rejoinder.inbound.intake.model import State
from rejoinder.inbound.intake.replay import discard, replay
from rejoinder.inbound.rest.callers import needs
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens

MOST = 500


class IntakeView(View):
    """A webhook's body. `waiting` ones are tried again at `next_try_at`, `quarantined` ones wait for a person."""

    intake_id: UUID
    channel_id: UUID
    state: State
    reason: str
    attempts: int
    size: int
    received_at: datetime
    next_try_at: datetime
    resolved_at: datetime | None
    resolved_by: str | None


class IntakeBodyView(IntakeView):
    """With the body as text; bytes that are no UTF-8 are shown as U+FFFD."""

    body: str


class ReplayedView(BaseModel):
    """A worker applies it in a moment; `GET /api/v1/intake/{intake_id}` says what came of it."""

    intake_id: UUID
    replayed: bool = True


class DiscardedView(BaseModel):
    """Put away."""

    intake_id: UUID
    discarded: bool = True


class ManyBody(Body):
    """Either some by id, or the quarantined ones, of a channel or of all, up to 500."""

    ids: Annotated[list[UUID] | None, Field(min_length=1, max_length=MOST)] = None
    all: bool = False
    channel_id: UUID | None = None
    after: Annotated[UUID | None, Field(description="`next` of the call before.")] = None

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if (self.ids is None) != self.all:
            raise ValueError(
                f'give either "ids", {MOST} at most, or "all": true, with a "channel_id" if you like'
            )
        if self.ids is not None and (self.channel_id is not None or self.after is not None):
            raise ValueError('"channel_id" and "after" go with "all"; "ids" say it all')
        return self


class Settled(BaseModel):
    """What became of one: `detail` says why it was refused."""

    intake_id: UUID
    status: Literal["replayed", "discarded", "refused"]
    detail: str | None = None


def routes(db: Database, tokens: Tokens) -> APIRouter:
    """The intake: scope `operate`."""
    router = APIRouter(prefix="/api/v1/intake", tags=["work"])
    Operator = Annotated[Caller, Depends(needs(tokens, "operate"))]  # noqa: N806 - a type

    @router.get("")
    async def list_intake(
        caller: Operator,
        state: Annotated[State | None, Query(description="All states if left out.")] = None,
        channel_id: UUID | None = None,
        after: Annotated[UUID, Query(description="Those after this id.")] = FIRST,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Page[IntakeView]:
        """The workspace's webhooks that could not be applied when they came, oldest first."""
        async with db.read(caller.workspace_id) as read:
            found = await store.page(read, after, limit, state=state, channel_id=channel_id)
        items = [IntakeView.model_validate(each) for each in found]
        return Page.of(items, limit, lambda last: last.intake_id)

    @router.post("/replay")
    async def replay_many_of_intake(body: ManyBody, caller: Operator) -> Page[Settled]:
        """Apply many quarantined ones after all, at most 500 a call; with `all`, go on after `next`."""
        return await _many(db, caller, body, "replayed")

    @router.post("/discard")
    async def discard_many_of_intake(body: ManyBody, caller: Operator) -> Page[Settled]:
        """Put many quarantined ones away, at most 500 a call; with `all`, go on after `next`."""
        return await _many(db, caller, body, "discarded")

    @router.get("/{intake_id}")
    async def get_intake(intake_id: UUID, caller: Operator) -> IntakeBodyView:
        """One of them, with its body."""
        async with db.read(caller.workspace_id) as read:
            found = await store.entry(read, intake_id)
            body = await store.body(read, intake_id)
        if found is None:
            raise NotFound(
                f"There is no webhook {intake_id} in this workspace's intake.",
                mend="GET /api/v1/intake lists them; settled ones go after 7 days.",
            )
        shown = IntakeView.model_validate(found).model_dump()
        return IntakeBodyView(**shown, body=body.decode(errors="replace"))

    @router.post("/{intake_id}/replay")
    async def replay_intake(intake_id: UUID, caller: Operator) -> ReplayedView:
        """Read a quarantined one anew and apply it. 409 when it is not quarantined."""
        await replay(db, caller.workspace_id, intake_id)
        return ReplayedView(intake_id=intake_id)

    @router.post("/{intake_id}/discard")
    async def discard_intake(intake_id: UUID, caller: Operator) -> DiscardedView:
        """Put it away: what of it was not applied never will be. 409 when it is settled already."""
        await discard(db, caller.workspace_id, intake_id, acting(caller))
        return DiscardedView(intake_id=intake_id)

    return router


async def _many(
    db: Database, caller: Caller, body: ManyBody, done: Literal["replayed", "discarded"]
) -> Page[Settled]:
    ids = body.ids
    if ids is None:
        async with db.read(caller.workspace_id) as read:
            found = await store.page(
                read, body.after or FIRST, MOST, state="quarantined", channel_id=body.channel_id
            )
        ids = [each.intake_id for each in found]
    items = [await _one(db, caller, one, done) for one in dict.fromkeys(ids)]
    return Page(items=items, next=str(ids[-1]) if body.all and len(ids) == MOST else None)


async def _one(
    db: Database, caller: Caller, one: UUID, done: Literal["replayed", "discarded"]
) -> Settled:
    try:
        if done == "replayed":
            await replay(db, caller.workspace_id, one)
        else:
            await discard(db, caller.workspace_id, one, acting(caller))
    except (NotFound, Conflict) as refused:
        return Settled(intake_id=one, status="refused", detail=refused.detail)
    except BUSY:
        told = "A worker has it in hand; try this one again."
        return Settled(intake_id=one, status="refused", detail=told)
    return Settled(intake_id=one, status=done)
