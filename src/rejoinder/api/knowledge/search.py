"""`GET /api/v1/search`: what was written, and what the knowledge base says."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, Field

from rejoinder.api.bodies import Page
from rejoinder.db import Batch, Database
from rejoinder.guard.redact import KINDS, Redaction
from rejoinder.inbound.rest.callers import needs
from rejoinder.knowledge import Found, search
from rejoinder.knowledge.searching.fuse import fuse
from rejoinder.knowledge.searching.meaning import Meaning, Meant
from rejoinder.knowledge.searching.messages.find import By, Message, find
from rejoinder.knowledge.searching.messages.pattern import excerpt, patterns, spans
from rejoinder.knowledge.searching.messages.store import Which
from rejoinder.usage import store as ledger
from rejoinder.usage.model import Call
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens

MeaningOf: TypeAlias = Callable[[], Awaitable[Meaning | None]]
"""What makes vectors of questions, loaded when it is first asked for; None where no embedder is set."""

# The first and the last year of the calendar, brought to UTC, may be none of it.
Moment: TypeAlias = Annotated[
    AwareDatetime, Field(ge=datetime(1900, 1, 1, tzinfo=UTC), le=datetime(9000, 1, 1, tzinfo=UTC))
]
Mark = Annotated[list[int], Field(min_length=2, max_length=2)]


class MessageHit(BaseModel):
    """A message. `matched` tells how it was found, `score` how near in meaning it is, 0 to 1.

    `text` is an excerpt of at most 300 characters; `highlights` are begin and end of what was looked for, in
    characters of it.
    """

    found: Literal["message"] = "message"
    message_id: UUID
    conversation_id: UUID
    contact_id: UUID
    channel_id: UUID
    seq: int
    direction: str
    sender_type: str
    received_at: datetime
    text: str
    highlights: list[Mark]
    matched: list[By]
    score: float | None


class KnowledgeHit(BaseModel):
    """A passage of a document; `score` as the bot sees it, 0 to 1."""

    found: Literal["knowledge"] = "knowledge"
    document_id: UUID
    base_id: UUID | None
    position: int
    title: str
    heading: str
    source: str
    page: int | None
    text: str
    highlights: list[Mark]
    score: float


Hit = Annotated[MessageHit | KnowledgeHit, Field(discriminator="found")]
Places: TypeAlias = Literal["messages", "knowledge", "all"]


class Filters(BaseModel):
    """Where to look."""

    contact_id: Annotated[UUID | None, Field(description="Messages with this contact.")] = None
    channel_id: Annotated[UUID | None, Field(description="Messages of this channel.")] = None
    since: Annotated[
        Moment | None, Field(alias="from", description="Messages that came then or later.")
    ] = None
    until: Annotated[Moment | None, Field(alias="to", description="Messages that came before.")] = (
        None
    )
    bot_id: Annotated[
        UUID | None, Field(description="Knowledge that this bot reads; all of it if left out.")
    ] = None
    base_id: Annotated[UUID | None, Field(description="Knowledge of this base.")] = None
    language: Annotated[
        str | None, Field(description="Knowledge in this language.", pattern="^[a-z]{2,3}$")
    ] = None
    tag: Annotated[str | None, Field(description="Knowledge with this tag.", max_length=60)] = None
    cursor: Annotated[
        UUID | None, Field(description="`next` of the page before: the messages go on there.")
    ] = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20


async def no_meaning() -> None:
    """Of a server without an embedder."""


def routes(db: Database, tokens: Tokens, meaning: MeaningOf = no_meaning) -> APIRouter:
    """Search messages and knowledge."""
    router = APIRouter(prefix="/api/v1", tags=["search"])
    Operator = Annotated[Caller, Depends(needs(tokens, "operate"))]  # noqa: N806 - a type

    @router.get("/search")
    async def search_everything(
        caller: Operator,
        q: Annotated[str, Query(min_length=1, max_length=500, pattern=r"\S")],
        filters: Annotated[Filters, Query()],
        places: Annotated[Places, Query(alias="in")] = "all",
    ) -> Page[Hit]:
        """Messages that hold all words, newest first, and passages of the knowledge base, best first.

        With an embedder, also what means the same. Case and accents don't matter. A page of messages may hold few or
        none and still have a `next`: each request looks at 20,000 messages.
        """
        asked = q.replace("\x00", " ")
        meant = await _meant(db, caller, meaning, asked)
        said: list[Message] = []
        onward: UUID | None = None
        passages: list[Found] = []
        async with db.read(caller.workspace_id) as read:
            if places != "messages" and filters.cursor is None:
                passages = await search(
                    read,
                    asked,
                    bot_id=filters.bot_id,
                    limit=filters.limit if places == "knowledge" else max(1, filters.limit // 4),
                    vector=meant.vector if meant else None,
                    model=meant.model if meant else None,
                    languages=[filters.language] if filters.language else (),
                    tags=[filters.tag] if filters.tag else (),
                    bases=[filters.base_id] if filters.base_id else (),
                )
            left = filters.limit - len(passages)
            if places != "knowledge" and left:
                which = Which(
                    filters.contact_id,
                    filters.channel_id,
                    filters.since,
                    filters.until,
                    filters.cursor,
                )
                said, onward = await find(read, asked, which, left, meant)
        return Page(items=_fused(said, passages, asked), next=str(onward) if onward else None)

    return router


async def _meant(db: Database, caller: Caller, meaning: MeaningOf, asked: str) -> Meant | None:
    maker = await meaning()
    if maker is None:
        return None
    calls: list[Call] = []
    meant = await maker.of(Redaction(KINDS).hide(asked), calls.append)
    if calls:
        async with db.transaction(caller.workspace_id) as tx:
            batch = Batch(tx)
            ledger.record(batch, contact_id=None, message_id=None, turn_id=None, calls=calls)
            await batch.send()
    return meant


def _fused(said: Sequence[Message], passages: Sequence[Found], asked: str) -> list[Hit]:
    wanted = patterns(asked)
    hits: list[Hit] = [*map(_message, said), *(_passage(each, wanted) for each in passages)]
    mine = list(range(len(said)))
    return [hits[at] for at in fuse([mine, list(range(len(said), len(hits)))])]


def _message(found: Message) -> MessageHit:
    hit = found.hit
    text, marks = excerpt(hit.text, found.marks)
    return MessageHit(
        message_id=hit.message_id,
        conversation_id=hit.conversation_id,
        contact_id=hit.contact_id,
        channel_id=hit.channel_id,
        seq=hit.seq,
        direction=hit.direction,
        sender_type=hit.sender_type,
        received_at=hit.received_at,
        text=text,
        highlights=[list(mark) for mark in marks],
        matched=list(found.by),
        score=found.score,
    )


def _passage(found: Found, wanted: Sequence[str]) -> KnowledgeHit:
    return KnowledgeHit(
        document_id=found.document_id,
        base_id=found.base_id,
        position=found.position,
        title=found.title,
        heading=found.heading,
        source=found.source,
        page=found.page,
        text=found.text,
        highlights=[list(mark) for mark in spans(found.text, wanted)],
        score=found.score,
    )
