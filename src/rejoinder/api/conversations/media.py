"""Files of messages, for who works with the conversations, and for whoever holds a signed address."""

import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import IO, Annotated, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel
from starlette.requests import ClientDisconnect

from rejoinder.api.bodies import drain
from rejoinder.db import Database, new_id
from rejoinder.errors import Invalid, NotFound, TooLarge, Unavailable
from rejoinder.inbound.rest.callers import needs
from rejoinder.media import store
from rejoinder.media.files import named
from rejoinder.media.links import FOR_OPERATORS_S, Links
from rejoinder.media.model import File, State, key_of
from rejoinder.media.objects import Objects
from rejoinder.media.taking.download import draft, keep
from rejoinder.media.taking.judge import HEAD, SHOWN, kind_of, type_of
from rejoinder.media.taking.scan import NotScanned, Scanner
from rejoinder.net.fetch import Fetched
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens

Kind = Literal["image", "audio", "video", "document", "sticker"]

_DIGITS = 18  # of a position in a file; nobody has one of an exabyte
_OF_ALL = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, max-age=600",
    "Accept-Ranges": "bytes",
}


class MediaView(BaseModel):
    """A file: `waiting` to be fetched, `ready`, `refused` or `failed`, which `error` explains.

    `url` is there when it is ready: for `url_expires_at - now` anybody who has it gets the bytes.
    """

    media_id: UUID
    kind: str
    state: State
    mime_type: str | None
    filename: str | None
    size: int | None
    transcript: str | None
    error: str | None
    message_id: UUID | None
    channel_id: UUID | None
    created_at: datetime
    url: str | None = None
    url_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MediaDeps:
    """What the routes work with; `limits` are bytes by kind."""

    db: Database
    objects: Objects
    links: Links
    limits: Mapping[str, int]
    scan: Scanner | None = None


def routes(deps: MediaDeps, tokens: Tokens) -> APIRouter:
    """Look at a file, and hand one in to be sent."""
    router = APIRouter(prefix="/api/v1/media", tags=["media"])
    Operator = Annotated[Caller, Depends(needs(tokens, "operate"))]  # noqa: N806 - a type

    @router.get("/{media_id}")
    async def get_media(media_id: UUID, request: Request, caller: Operator) -> MediaView:
        """What is known of a file, with an address that shows it for a quarter of an hour."""
        async with deps.db.read(caller.workspace_id) as read:
            file = await store.file(read, media_id)
        if file is None:
            raise _none(media_id)
        return _view(deps, request, caller.workspace_id, file)

    @router.post(
        "",
        status_code=201,
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
            }
        },
    )
    async def upload_media(
        request: Request,
        caller: Operator,
        kind: Annotated[
            Kind | None, Query(description="Told by the content where it is left out.")
        ] = None,
        filename: Annotated[str | None, Query(max_length=240, pattern=r"^[^\x00]*$")] = None,
    ) -> MediaView:
        """Hand a file in, its bytes being the body; a message's part may then name its `media_id`."""
        file = await _taken(deps, caller.workspace_id, request, kind, filename)
        return _view(deps, request, caller.workspace_id, file)

    return router


def public(deps: MediaDeps) -> APIRouter:
    """The bytes, for whoever holds an address that was signed here."""
    router = APIRouter(tags=["media"])

    @router.head("/media/{media_id}", include_in_schema=False)
    @router.get("/media/{media_id}", response_class=Response)
    async def read_media(
        media_id: UUID,
        workspace: UUID,
        expires: int,
        signature: Annotated[str, Query(max_length=100)],
        request: Request,
    ) -> Response:
        """The bytes of a file, or the part of them that a Range header names."""
        deps.links.check(workspace, media_id, expires, signature, int(time.time()))
        async with deps.db.read(workspace) as read:
            file = await store.file(read, media_id)
        if file is None or file.state != "ready" or file.key is None or file.size is None:
            raise _none(media_id)
        return await _served(deps.objects, file, file.key, file.size, request)

    return router


def part_of(header: str | None, size: int) -> tuple[int, int] | None:
    """(first, end) that a Range header asks for: all where it asks for nothing one can give; None beyond the file.

    One range of bytes is understood (RFC 9110, 14.1.2); several are answered with the whole, as 14.2 allows.
    """
    unit, _, wanted = (header or "").partition("=")
    first, dash, last = (each.strip() for each in wanted.partition("-"))
    numbers = all(
        each.isascii() and each.isdecimal() and len(each) <= _DIGITS
        for each in (first, last)
        if each
    )
    if unit.strip().lower() != "bytes" or not dash or not numbers or not (first or last):
        return 0, size
    if not first:
        return (max(0, size - int(last)), size) if int(last) and size else None
    if last and int(last) < int(first):
        return 0, size
    if int(first) >= size:
        return None
    return int(first), min(size, int(last) + 1 if last else size)


async def _served(objects: Objects, file: File, key: str, size: int, request: Request) -> Response:
    mime_type = file.mime_type or "application/octet-stream"
    way = "inline" if mime_type in SHOWN else "attachment"
    name = quote(named(file), safe="")
    headers = {**_OF_ALL, "Content-Disposition": f"{way}; filename*=UTF-8''{name}"}
    part = part_of(request.headers.get("range"), size)
    if part is None:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    first, end = part
    headers["Content-Length"] = str(end - first)
    whole = (first, end) == (0, size)
    if not whole:
        headers["Content-Range"] = f"bytes {first}-{end - 1}/{size}"
    status = 200 if whole else 206
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=mime_type)
    pieces = objects.stream(key, first, end)
    begun = await anext(pieces, b"")  # the store may be away, or the bytes gone: now it can be told
    if len(begun) == 0:
        raise _none(file.media_id)

    async def body() -> AsyncIterator[bytes]:
        yield begun
        async for piece in pieces:
            yield piece

    return StreamingResponse(body(), status, headers, mime_type)


async def _taken(
    deps: MediaDeps, workspace_id: UUID, request: Request, kind: Kind | None, filename: str | None
) -> File:
    most = deps.limits[kind] if kind else max(deps.limits.values())
    media_id = new_id()
    key = key_of(workspace_id, media_id, datetime.now(UTC))
    told = request.headers.get("content-type", "").partition(";")[0].strip().lower() or None
    with draft(deps.scan) as file:
        came = await _read(request.stream(), file, most)
        file.seek(0)
        found = kind or kind_of(type_of(file.read(HEAD)))
        if came.size > deps.limits[found]:
            raise _too_large(deps.limits[found])
        try:
            kept = await keep(deps.objects, deps.scan, key, found, (told, filename), file, came)
        except NotScanned as not_now:
            raise Unavailable(
                f"The virus scanner can't say: {not_now}.", mend="Send it again.", retry_after=10
            ) from None
    async with deps.db.transaction(workspace_id) as tx:
        await store.add_ready(tx, media_id, found, told, filename, kept)
        stored = await store.file(tx, media_id)
    assert stored is not None, "it was just stored"
    return stored


async def _read(body: AsyncIterator[bytes], file: IO[bytes], most: int) -> Fetched:
    size, digest = 0, sha256()
    try:
        async for piece in body:
            size += len(piece)
            if size > most:
                await drain(body)
                raise _too_large(most)
            digest.update(piece)
            file.write(piece)
        file.flush()
    except ClientDisconnect:
        raise Invalid("The body broke off.", mend="Send it again.", where="body") from None
    except OSError as full:
        raise Unavailable(
            f"The file could not be written down here ({type(full).__name__}).",
            mend="Make room in the folder for temporary files, TMPDIR, then send it again.",
            retry_after=30,
        ) from None
    return Fetched(size, digest.digest(), None)


def _view(deps: MediaDeps, request: Request, workspace_id: UUID, file: File) -> MediaView:
    view = MediaView(
        media_id=file.media_id,
        kind=file.kind,
        state=file.state,
        mime_type=file.mime_type,
        filename=file.filename,
        size=file.size,
        transcript=file.transcript,
        error=file.error if file.state != "ready" else None,
        message_id=file.message_id,
        channel_id=file.channel_id,
        created_at=file.created_at,
    )
    if file.state != "ready":
        return view
    now = int(time.time())
    path, expires = deps.links.path(workspace_id, file.media_id, now, FOR_OPERATORS_S)
    base = deps.links.public_url or str(request.base_url).rstrip("/")
    until = datetime.fromtimestamp(expires, UTC)
    return view.model_copy(update={"url": f"{base}{path}", "url_expires_at": until})


def _none(media_id: UUID) -> NotFound:
    return NotFound(
        f"There is no file {media_id} here.", mend="It may have been deleted with its message."
    )


def _too_large(most: int) -> TooLarge:
    return TooLarge(
        f"The file is over {most} bytes.",
        mend="Send a smaller one, or raise REJOINDER_MEDIA_LIMITS.",
        where="body",
    )
