"""Payment cards: their lengths, first digits and check digit (ISO/IEC 7812-1, Luhn)."""

from __future__ import annotations

import re

from rejoinder.guard.personal.number import Number

_SHAPES = re.compile(
    r"4\d{12}(?:\d{3}(?:\d{3})?)?|[25]\d{15}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|6\d{15,18}|3\d{15}"
)


def is_card(number: Number) -> bool:
    """13 to 19 digits that begin as a card's do and pass Luhn."""
    return bool(_SHAPES.fullmatch(number.digits)) and luhn(number.digits)


def luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
