"""Who is in charge of a conversation: people take it over, write in it, release and close it."""

from typing import Annotated, Literal, Self
from unicodedata import normalize
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from rejoinder.api.bodies import Body as Strict
from rejoinder.api.conversations.routes import By, Named, find_conversation
from rejoinder.api.conversations.views import ConversationView
from rejoinder.bots import store as bots
from rejoinder.channels.text.shown import warnings
from rejoinder.conversations import store
from rejoinder.conversations.contacts import store as contacts
from rejoinder.conversations.model import Conversation
from rejoinder.conversations.written.parts import Sendable, Written, written
from rejoinder.db import Database
from rejoinder.inbound.reply import reply
from rejoinder.inbound.rest.callers import needs
from rejoinder.media.sendable import check_media
from rejoinder.turns.hands.close import close
from rejoinder.turns.hands.release import release
from rejoinder.turns.hands.take_over import take
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens

_UNWANTED = "The customer has asked for no more messages: a person's is sent all the same."

Agent = Annotated[
    str,
    AfterValidator(lambda name: normalize("NFC", name).strip()),
    Field(
        min_length=1,
        max_length=255,
        pattern=r"\S",
        description="Who acts: the name or id by which your team knows the person.",
    ),
]


class AgentBody(Strict):
    """Who acts."""

    agent: Agent


class ReplyBody(Strict):
    """A person's message to the customer: `text`, or `content` with texts or one other part."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"agent": "anna", "text": "I have found your order."},
                {
                    "agent": "anna",
                    "content": [
                        {
                            "kind": "buttons",
                            "text": "Shall we send it again?",
                            "buttons": [{"title": "Yes"}, {"title": "No"}],
                        }
                    ],
                },
            ]
        }
    )

    agent: Agent
    text: Annotated[str | None, Field(min_length=1, max_length=32_768, pattern=r"\S")] = None
    content: Annotated[list[Sendable] | None, Field(min_length=1, max_length=10)] = None
    message_id: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=255,
            description="Unique in the channel; the same one again is the same message.",
        ),
    ] = None

    @model_validator(mode="after")
    def _text_or_content(self) -> Self:
        if (self.text is None) == (self.content is None):
            raise ValueError("give either text or content, not both and not neither")
        self.written()  # what can't be sent is told as a fault of this body
        return self

    def written(self) -> Written:
        """The message as it is stored. Raises ValueError for what can't be sent."""
        return Written(self.text) if self.text is not None else written(self.content or [])


class ReplyView(BaseModel):
    """The stored message. `stored` means that it is on its way; its own status tells how far.

    `warnings` say what its platform has no form of its own for, and that the customer wants no messages.
    """

    message_id: UUID
    conversation_id: UUID
    seq: int
    status: Literal["stored"] = "stored"
    warnings: list[str] = []


class ReleasedView(ConversationView):
    """The conversation; `turn_id` answers what the customer wrote meanwhile and nobody answered, if there was such."""

    turn_id: UUID | None


def routes(db: Database, tokens: Tokens) -> APIRouter:
    """For operators: scope `operate`."""
    router = APIRouter(prefix="/api/v1/conversations", tags=["people"])
    Operator = Annotated[Caller, Depends(needs(tokens, "operate"))]  # noqa: N806 - a type

    async def view(caller: Caller, conversation_id: UUID) -> ConversationView:
        async with db.read(caller.workspace_id) as read:
            return ConversationView.model_validate(await store.conversation(read, conversation_id))

    async def doubts(caller: Caller, found: Conversation, message: Written) -> list[str]:
        async with db.read(caller.workspace_id) as read:
            unwanted = [_UNWANTED] if await contacts.opted_out(read, found.contact_id) else []
            if not message.parts:
                return unwanted
            await check_media(read, message)
            channel = await bots.channel(read, found.channel_id)
        return unwanted + (warnings(channel.platform, message) if channel else [])

    @router.post("/{conversation_id:path}/takeover")
    async def take_over(
        conversation_id: Named, body: AgentBody, caller: Operator, by: By
    ) -> ConversationView:
        """Put a person in charge: the bot's running answer stops, and what it had not begun to send stays here.

        409 `held_by_another` when another agent holds the conversation: of two at once, one wins.
        """
        found = await find_conversation(db, caller, conversation_id, by)
        await take(db, caller.workspace_id, found.conversation_id, body.agent)
        return await view(caller, found.conversation_id)

    @router.post("/{conversation_id:path}/release")
    async def hand_back(
        conversation_id: Named,
        caller: Operator,
        by: By,
        body: Annotated[AgentBody | None, Body()] = None,
    ) -> ReleasedView:
        """Put the bot in charge again. What the customer wrote since anybody answered is answered now."""
        found = await find_conversation(db, caller, conversation_id, by)
        turn_id = await release(db, caller.workspace_id, found.conversation_id, _who(body))
        now = await view(caller, found.conversation_id)
        return ReleasedView(**now.model_dump(), turn_id=turn_id)

    @router.post("/{conversation_id:path}/close")
    async def close_conversation(
        conversation_id: Named,
        caller: Operator,
        by: By,
        body: Annotated[AgentBody | None, Body()] = None,
    ) -> ConversationView:
        """Close it: turns are cancelled, and the customer's next message opens a new conversation."""
        found = await find_conversation(db, caller, conversation_id, by)
        await close(db, caller.workspace_id, found.conversation_id, _who(body))
        return await view(caller, found.conversation_id)

    @router.post("/{conversation_id:path}/messages", status_code=201)
    async def write(
        conversation_id: Named, body: ReplyBody, response: Response, caller: Operator, by: By
    ) -> ReplyView:
        """A person's message to the customer; who writes takes the conversation over. 200 when it was sent before."""
        found = await find_conversation(db, caller, conversation_id, by)
        message = body.written()
        warned = await doubts(caller, found, message)
        replied = await reply(
            db,
            caller.workspace_id,
            found.conversation_id,
            agent=body.agent,
            text=message.text,
            parts=message.parts,
            external_id=body.message_id,
        )
        if replied.duplicate:
            response.status_code = 200
        if replied.messages > 1:
            warned.append(
                f"It is longer than one message of its platform: it goes as {replied.messages}, this being the first."
            )
        return ReplyView(
            message_id=replied.message_id,
            conversation_id=replied.conversation_id,
            seq=replied.seq,
            warnings=warned,
        )

    return router


def _who(body: AgentBody | None) -> str:
    return body.agent if body else "operator"
