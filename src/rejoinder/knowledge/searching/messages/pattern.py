"""What a person types into a search box, as regular expressions that PostgreSQL and Python read alike.

Messages have no index of words: it would be written with each message, in the transaction that a platform waits for,
to be read when an operator looks for something. A regular expression costs nothing until then.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from rejoinder.text import fold

_MOST = 8  # words of a question; each is one more pass over every text
_LATIN = "A-Za-zÀ-ɏḀ-ỿ"
_MARKS = "[\u0300-\u036f]*"  # accents that a keyboard wrote after their letter
_THAI = re.compile("[\u0e00-\u0e7f]+|[^\u0e00-\u0e7f]+")

Span = tuple[int, int]


def patterns(asked: str) -> list[str]:
    """One for each word, all of which a message must hold; none where nothing can be looked for.

    A word of Latin letters is found at the beginning of words, in any case, with accents or without; others anywhere,
    as Thai parts no words.
    """
    words = dict.fromkeys(part for word in asked.split() for part in _parts(fold(word)))
    return [_pattern(word) for word in list(words)[:_MOST]]


def spans(text: str, wanted: Sequence[str]) -> list[Span]:
    """Where the words stand in a text: begin and end in characters, in order, none within another."""
    found = sorted(match.span(1) for each in wanted for match in re.finditer(each, text))
    kept: list[Span] = []
    for begin, end in found:
        if begin < end and (not kept or begin >= kept[-1][1]):
            kept.append((begin, end))
    return kept


def excerpt(text: str, marks: Sequence[Span], most: int = 300) -> tuple[str, list[Span]]:
    """At most that many characters around the first mark, and the marks that stand in them."""
    if len(text) <= most:
        return text, list(marks)
    middle = marks[0][0] if marks else 0
    begin = max(0, min(middle - most // 4, len(text) - most))
    end = begin + most
    inside = [(one - begin, two - begin) for one, two in marks if one >= begin and two <= end]
    return text[begin:end], inside


def _parts(word: str) -> list[str]:
    """Its runs of letters and digits; Thai and other letters apart."""
    cleaned = "".join(
        sign if sign.isalnum() or "\u0e31" <= sign <= "\u0e4e" else " " for sign in word
    )
    return [part for run in cleaned.split() for part in _THAI.findall(run)]


def _pattern(word: str) -> str:
    signs = "".join(map(_sign, word))
    begins = f"(?:^|[^{_LATIN}])" if re.match(f"[{_LATIN}]", word) else ""
    return f"{begins}({signs})"


def _sign(sign: str) -> str:
    if sign == "\u0e33":  # sara am, which some keyboards write in two
        return "(?:\u0e33|\u0e4d\u0e32)"
    kin = _kin().get(sign)
    if kin:
        return f"[{kin}]{_MARKS}"
    both = {sign.lower(), sign.upper()}
    if len(both) == 2 and all(len(each) == 1 for each in both):
        return f"[{''.join(sorted(both))}]"
    return re.escape(sign)


@cache
def _kin() -> dict[str, str]:
    """Latin letter → all letters that are read as it."""
    found: dict[str, list[str]] = defaultdict(list)
    for code in (*range(0x41, 0x7B), *range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        sign = chr(code)
        plain = fold(sign)
        if sign.isalpha() and len(plain) == 1 and "a" <= plain <= "z":
            found[plain].append(sign)
    return {plain: "".join(kin) for plain, kin in found.items()}
