"""The chat page over HTTP: its files, the visitor's session, his messages and their events."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Cookie, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, field_validator

from rejoinder.errors import NotFound
from rejoinder.widget import assets
from rejoinder.widget.language import chosen
from rejoinder.widget.session import COOKIE, LIFETIME_S, Visitors, WidgetDeps, refuse_foreign

_PRIVATE = {**assets.SAFE, "Cache-Control": "no-store"}
_FOREVER = "public, max-age=31536000, immutable"  # for addresses that hold the files' own hash
_LAST_SEQ = 2**63 - 1  # a bigint

Token = Annotated[str | None, Cookie(alias=COOKIE)]
Site = Annotated[str | None, Header(alias="sec-fetch-site")]
Seen = Annotated[str | None, Header(alias="if-none-match")]
Accepted = Annotated[str, Header(alias="accept-language")]
Seq = Annotated[int, Query(ge=0, le=_LAST_SEQ)]


class SessionRequest(BaseModel):
    """`fresh` begins a new conversation as a new visitor."""

    fresh: bool = False


class Session(BaseModel):
    """Who the visitor is, and what answers him."""

    visitor: str
    bot_name: str
    model: str
    is_large_model: bool


class MessageRequest(BaseModel):
    """`message_id` is the client's: sending it again stores nothing twice.

    `payload` comes with the title of what was tapped.
    """

    message_id: UUID
    text: Annotated[str, Field(min_length=1, max_length=4000)]
    payload: Annotated[str | None, Field(min_length=1, max_length=1000)] = None

    @field_validator("text", "payload")
    @classmethod
    def _readable(cls, text: str | None) -> str | None:
        if text is not None and "\0" in text:
            raise ValueError("must not hold a NUL character")
        if text is not None and not text.strip():
            raise ValueError("must not be blank")
        return text


class MessageAccepted(BaseModel):
    """Where the message was stored; the reply comes as an event."""

    message_id: UUID
    conversation_id: UUID
    seq: int


def routes(deps: WidgetDeps) -> APIRouter:
    """The page at `/` and everything under `/widget/`."""
    router = APIRouter(include_in_schema=False)
    _add_page(router, deps)
    _add_chat(router, deps, Visitors(deps))
    return router


def _add_page(router: APIRouter, deps: WidgetDeps) -> None:
    loaded = assets.load(deps)

    @router.get("/")
    async def page(accepted: Accepted = "", seen: Seen = None) -> Response:
        sent = _send(loaded.pages[chosen(accepted)], seen, "no-cache")
        sent.headers["Vary"] = "Accept-Language"
        return sent

    @router.get("/widget/static/{name}")
    async def newest(name: str, seen: Seen = None) -> Response:
        return _send(_named(loaded, name), seen, "no-cache")

    @router.get("/widget/static/{version}/{name}")
    async def versioned(version: str, name: str, seen: Seen = None) -> Response:
        # During an upgrade a process may be asked for another's version: a browser must not
        # keep its files as those.
        caching = _FOREVER if version == loaded.version else "no-cache"
        return _send(_named(loaded, name), seen, caching)


def _add_chat(router: APIRouter, deps: WidgetDeps, visitors: Visitors) -> None:
    @router.post("/widget/session")
    async def session(
        request: Request,
        response: Response,
        wish: SessionRequest | None = None,
        token: Token = None,
        site: Site = None,
    ) -> Session:
        refuse_foreign(site)
        visitor = await visitors.admit(
            token, _address(request), fresh=wish is not None and wish.fresh
        )
        response.headers.update(_PRIVATE)
        response.set_cookie(
            COOKIE,
            visitors.token(visitor),
            max_age=LIFETIME_S,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return Session(
            visitor=visitor,
            bot_name=deps.bot_name,
            model=deps.model,
            is_large_model=deps.is_large_model,
        )

    @router.post("/widget/messages", status_code=202)
    async def message(
        request: Request,
        response: Response,
        sent: MessageRequest,
        token: Token = None,
        site: Site = None,
    ) -> MessageAccepted:
        refuse_foreign(site)
        visitor = visitors.known(token)
        await visitors.limit_message(visitor, _address(request))
        # The id is the client's choice: under the visitor's name it can't meet another's.
        named = f"{visitor}:{sent.message_id}"
        stored = await deps.receive(visitor, visitor, named, sent.text, sent.payload)
        response.headers.update(_PRIVATE)
        return MessageAccepted(
            message_id=stored.message_id, conversation_id=stored.conversation_id, seq=stored.seq
        )

    @router.get("/widget/events")
    async def events(
        token: Token = None,
        after: Seq = 0,
        last_event_id: Annotated[int | None, Header(ge=0, le=_LAST_SEQ)] = None,
        conversation: UUID | None = None,
    ) -> Response:
        visitor = visitors.known(token)
        await visitors.limit_stream(visitor)
        current = await deps.find(visitor)
        if current is None:
            return Response(
                status_code=204, headers=_PRIVATE
            )  # an EventSource takes it as "don't return"
        seen = after if last_event_id is None else last_event_id
        if conversation not in {None, current}:
            seen = 0  # what it counted was an earlier conversation
        return StreamingResponse(
            deps.stream(current, seen),
            media_type="text/event-stream",
            # nginx would otherwise hold the stream back (its X-Accel-Buffering)
            headers={**_PRIVATE, "X-Accel-Buffering": "no", "X-Conversation": str(current)},
        )


def _named(loaded: assets.Assets, name: str) -> assets.Asset:
    if name not in loaded.files:
        raise NotFound(f"The chat page has no file {name!r}.")
    return loaded.files[name]


def _send(asset: assets.Asset, seen: str | None, caching: str) -> Response:
    headers = {**assets.SAFE, "ETag": asset.etag, "Cache-Control": caching}
    if seen is not None and asset.etag in seen:
        return Response(status_code=304, headers=headers)
    return Response(asset.body, media_type=asset.media_type, headers=headers)


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"
