"""What is handed in: JSON that holds a text, or the bytes of a file as the body."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, ValidationError
from starlette.requests import ClientDisconnect

from rejoinder.api.bodies import Body, drain
from rejoinder.errors import Invalid, TooLarge, UnsupportedMediaType
from rejoinder.knowledge.importing.formats.apart import Reading
from rejoinder.knowledge.importing.formats.read import MOST_BYTES
from rejoinder.knowledge.importing.model import Material
from rejoinder.knowledge.ingest import LINE, LONGEST, LONGEST_TAG, MOST_TAGS

_MIME_TYPES: Final = {
    "text": "text/plain",
    "markdown": "text/markdown",
    "html": "text/html",
    "csv": "text/csv",
    "json": "application/json",
}


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError("holds white space only")
    return text


Storable = Annotated[str, StringConstraints(max_length=LINE, pattern=r"^[^\x00]*$")]
Filled = Annotated[Storable, StringConstraints(min_length=1), AfterValidator(_filled)]
Tag = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_TAG, pattern=r"^[^\x00]*$"),
    AfterValidator(_filled),
]
Line = Filled | None


class DocumentBody(Body):
    """A text to be known. Its `source` says where it comes from; the title does where it is left out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "Returns",
                    "text": "# How long?\n\nYou may return anything within 30 days.",
                    "source": "handbook/returns",
                    "tags": ["policy"],
                }
            ]
        }
    )

    title: Filled
    text: Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=r"\S")]
    source: Filled | None = None
    base_id: UUID | None = None
    format: Literal["text", "markdown", "html", "csv", "json"] = "markdown"
    tags: Annotated[tuple[Tag, ...], Field(max_length=MOST_TAGS)] = ()


OPENAPI: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": DocumentBody.model_json_schema()},
            "*/*": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address says of a document; of a JSON body it says nothing."""

    title: str | None
    source: str | None
    base_id: UUID | None
    filename: str | None
    tags: tuple[str, ...]
    names_source: bool = False


async def material(request: Request, reading: Reading, asked: Asked) -> Material:
    """The document that a request hands in. Raises Invalid, TooLarge or UnsupportedMediaType."""
    told = request.headers.get("content-type", "")
    kind = told.partition(";")[0].strip().lower()
    if kind.startswith(("multipart/", "application/x-www-form-urlencoded")):
        raise UnsupportedMediaType(
            "The file came inside a form.",
            mend="Send its bytes alone as the body, with their own Content-Type.",
        )
    data = await _whole(request.stream())
    if kind == "application/json" and not asked.filename and not data.lstrip().startswith(b"["):
        return await _of_json(data, reading, asked)
    read = await reading.read(data, told, asked.filename)
    title = asked.title or read.title
    source = asked.source if asked.names_source else asked.source or asked.filename or asked.title
    return Material(
        title,
        read.markdown,
        _named(source),
        asked.base_id,
        format=read.format,
        tags=asked.tags,
    )


async def _of_json(data: bytes, reading: Reading, asked: Asked) -> Material:
    try:
        body = DocumentBody.model_validate_json(data)
    except ValidationError as wrong:
        raise RequestValidationError(wrong.errors(include_url=False)) from None
    read = await reading.read(body.text.encode(), f"{_MIME_TYPES[body.format]}; charset=utf-8")
    source = body.source if asked.names_source else body.source or body.title
    return Material(
        body.title,
        read.markdown,
        _named(source),
        body.base_id,
        format=read.format,
        tags=body.tags,
    )


def _named(source: str | None) -> str:
    if source is None:
        raise Invalid(
            "Nothing says where the document comes from.",
            mend="Name its source: the next time the same source replaces it.",
            where="source",
        )
    return source


async def _whole(body: AsyncIterator[bytes]) -> bytes:
    found = bytearray()
    try:
        async for piece in body:
            found += piece
            if len(found) > MOST_BYTES:
                found.clear()
                await drain(body)
                raise TooLarge(
                    f"The body is over {MOST_BYTES} bytes.",
                    mend="Split the file into several.",
                    where="body",
                )
    except ClientDisconnect:
        raise Invalid("The body broke off.", mend="Send it again.", where="body") from None
    return bytes(found)
