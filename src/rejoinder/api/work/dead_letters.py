"""What gave up, for operators: looked at, tried again, put away."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field, model_validator

from rejoinder.api.bodies import Body, Page, View
from rejoinder.api.work.turns import FIRST, acting
from rejoinder.db import BUSY, Database, new_id
from rejoinder.errors import Conflict, Invalid, NotFound
from rejoinder.inbound.rest.callers import needs
from rejoinder.queue.dead_letters import store
from rejoinder.queue.dead_letters.model import Kind, Resolution
from rejoinder.turns.hands.replay import discard, replay
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens

MOST = 500
"""Of one call: each takes the lock of its conversation, so this takes some seconds."""

Settle = Callable[[UUID], Awaitable[object]]


class DeadLetterView(View):
    """A turn or a delivery that gave up: `subject_id` names it. Open while `resolution` is null."""

    dead_letter_id: UUID
    kind: Kind
    subject_id: UUID
    conversation_id: UUID
    error: str
    attempts: int
    created_at: datetime
    resolution: Resolution | None
    resolved_at: datetime | None
    resolved_by: str | None
    replayed_as: UUID | None


class ReplayedView(View):
    """On its way again; `turn_id` is the turn that has a failed turn's messages now."""

    dead_letter_id: UUID
    kind: Kind
    turn_id: UUID | None


class DiscardedView(BaseModel):
    """Put away."""

    dead_letter_id: UUID
    discarded: bool = True


class ManyBody(Body):
    """Either some dead letters by id, or all open ones, of a kind or of both, that stood there at the first call."""

    ids: Annotated[list[UUID] | None, Field(min_length=1, max_length=MOST)] = None
    all: bool = False
    kind: Kind | None = None
    after: Annotated[str | None, Field(max_length=80, description="`next` of the call before.")] = (
        None
    )

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if (self.ids is None) != self.all:
            raise ValueError(
                f'give either "ids", {MOST} at most, or "all": true, with a "kind" if you like'
            )
        if self.ids is not None and (self.kind is not None or self.after is not None):
            raise ValueError('"kind" and "after" go with "all"; "ids" say it all')
        return self


class Settled(BaseModel):
    """What became of one: `detail` says why it was refused."""

    dead_letter_id: UUID
    status: Literal["replayed", "discarded", "refused"]
    detail: str | None = None


def routes(db: Database, tokens: Tokens) -> APIRouter:
    """Dead letters: scope `operate`."""
    router = APIRouter(prefix="/api/v1/dead-letters", tags=["work"])
    Operator = Annotated[Caller, Depends(needs(tokens, "operate"))]  # noqa: N806 - a type

    @router.get("")
    async def list_dead_letters(
        caller: Operator,
        kind: Kind | None = None,
        conversation_id: UUID | None = None,
        resolved: Annotated[
            bool, Query(description="Those that are settled, not the open.")
        ] = False,
        after: Annotated[UUID, Query(description="Dead letters after this id.")] = FIRST,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Page[DeadLetterView]:
        """The workspace's dead letters, oldest first; the open ones unless `resolved`."""
        async with db.read(caller.workspace_id) as read:
            found = await store.page(
                read,
                after,
                limit,
                kind=kind,
                conversation_id=conversation_id,
                is_open=not resolved,
            )
        items = [DeadLetterView.model_validate(letter) for letter in found]
        return Page.of(items, limit, lambda last: last.dead_letter_id)

    @router.post("/replay")
    async def replay_many(body: ManyBody, caller: Operator) -> Page[Settled]:
        """Try many again, at most 500 a call; with `all`, go on after `next`."""
        who, by = caller.workspace_id, acting(caller)
        return await _settle(db, who, body, "replayed", lambda one: replay(db, who, one, by))

    @router.post("/discard")
    async def discard_many(body: ManyBody, caller: Operator) -> Page[Settled]:
        """Put many away, at most 500 a call; with `all`, go on after `next`."""
        who, by = caller.workspace_id, acting(caller)
        return await _settle(db, who, body, "discarded", lambda one: discard(db, who, one, by))

    @router.get("/{dead_letter_id}")
    async def get_dead_letter(dead_letter_id: UUID, caller: Operator) -> DeadLetterView:
        """One dead letter, open or settled."""
        async with db.read(caller.workspace_id) as read:
            found = await store.letter(read, dead_letter_id)
        if found is None:
            raise NotFound(
                f"There is no dead letter {dead_letter_id} in this workspace.",
                mend="GET /api/v1/dead-letters lists them.",
            )
        return DeadLetterView.model_validate(found)

    @router.post("/{dead_letter_id}/replay")
    async def replay_one(dead_letter_id: UUID, caller: Operator) -> ReplayedView:
        """Answer a failed turn's messages after all, or send a delivery again. 409 when it can't be now."""
        done = await replay(db, caller.workspace_id, dead_letter_id, acting(caller))
        return ReplayedView.model_validate(done)

    @router.post("/{dead_letter_id}/discard")
    async def discard_one(dead_letter_id: UUID, caller: Operator) -> DiscardedView:
        """Put it away: nothing more will be done about it. 409 when it is settled already."""
        await discard(db, caller.workspace_id, dead_letter_id, acting(caller))
        return DiscardedView(dead_letter_id=dead_letter_id)

    return router


async def _settle(
    db: Database,
    workspace_id: UUID,
    body: ManyBody,
    done: Literal["replayed", "discarded"],
    settle: Settle,
) -> Page[Settled]:
    ids, until = body.ids, UUID(int=0)
    if ids is None:
        after, until = _cursor(body.after)
        async with db.read(workspace_id) as read:
            found = await store.page(read, after, MOST, kind=body.kind)
        ids = [each.dead_letter_id for each in found if each.dead_letter_id < until]
    items = [await _one(one, done, settle) for one in dict.fromkeys(ids)]
    more = body.all and len(ids) == MOST
    return Page(items=items, next=f"{ids[-1]}.{until}" if more else None)


def _cursor(after: str | None) -> tuple[UUID, UUID]:
    """After which id, and before which: what is tried again and fails at once comes back under a newer one."""
    if after is None:
        return FIRST, new_id()
    try:
        last, until = (UUID(part) for part in after.split("."))
    except ValueError:
        raise Invalid(
            "after: is no `next` of a call before.", mend="Leave it out to begin.", where="after"
        ) from None
    return last, until


async def _one(one: UUID, done: Literal["replayed", "discarded"], settle: Settle) -> Settled:
    try:
        await settle(one)
    except (NotFound, Conflict) as refused:
        return Settled(dead_letter_id=one, status="refused", detail=refused.detail)
    except BUSY:
        told = "Its conversation is locked by other work; try this one again."
        return Settled(dead_letter_id=one, status="refused", detail=told)
    return Settled(dead_letter_id=one, status=done)
