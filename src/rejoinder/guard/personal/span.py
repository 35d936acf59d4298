"""A stretch of a text that is personal data."""

from __future__ import annotations

from dataclasses import dataclass

BEFORE = 48  # characters in which a word says what the number after it is


@dataclass(frozen=True, slots=True)
class Span:
    """`text[start:end]` is of `kind`."""

    kind: str
    start: int
    end: int


def before(text: str, at: int) -> str:
    """The words just before, in lower case: "my passport number is "."""
    return text[max(0, at - BEFORE) : at].lower()


def digits(text: str) -> str:
    """The digits alone, of whatever script, as 0 to 9."""
    return "".join(str(int(char)) for char in text if char.isdecimal())
