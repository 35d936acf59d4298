"""JSON that is read without trust: whatever is missing or of another type is None, and all texts can be stored."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from typing import NoReturn, TypeAlias

from pydantic import JsonValue

Json: TypeAlias = dict[str, JsonValue]

_HALF = re.compile("[\ud800-\udfff]")
_EARLIEST_S, _LATEST_S = 946_684_800, 4_102_444_800  # the years 2000 to 2100


def load(body: bytes) -> JsonValue:
    """A body's JSON. Raises ValueError.

    Broken UTF-8 spoils a character, not the customers' messages beside it.
    """
    try:
        found: JsonValue = json.loads(body.decode("utf-8", "replace"), parse_constant=_no_number)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return found


def cleaned(text: str) -> str:
    """Without NUL, which PostgreSQL does not take, and with U+FFFD for half a surrogate pair."""
    kept = text.replace("\0", "")
    return kept if kept.isascii() else _HALF.sub("\ufffd", kept)


def record(value: JsonValue) -> Json:
    """An object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def records(value: JsonValue) -> list[Json]:
    """The objects of a list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def text(value: JsonValue) -> str | None:
    """A text that is not empty, cleaned."""
    return (cleaned(value) or None) if isinstance(value, str) else None


def number(value: JsonValue) -> float | None:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def whole(value: JsonValue) -> int | None:
    """A whole number that is not negative and fits 63 bits."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value < 2**63 else None


def moment(value: JsonValue) -> datetime | None:
    """A time from Unix seconds; None for what is none, or is not of this century."""
    found = number(value)
    if found is None or not _EARLIEST_S <= found < _LATEST_S:
        return None
    return datetime.fromtimestamp(found, UTC)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
