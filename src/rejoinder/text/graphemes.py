"""Where a text may be cut without breaking what a reader sees as one character."""

from __future__ import annotations

import unicodedata

_JOINER = "\u200d"


def boundary(text: str, at: int) -> int:
    """The greatest index ≤ `at` (at least 1) where cutting leaves every character whole.

    Follows the rules of Unicode Annex 29 that chat text meets: combining and spacing marks, joiners,
    variation selectors, skin tones, flags, Hangul jamo and CR LF.
    """
    at = min(at, len(text))
    while 1 < at < len(text) and _joined(text, at):
        at -= 1
    return max(at, 1)


def _joined(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if after < "\u0300":
        return before == "\r" and after == "\n"
    if unicodedata.category(after) in {"Mn", "Mc", "Me"} or _JOINER in (before, after):
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff" or after == "\u0e33":  # a skin tone; Thai sara am
        return True
    if _jamo(before) and _jamo(after):
        return True
    return _flag(after) and _flags_before(text, at) % 2 == 1


def _jamo(char: str) -> bool:
    return "\u1100" <= char <= "\u11ff"


def _flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flags_before(text: str, at: int) -> int:
    start = at
    while start > 0 and _flag(text[start - 1]):
        start -= 1
    return at - start
