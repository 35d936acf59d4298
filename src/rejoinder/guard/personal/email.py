"""Email addresses, also as people write them out so that no machine reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rejoinder.guard.personal.span import Span

# 64 and 63: the longest local part and label (RFC 5321, 1035). The lookbehind lets a match begin at a word's first
# letter only, so no text is read more than 64 times.
_LETTER = "A-Za-z0-9À-ɏ"
_LOCAL = rf"(?<![{_LETTER}.+%_-])[{_LETTER}_.+%-]{{1,64}}"
_SIGN = r"(?:[@＠﹫][ \t]?|[ \t][@＠﹫][ \t])"  # "follow @shop.com" is no address
_ADDRESS = re.compile(
    rf"{_LOCAL}{_SIGN}(?:[{_LETTER}_-]{{1,63}}[.．。]){{1,6}}[A-Za-zÀ-ɏ][{_LETTER}-]{{1,62}}"
)
_AT = r"[ \t]?(?:\(at\)|\[at\]|\{at\}|\(a\)| at | arroba |\(arroba\)|\[arroba\]| a còng |@)[ \t]?"
_DOT = r"[ \t]?(?:\(dot\)|\[dot\]| dot | punto | ponto | chấm |\.|\(punto\)|\(ponto\))[ \t]?"
_HOSTS = r"gmail|hotmail|outlook|yahoo|icloud|proton|protonmail|live|uol|bol|terra|yandex|gmx|aol|mail|msn|zoho"
_WORD_DOT = r"[ \t]?(?:\(dot\)|\[dot\]|\{dot\}| dot | punto | ponto | chấm )[ \t]?"
_ENDINGS = "com|net|org|io|co|br|mx|es|vn|th|pt"
_WRITTEN_OUT = re.compile(
    rf"{_LOCAL}{_AT}(?:(?:{_HOSTS}){_DOT}[a-z]{{2,3}}(?:{_DOT}[a-z]{{2}})?(?!\w)"
    rf"|[\w-]{{1,63}}{_WORD_DOT}(?:{_ENDINGS})(?!\w))",
    re.IGNORECASE,
)

# One of these stands in whatever is written out.
_HINTS = (*_HOSTS.split("|"), "dot", "punto", "ponto", "chấm")


def emails(text: str) -> Iterator[Span]:
    """Addresses with @ and a dot; "john at gmail dot com" and its like in five languages."""
    if any(char in text for char in "@＠﹫"):
        for found in _ADDRESS.finditer(text):
            yield Span("email", found.start(), found.end())
    lowered = text.lower()
    if any(word in lowered for word in _HINTS):
        for found in _WRITTEN_OUT.finditer(text):
            yield Span("email", found.start(), found.end())
