"""A text in pieces that a platform takes, cut where a reader would pause."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rejoinder.channels.port.adapter import Unit
from rejoinder.text.graphemes import boundary
from rejoinder.text.sentences import sentences
from rejoinder.text.thai import segment

_LEAST: dict[Unit, int] = {"characters": 1, "utf16": 2, "bytes": 4}
"""What the widest single character takes."""

_ELLIPSIS = "…"
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
_LINE = re.compile(r"\n\s*")
_SPACE = re.compile(r"\s+")
_THAI = re.compile(r"[\u0e01-\u0e4e]+")
# A whole text may be one run of Thai; its words are looked for around the cut only.
_BEFORE, _AFTER = 300, 40


def count(text: str, unit: Unit) -> int:
    """How long the text is as the platform counts: code points, UTF-16 units or bytes of UTF-8."""
    match unit:
        case "characters":
            return len(text)
        case "utf16":
            return len(text) + sum(char > "\uffff" for char in text)
        case "bytes":
            return len(text.encode("utf-8", "surrogatepass"))


def split(text: str, limit: int, unit: Unit = "characters") -> list[str]:
    """The text in pieces of at most `limit` units each; nothing is lost but white space where it is cut.

    Cut between paragraphs, else lines, sentences, words, and never inside what a reader sees as one character, unless
    that alone is longer than the limit. A better place is taken only where it leaves a third of a piece. Raises
    ValueError for a limit that not every character fits in.
    """
    _check(limit, unit)
    pieces: list[str] = []
    while count(text, unit) > limit:
        end, start = _gap(text, _cut(text, _fitting(text, limit, unit)))
        if end:
            pieces.append(text[:end])
        text = text[start:]
    if text or not pieces:
        pieces.append(text)
    return pieces


def shorten(text: str, limit: int, unit: Unit = "characters") -> str:
    """The text, or as much of it as fits in `limit` units with an ellipsis. Raises ValueError as `split` does."""
    _check(limit, unit)
    if count(text, unit) <= limit:
        return text
    room = limit - count(_ELLIPSIS, unit)
    fits = _fitting(text, room, unit) if room >= 1 else 0
    whole = _character(text, fits) if fits else 0
    if not whole or not _cuttable(text, whole):
        return text[: _character(text, _fitting(text, limit, unit))]
    cut = _last(_words(text, fits), whole // 2) or whole
    return text[:cut].rstrip() + _ELLIPSIS


def _check(limit: int, unit: Unit) -> None:
    if limit < _LEAST[unit]:
        raise ValueError(f"{limit} {unit} hold no text")


def _fitting(text: str, limit: int, unit: Unit) -> int:
    """How many characters from the start fit."""
    if unit == "characters":
        return min(limit, len(text))
    left = limit
    for at, char in enumerate(text[:limit]):
        left -= count(char, unit)
        if left < 0:
            return at
    return min(limit, len(text))


def _cut(text: str, fits: int) -> int:
    """Where to cut a text of which `fits` characters may stay; never 0."""
    places: tuple[Callable[[str, int], Iterator[int]], ...] = (_paragraphs, _lines, _sentences)
    for find in places:
        found = _last(find(text, fits), fits // 3)
        if found:
            return found
    return _last(_words(text, fits), 0) or _character(text, fits)


def _last(places: Iterator[int], least: int) -> int:
    return max((at for at in places if at > least), default=0)


def _paragraphs(text: str, fits: int) -> Iterator[int]:
    return _ends(_PARAGRAPH, text, fits)


def _lines(text: str, fits: int) -> Iterator[int]:
    return _ends(_LINE, text, fits)


def _ends(gap: re.Pattern[str], text: str, fits: int) -> Iterator[int]:
    """Where such a gap begins: the white space may lie beyond what fits, it is dropped."""
    for found in gap.finditer(text, 0, fits + 2):
        if found.start() <= fits and _cuttable(text, found.start()):
            yield found.start()


def _sentences(text: str, fits: int) -> Iterator[int]:
    at = 0
    for sentence in sentences(text[: fits + 1]):
        at = text.find(sentence, at)
        if 0 < at <= fits and _cuttable(text, at):
            yield at
        at += len(sentence)


def _words(text: str, fits: int) -> Iterator[int]:
    yield from _ends(_SPACE, text, fits)
    yield from _thai(text, fits)


def _thai(text: str, fits: int) -> Iterator[int]:
    """Where Thai words end: it writes no spaces between them."""
    since = max(0, fits - _BEFORE)
    for run in _THAI.finditer(text, since, fits + _AFTER):
        found = segment(run.group())
        if sum(map(len, found)) != len(run.group()):  # stretched letters were taken for one
            continue
        at = run.start()
        for word in found:
            at += len(word)
            if at <= fits and at < run.end() and _cuttable(text, at):
                yield at


def _character(text: str, fits: int) -> int:
    """The end of the last whole character that fits; of as much as fits where the first is too long by itself."""
    at = boundary(text, fits)
    return at if _cuttable(text, at) else fits


def _cuttable(text: str, at: int) -> bool:
    if at <= 0 or at >= len(text):
        return True
    if at == 1:  # `boundary` never answers 0
        return boundary("x" + text[:2], 2) == 2
    return boundary(text, at) == at


def _gap(text: str, cut: int) -> tuple[int, int]:
    """The white space around a cut: where the piece before ends, and where the next begins."""
    end = start = cut
    while end > 0 and text[end - 1].isspace():
        end -= 1
    while start < len(text) and text[start].isspace():
        start += 1
    while end < cut and not _cuttable(text, end):
        end += 1
    while start > cut and not _cuttable(text, start):  # an accent may stand on a space
        start -= 1
    return end, start
