"""LINE's JSON: ids may have become numbers on the way, and times are milliseconds."""

from __future__ import annotations

import re
from datetime import datetime

from pydantic import JsonValue

from rejoinder.channels.port import reading
from rejoinder.channels.port.reading import Json, load, number, record, records

__all__ = ["Json", "load", "moment", "number", "record", "records", "text", "whole"]


def text(value: JsonValue) -> str | None:
    """A text that is not empty; an id that some gateway made a number is one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**30 else None
    return reading.text(value)


def whole(value: JsonValue) -> int | None:
    """A whole number that is not negative and fits 63 bits; a text of digits is one too."""
    if isinstance(value, str) and re.fullmatch("[0-9]{1,18}", value):
        return int(value)
    return reading.whole(value)


def moment(value: JsonValue) -> datetime | None:
    """A time from Unix milliseconds; None for what is none, or is not of this century."""
    found = number(value)
    return None if found is None else reading.moment(found / 1000)
