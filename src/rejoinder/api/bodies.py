"""What all bodies share: those of requests refuse what they don't know, those of answers show records, by the page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from rejoinder.inbound.rest.body import check_storable

Item = TypeVar("Item")

_DRAINED, _DRAIN_S = 16 * 1024 * 1024, 5.0

Name = Annotated[
    str,
    Field(
        min_length=1,
        max_length=100,
        pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$",
    ),
]


class Body(BaseModel):
    """Refuses what can't be stored and fields it doesn't know, naming those it does."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _known(cls, value: object) -> object:
        check_storable(value)
        if isinstance(value, dict):
            unknown = sorted(str(name) for name in value.keys() - cls.model_fields.keys())
            if unknown:
                known = ", ".join(cls.model_fields)
                raise ValueError(f"doesn't know {', '.join(unknown)[:200]}; it may hold {known}")
        return value


class View(BaseModel):
    """Reads a record's attributes."""

    model_config = ConfigDict(from_attributes=True)


class Page(BaseModel, Generic[Item]):
    """A page of a list; ask for the next with `after=next` until `next` is null."""

    items: list[Item]
    next: str | None

    @classmethod
    def of(cls, items: list[Item], limit: int, mark: Callable[[Item], object]) -> Page[Item]:
        """A full page may have another behind it, after its last item's mark."""
        return Page(items=items, next=str(mark(items[-1])) if len(items) == limit else None)


async def drain(body: AsyncIterator[bytes]) -> None:
    """A client refused while it still writes sees a broken connection, not the reason: a reasonable rest is read."""
    left = _DRAINED
    with suppress(TimeoutError):
        async with asyncio.timeout(_DRAIN_S):
            async for piece in body:
                left -= len(piece)
                if left < 0:
                    return
