"""The clauses of a message, and which of them ask something."""

from __future__ import annotations

from rejoinder.understanding.words.lexicon import Span
from rejoinder.understanding.words.reading import Reading

# These languages ask with the first words of a clause; "with how long it took" asks nothing.
_FIRST_ASKS = ("en", "pt", "es")
ADDRESS = frozenset(
    [
        "ạ",
        "a",
        "shop",
        "ad",
        "em",
        "anh",
        "chị",
        "chi",
        "bạn",
        "ban",
        "nhỉ",
        "nhi",
        "vậy",
        "vay",
        "thế",
        "the",
        "nè",
        "ne",
        "ta",
        "hả",
        "ha",
        "ơi",
        "oi",
        "và",
        "cho",
        "hay",
        "dạ",
        "v",
    ]
)
_FIRST = 4  # tokens: "so tell me, and by when"


def clauses(reading: Reading) -> list[int]:
    """For each token the number of its clause: "Love it, is it vegan?" are two."""
    number = 0
    numbers: list[int] = []
    for token in reading.row:
        number += token.spaced  # Thai ends a clause with a space
        numbers.append(number)
        number += token.kind == "end"
    return numbers


def closes(reading: Reading, span: Span) -> bool:
    """Whether a word that makes a question stands at the end, as Vietnamese wants it: elsewhere it denies."""
    following = reading.row[span.at + span.length : span.at + span.length + 1]
    return (
        reading.language != "vi"
        or not following
        or following[0].kind in ("end", "face")
        or following[0].form in ADDRESS
    )


def asking(reading: Reading) -> list[int]:
    """The tokens at which words of asking stand and do ask."""
    numbers = clauses(reading)
    marked = {n for n, t in zip(numbers, reading.row, strict=True) if "?" in t.form}
    return [
        span.at
        for span in reading.wanting
        if ("ask" in span.sections or ("particle" in span.sections and closes(reading, span)))
        and (
            reading.language not in _FIRST_ASKS
            or numbers[span.at] in marked
            or span.at - numbers.index(numbers[span.at]) < _FIRST
        )
    ]


def asked(reading: Reading) -> frozenset[int]:
    """The clauses that ask: a question mark, or words of asking without an exclamation mark.

    "Why is it so slow?" asks nothing: it complains.
    """
    numbers = clauses(reading)
    ends = {n: t.form for n, t in zip(numbers, reading.row, strict=True) if t.kind == "end"}
    blames = {numbers[span.at] for span in reading.wanting if "why" in span.sections}
    asks = {numbers[at] for at in asking(reading)}
    return frozenset(
        number
        for number in {*numbers} - blames
        if "?" in ends.get(number, "") or (number in asks and "!" not in ends.get(number, ""))
    )
