"""What the bot has drafted, for operators: look, send, throw away."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field, JsonValue

from rejoinder.actions.model import told
from rejoinder.api.bodies import Body, Page, View
from rejoinder.api.conversations.hands import Agent, AgentBody
from rejoinder.api.conversations.routes import By, Named, find_conversation
from rejoinder.conversations.content import stored
from rejoinder.db import Database
from rejoinder.errors import NotFound
from rejoinder.inbound.rest.callers import needs
from rejoinder.turns.drafts import store
from rejoinder.turns.drafts.model import Draft, DraftState
from rejoinder.turns.drafts.outgoing import Left, steps
from rejoinder.turns.hands.drafts import discard, send
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens


class SendDraft(Body):
    """Who sends it, and what they say instead, if they know better.

    The draft's `actions` are carried out either way, but for those named in `without`. A `text` is sent word by word:
    where the draft asks for something, it should ask too.
    """

    agent: Agent
    text: Annotated[str | None, Field(min_length=1, max_length=32_768, pattern=r"\S")] = None
    without: Annotated[frozenset[Left], Field(description="Actions that are left out.")] = (
        frozenset()
    )


class DraftView(View):
    """An answer that waits for a person; `content` are the parts of each of its messages that is more than text.

    `actions` are the steps that sending it carries out beside its texts, `{"type", "data"}` each.
    """

    draft_id: UUID
    conversation_id: UUID
    turn_id: UUID
    text: str
    content: list[list[JsonValue]]
    actions: list[dict[str, JsonValue]]
    state: DraftState
    created_at: datetime
    settled_at: datetime | None
    settled_by: str | None
    message_id: UUID | None


class SentView(BaseModel):
    """The messages that the draft went out as; each one's own status tells how far it is."""

    draft_id: UUID
    conversation_id: UUID
    message_ids: list[UUID]


def routes(db: Database, tokens: Tokens) -> APIRouter:
    """For operators: scope `operate`."""
    router = APIRouter(prefix="/api/v1", tags=["drafts"])
    Operator = Annotated[Caller, Depends(needs(tokens, "operate"))]  # noqa: N806 - a type

    @router.get("/conversations/{conversation_id:path}/drafts")
    async def list_drafts(
        conversation_id: Named,
        caller: Operator,
        by: By,
        state: Annotated[DraftState | None, Query(description="Only those.")] = None,
        before: Annotated[UUID | None, Query(description="Drafts older than this one.")] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Page[DraftView]:
        """What the bot has drafted in a conversation, the newest first."""
        found = await find_conversation(db, caller, conversation_id, by)
        async with db.read(caller.workspace_id) as read:
            listed = await store.drafts(read, found.conversation_id, before, limit, state)
        items = [_view(each) for each in listed]
        return Page.of(items, limit, lambda last: last.draft_id)

    @router.get("/drafts/{draft_id}")
    async def get_draft(draft_id: UUID, caller: Operator) -> DraftView:
        """One draft."""
        async with db.read(caller.workspace_id) as read:
            found = await store.draft(read, draft_id)
        if found is None:
            raise NotFound(
                f"There is no draft {draft_id} in this workspace.",
                mend="GET /api/v1/conversations/{id}/drafts lists a conversation's.",
            )
        return _view(found)

    @router.post("/drafts/{draft_id}/send")
    async def send_draft(draft_id: UUID, body: SendDraft, caller: Operator) -> SentView:
        """Send it, as it stands or with another text, and carry out its actions as an answer's.

        The bot stays as much in charge as it was; a conversation that the draft ends is closed behind it.
        409 `draft_settled` when it was sent or thrown away before, or the customer has written more since.
        """
        sent = await send(
            db, caller.workspace_id, draft_id, body.agent, body.text, without=body.without
        )
        return SentView(
            draft_id=sent.draft_id,
            conversation_id=sent.conversation_id,
            message_ids=list(sent.message_ids),
        )

    @router.post("/drafts/{draft_id}/discard")
    async def discard_draft(draft_id: UUID, body: AgentBody, caller: Operator) -> DraftView:
        """Throw it away."""
        await discard(db, caller.workspace_id, draft_id, body.agent)
        return await get_draft(draft_id, caller)

    return router


def _view(draft: Draft) -> DraftView:
    return DraftView(
        draft_id=draft.draft_id,
        conversation_id=draft.conversation_id,
        turn_id=draft.turn_id,
        text=draft.text,
        content=[stored(each.parts) for each in draft.messages if each.parts],
        actions=[told(each) for each in steps(draft)],
        state=draft.state,
        created_at=draft.created_at,
        settled_at=draft.settled_at,
        settled_by=draft.settled_by,
        message_id=draft.message_id,
    )
