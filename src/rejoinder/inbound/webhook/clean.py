"""What PostgreSQL can't store is taken out of an event: NUL, and halves of surrogate pairs."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from pydantic import BaseModel

Value = TypeVar("Value")

_SUSPECT = re.compile(rb"\x00|\xed[\xa0-\xbf]|\\u(?:0000|[dD][89a-fA-F])")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def suspect(body: bytes) -> bool:
    """Whether what is read from the body may hold such a character: as it stands, or escaped in JSON."""
    return _SUSPECT.search(body) is not None


def cleaned(value: Value) -> Value:
    """The event, the part or the JSON without them: NUL goes, half a pair becomes U+FFFD."""
    made: Any = value
    if isinstance(value, str):
        made = _UNSTORABLE.sub(_instead, value)
    elif isinstance(value, BaseModel):
        made = value.model_copy(
            update={name: cleaned(each) for name, each in value if each is not None}
        )
    elif is_dataclass(value) and not isinstance(value, type):
        made = replace(
            value, **{each.name: cleaned(getattr(value, each.name)) for each in fields(value)}
        )
    elif isinstance(value, tuple | list):
        made = type(value)(cleaned(each) for each in value)
    elif isinstance(value, dict):
        made = {cleaned(name): cleaned(each) for name, each in value.items()}
    return made  # type: ignore[no-any-return]


def _instead(match: re.Match[str]) -> str:
    return "" if match[0] == "\x00" else "\ufffd"
