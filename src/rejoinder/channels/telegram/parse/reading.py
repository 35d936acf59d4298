"""Telegram's JSON: entities count in a text as it came, and ids are numbers of up to 63 bits."""

from __future__ import annotations

import re

from pydantic import JsonValue

from rejoinder.channels.port.reading import Json, load, moment, number, record, records, text, whole

__all__ = [
    "Json",
    "key",
    "load",
    "moment",
    "number",
    "raw",
    "record",
    "records",
    "text",
    "whole",
]

_DIGITS = re.compile("-?[0-9]{1,18}")


def raw(value: JsonValue) -> str:
    """A text as it came, for entities that count in it; empty for anything else."""
    return value if isinstance(value, str) else ""


def key(value: JsonValue) -> str | None:
    """An id in digits, of up to 63 bits and of either sign: groups' are negative."""
    if isinstance(value, str):
        return value if _DIGITS.fullmatch(value) else None
    if isinstance(value, bool) or not isinstance(value, int) or not -(2**63) < value < 2**63:
        return None
    return str(value)
