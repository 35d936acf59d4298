"""Conversations, their messages and their events, for the callers of the REST channel."""

from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Query
from fastapi.responses import StreamingResponse
from pydantic import Field

from rejoinder.api.bodies import Body, Page, View
from rejoinder.api.conversations.cursor import listed_after, waiting_after, waiting_mark
from rejoinder.api.conversations.views import ConversationView, MessageView
from rejoinder.bots import store as bots
from rejoinder.conversations import store
from rejoinder.conversations.model import Conversation, State
from rejoinder.db import Database, Read
from rejoinder.errors import Invalid, NotFound
from rejoinder.inbound.edit import delete, edit
from rejoinder.inbound.rest.callers import needs
from rejoinder.inbound.rest.view import OutcomeView
from rejoinder.inbound.rest.wait import await_outcome, look_up
from rejoinder.live.bus import Bus
from rejoinder.live.stream import stream
from rejoinder.turns.hands.modes import set_modes
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens

_LAST_SEQ = 2**63 - 1  # a bigint

_MEND = "Our UUIDs stand in the answer to your POST; your own names need `?by=external`."

Named = Annotated[str, Path(max_length=255)]


@dataclass(frozen=True, slots=True)
class Names:
    """Whose names a path holds: ours, or those the caller gave in a channel (its first one if not said)."""

    by: Annotated[
        Literal["id", "external"],
        Query(description="`external`: the path holds the caller's own name."),
    ] = "id"
    channel_id: Annotated[
        UUID | None,
        Query(
            description="With `by=external`: the channel of that name; the first one if left out."
        ),
    ] = None


By = Annotated[Names, Depends()]


class EditBody(Body):
    """What the message says now."""

    text: Annotated[str, Field(min_length=1, max_length=32_768, pattern=r"\S")]


class EditedView(View):
    """`turn_id` is the turn that answers the message as it stands now; null when it was answered before."""

    message_id: UUID
    turn_id: UUID | None


class ConversationChange(Body):
    """What shall be different; what is left out stays.

    Without `ai_enabled` its answers in the making stop and no model reads it; without `auto_response_enabled` what the
    bot would say waits as a draft (GET …/drafts).
    """

    ai_enabled: bool | None = None
    auto_response_enabled: bool | None = None
    customer_satisfaction: Annotated[
        float | None, Field(ge=0, le=5, allow_inf_nan=False, description="From 0 to 5.")
    ] = None


def routes(db: Database, bus: Bus, tokens: Tokens, max_wait_seconds: float) -> APIRouter:
    """Everything a caller asks about what it handed in."""
    router = APIRouter(prefix="/api/v1", tags=["conversations"])
    Reader = Annotated[Caller, Depends(needs(tokens, "ingest"))]  # noqa: N806 - a type
    Operator = Annotated[Caller, Depends(needs(tokens, "operate"))]  # noqa: N806 - a type

    @router.get("/messages/{message_id:path}")
    async def get_message(
        message_id: Named,
        caller: Reader,
        by: By,
        wait: Annotated[float, Query(ge=0, le=600)] = 0,
    ) -> OutcomeView:
        """What became of a message; `wait` stays for it."""
        found = await look_up(
            db, caller.workspace_id, await find_message(db, caller, message_id, by)
        )
        if wait and found.status == "pending":
            seconds = min(wait, max_wait_seconds)
            found = await await_outcome(
                db, bus, caller.workspace_id, found.conversation_id, found.message_id, seconds
            )
        return OutcomeView.of(found)

    @router.patch("/messages/{message_id:path}")
    async def edit_message(message_id: Named, body: EditBody, caller: Reader, by: By) -> EditedView:
        """The customer changed a message. While it is unanswered it is answered as it stands now."""
        which = await find_message(db, caller, message_id, by)
        return EditedView.model_validate(await edit(db, caller.workspace_id, which, body.text))

    @router.delete("/messages/{message_id:path}", status_code=204)
    async def delete_message(message_id: Named, caller: Reader, by: By) -> None:
        """The customer took a message back. While it is unanswered it is not answered."""
        which = await find_message(db, caller, message_id, by)
        await delete(db, caller.workspace_id, which)

    @router.get("/conversations")
    async def list_conversations(
        caller: Operator,
        state: Annotated[
            State | None, Query(description="Only those: `waiting` is for a person.")
        ] = None,
        after: Annotated[
            str | None, Query(max_length=100, description="`next` of the page before.")
        ] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Page[ConversationView]:
        """Conversations, the oldest first.

        `?state=waiting` are those that wait for a person, who waits longest first: `escalation_reason` tells why,
        `escalated_at` since when.
        """
        async with db.read(caller.workspace_id) as read:
            if state == "waiting":
                found = await store.waiting(read, waiting_after(after), limit)
            else:
                found = await store.conversations(read, state, listed_after(after), limit)
        items = [ConversationView.model_validate(each) for each in found]
        if state == "waiting":
            return Page.of(items, limit, waiting_mark)
        return Page.of(items, limit, lambda last: last.conversation_id)

    @router.get("/conversations/{conversation_id:path}/messages")
    async def list_messages(
        conversation_id: Named,
        caller: Reader,
        by: By,
        after: Annotated[
            int, Query(ge=0, le=_LAST_SEQ, description="Messages after this seq.")
        ] = 0,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Page[MessageView]:
        """Messages in order; poll with the last `next` or the last seen `seq`."""
        conversation = await find_conversation(db, caller, conversation_id, by)
        async with db.read(caller.workspace_id) as read:
            found = await store.page(read, conversation.conversation_id, after, limit)
        items = [MessageView.model_validate(message) for message in found]
        return Page.of(items, limit, lambda last: last.seq)

    @router.get("/conversations/{conversation_id:path}/events", response_class=StreamingResponse)
    async def stream_events(
        conversation_id: Named,
        caller: Reader,
        by: By,
        after: Annotated[int, Query(ge=0, le=_LAST_SEQ, description="Events after this seq.")] = 0,
        last_event_id: Annotated[int | None, Header(ge=0, le=_LAST_SEQ)] = None,
    ) -> StreamingResponse:
        """Server-sent events: replies and what happens to turns; resumes after `Last-Event-ID` or `after`."""
        conversation = await find_conversation(db, caller, conversation_id, by)
        begin = after if last_event_id is None else last_event_id
        return StreamingResponse(
            stream(db, bus, caller.workspace_id, conversation.conversation_id, begin),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    @router.patch("/conversations/{conversation_id:path}")
    async def change_conversation(
        conversation_id: Named, body: ConversationChange, caller: Operator, by: By
    ) -> ConversationView:
        """Say how far the bot may go in it, or how content the customer was. 409 when it is closed."""
        found = await find_conversation(db, caller, conversation_id, by)
        given = body.model_dump(exclude_none=True)
        await set_modes(db, caller.workspace_id, found.conversation_id, **given)
        async with db.read(caller.workspace_id) as read:
            return ConversationView.model_validate(
                await store.conversation(read, found.conversation_id)
            )

    @router.get("/conversations/{conversation_id:path}")
    async def get_conversation(conversation_id: Named, caller: Reader, by: By) -> ConversationView:
        """One conversation."""
        return ConversationView.model_validate(
            await find_conversation(db, caller, conversation_id, by)
        )

    return router


async def find_conversation(db: Database, caller: Caller, named: str, by: Names) -> Conversation:
    """The conversation a path names. Raises NotFound or Invalid."""
    _refuse_nul(named)
    async with db.read(caller.workspace_id) as read:
        if by.by == "id":
            found = await store.conversation(read, _uuid(named, "conversation_id"))
        else:
            channel_id = await _channel_id(read, by)
            found = (
                await store.conversation_by_thread(read, channel_id, named) if channel_id else None
            )
    if found is None:
        raise NotFound(f"There is no conversation {named!r} in this workspace.", mend=_MEND)
    return found


async def find_message(db: Database, caller: Caller, named: str, by: Names) -> UUID:
    """The message a path names. Raises NotFound or Invalid."""
    _refuse_nul(named)
    if by.by == "id":
        return _uuid(named, "message_id")
    async with db.read(caller.workspace_id) as read:
        channel_id = await _channel_id(read, by)
        found = await store.duplicate(read, channel_id, named) if channel_id else None
    if found is None:
        raise NotFound(f"There is no message {named!r} in this workspace.", mend=_MEND)
    return found.message_id


async def _channel_id(read: Read, by: Names) -> UUID | None:
    """The channel whose names are meant; another workspace's holds none of this one's."""
    if by.channel_id:
        return by.channel_id
    channel = await bots.first_channel(read, "rest")
    return channel.channel_id if channel else None


def _refuse_nul(named: str) -> None:
    if "\x00" in named:
        raise NotFound("No name here holds a NUL character.", mend=_MEND)


def _uuid(named: str, where: str) -> UUID:
    try:
        return UUID(named)
    except ValueError:
        raise Invalid(
            f"{named!r} is not one of our ids.",
            mend="Put the UUID from our answer here, or add `?by=external` to use your own.",
            where=where,
        ) from None
