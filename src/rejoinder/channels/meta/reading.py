"""Meta's JSON, read without trust: numbers come as texts and texts as numbers, and anything may be missing."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from pydantic import JsonValue

from rejoinder.channels.port.reading import Json, cleaned, record

__all__ = ["Json", "code", "first", "load", "moment", "number", "record", "records", "text"]

_LATEST = 253_402_300_799  # the last second of the year 9999, which is as far as datetime goes


def load(body: bytes) -> JsonValue:
    """A body's JSON, fit to be stored. Raises ValueError.

    PostgreSQL takes neither NUL nor half a surrogate pair (Meta escapes what is not ASCII, and may cut a caption inside
    an emoji), and JSON has no infinity: the first are dropped, the second become U+FFFD, the third null.
    """
    try:
        return _storable(json.loads(body))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _storable(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [_storable(each) for each in value]
    if isinstance(value, dict):
        return {cleaned(name): _storable(each) for name, each in value.items()}
    return value


def records(value: JsonValue) -> list[Json]:
    """The objects of a list; a lone object counts as a list of one."""
    if isinstance(value, dict):
        return [value]
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def text(value: JsonValue) -> str | None:
    """A text that is not empty; a number is written out."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return str(value)


def number(value: JsonValue) -> float | None:
    """A finite number, from a text too."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def moment(value: JsonValue) -> datetime | None:
    """A time from Unix seconds, a text on WhatsApp; None for what is none."""
    seconds = number(value)
    if seconds is None or not 0 < seconds <= _LATEST:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def code(value: JsonValue) -> int | None:
    """A whole number, from a text too."""
    found = number(value)
    return int(found) if found is not None and found.is_integer() else None


def first(found: Mapping[str, JsonValue], *names: str) -> str | None:
    """The first of these fields that is a text."""
    return next((value for value in _texts(found, names) if value), None)


def _texts(found: Mapping[str, JsonValue], names: tuple[str, ...]) -> Iterator[str | None]:
    return (text(found.get(name)) for name in names)
