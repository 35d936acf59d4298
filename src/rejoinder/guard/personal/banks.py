"""IBANs (ISO 13616, check by ISO 7064 mod 97-10), and account numbers that a word says to be such."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rejoinder.guard.personal.span import Span, before

# Country, check digits, then 11 to 30 characters, in groups or not.
_IBAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ \u00a0.-]?[A-Za-z0-9]){11,30}", re.IGNORECASE
)
_SHORTEST = 15
_ACCOUNT = re.compile(r"(?<![\w-])\d(?:[ -]?\d){5,18}(?!\d)")
_ACCOUNT_WORD = re.compile(
    r"(?:account|acct|a/c|conta|cuenta|clabe|agência|บัญชี|tài khoản|stk|số tk)[^\d\n]{0,30}$"
)


def ibans(text: str) -> Iterator[Span]:
    """The longest stretch from each country code that passes the check."""
    for found in _IBAN.finditer(text):
        end = _checked(found.group())
        if end:
            yield Span("iban", found.start(), found.start() + end)


def accounts(text: str) -> Iterator[Span]:
    """Digits after a word for a bank account."""
    for found in _ACCOUNT.finditer(text):
        if _ACCOUNT_WORD.search(before(text, found.start())):
            yield Span("bank_account", found.start(), found.end())


def _checked(shape: str) -> int:
    """How long the IBAN at the beginning is; words may follow it without a mark between."""
    for end in range(len(shape), _SHORTEST - 1, -1):
        plain = [char for char in shape[:end].upper() if char.isalnum()]
        if shape[end - 1].isalnum() and len(plain) >= _SHORTEST and _mod97(plain):
            whole = end == len(shape) or not shape[end].isalnum()
            if whole:
                return end
    return 0


def _mod97(plain: list[str]) -> bool:
    moved = plain[4:] + plain[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1
