"""The body of `POST /api/v1/messages`: what it may hold, and what is said when it holds something else."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator, model_validator

from rejoinder.queue.priority import Urgency

_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)
_DEEPEST = 64  # JSON readers give up between 200 and 1,000 levels

Key = Annotated[str, Field(min_length=1, max_length=255)]


class ContentPart(BaseModel):
    """One part of a message that is more than text."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["text", "image", "audio", "video", "document", "location", "sticker"]
    text: Annotated[str, Field(max_length=32_768)] | None = None
    url: Annotated[str, Field(max_length=4_096, pattern=r"^https?://[^/\s]+")] | None = None
    media_id: Key | None = None

    @model_validator(mode="after")
    def _one_source(self) -> ContentPart:
        if sum(value is not None for value in (self.text, self.url, self.media_id)) != 1:
            raise ValueError("a content part has exactly one of text, url and media_id")
        if (self.kind == "text") != (self.text is not None):
            raise ValueError("a part of kind text has text, every other kind a url or a media_id")
        if self.text is not None and not self.text.strip():
            raise ValueError("text must not be blank")
        return self


class MessageBody(BaseModel):
    """One message of a thread that the caller keeps."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "conversation_id": "thread-42",
                    "message_id": "m-1",
                    "text": "When do you open on Sunday?",
                    "sender_id": "customer-7",
                }
            ]
        },
    )

    conversation_id: Annotated[Key, Field(description="The caller's own name for the thread.")]
    channel_id: Annotated[
        UUID | None, Field(description="The REST channel it came by; the first one if left out.")
    ] = None
    message_id: Annotated[
        Key | None,
        Field(description="Unique in the channel; the same one again is the same message."),
    ] = None
    text: Annotated[str, Field(min_length=1, max_length=32_768)] | None = None
    content: Annotated[list[ContentPart], Field(min_length=1, max_length=20)] | None = None
    sender_id: Annotated[
        Key | None, Field(description="The customer; the thread's name if left out.")
    ] = None
    sender_name: Annotated[str, Field(max_length=255)] | None = None
    sender_type: Literal["customer", "user", "agent", "ai", "system"] = "customer"
    urgency: Annotated[
        Urgency, Field(description="Answered before what is less urgent, when there is a queue.")
    ] = "normal"
    timestamp: Annotated[
        datetime | None, Field(description="Unix seconds or RFC 3339 with an offset; 2000 to 2100.")
    ] = None
    metadata: dict[str, JsonValue] = {}

    @field_validator("text")
    @classmethod
    def _not_blank(cls, value: str | None) -> str | None:
        if value is not None and not value.strip():
            raise ValueError("must not be blank")
        return value

    @field_validator("timestamp", mode="before")
    @classmethod
    def _time(cls, value: object) -> object:
        return value if value is None else read_time(value, datetime.now(UTC))

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, value: object) -> object:
        check_storable(value)
        return value

    @model_validator(mode="after")
    def _text_or_content(self) -> MessageBody:
        if (self.text is None) == (self.content is None):
            raise ValueError("give either text or content, not both and not neither")
        return self


def read_time(value: object, now: datetime) -> datetime:
    """Unix seconds or RFC 3339 → a time between 2000 and 2100, at most a day ahead of `now`. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("must be Unix seconds or an RFC 3339 text")
    if isinstance(value, str):
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError("is not RFC 3339; write it like 2026-03-01T09:30:00+07:00") from None
        if at.tzinfo is None:
            raise ValueError("has no offset; end it with Z or +07:00, for instance")
    else:
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError("is not a number of seconds")
        if value >= _LATEST.timestamp():
            unit = "milliseconds" if value < _LATEST.timestamp() * 1e3 else "micro- or nanoseconds"
            raise ValueError(f"looks like {unit}; send Unix seconds")
        if value < _EARLIEST.timestamp():
            raise ValueError("lies before the year 2000; send Unix seconds")
        at = datetime.fromtimestamp(value, UTC)
    if not _EARLIEST <= at < _LATEST:
        raise ValueError("must lie between 2000 and 2100")
    if at > now + _AHEAD:
        raise ValueError("lies more than a day in the future; check the clock and the unit")
    return at


def check_storable(value: object) -> None:
    """Raise ValueError for what can't be stored and read again: NUL, half a surrogate pair, NaN, deep nesting."""
    stack = [(value, 0)]
    while stack:
        item, depth = stack.pop()
        if depth > _DEEPEST:
            raise ValueError(f"is nested deeper than {_DEEPEST} levels")
        if isinstance(item, str):
            _check_text(item)
        elif isinstance(item, float) and not math.isfinite(item):
            raise ValueError("NaN and Infinity are not JSON numbers")
        elif isinstance(item, dict):
            stack.extend((inner, depth + 1) for pair in item.items() for inner in pair)
        elif isinstance(item, list):
            stack.extend((inner, depth + 1) for inner in item)


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise ValueError("text holds a NUL character (\\u0000), which can't be stored; remove it")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(
            "text holds half a surrogate pair; send whole characters as UTF-8"
        ) from None
