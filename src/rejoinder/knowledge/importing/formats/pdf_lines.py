"""The lines of a PDF's pages as Markdown: what repeats goes, what was parted is joined, what is large is a heading."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rejoinder.knowledge.importing.formats.markup import heading, inert

_EDGE = 2  # lines at the top and at the bottom that may be running titles or page numbers
_LEAST_PAGES = 3
_LARGER = 1.15
_LONGEST_HEADING = 150
_LEVELS = 3
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"^\W*(?:page|página|trang|หน้า)?\W*\d{1,4}(?:\s*(?:/|of|de|von)\s*\d{1,4})?\W*$", re.I
)
_PARTED = re.compile(r"[^\W\d_]{2}[-\u00ad\u2010]$")
_BULLET = re.compile(r"^[•◦▪‣·●○*–-]\s+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page, and how large its letters are, in points."""

    text: str
    size: float


def laid_out(pages: Sequence[Sequence[Line]]) -> tuple[str, str]:
    """(Markdown, the first heading or ""): pages are parted by form feeds, none for a single one."""
    levels = _levels(pages)
    kept = _without_edges(pages, levels)
    texts = [_page(page, levels) for page in kept]
    first = next(
        (line.text for page in kept for line in page if levels.get(round(line.size, 1)) == 1), ""
    )
    return "\n\f".join(texts), first


def _without_edges(
    pages: Sequence[Sequence[Line]], levels: Mapping[float, int]
) -> list[list[Line]]:
    """Without lines that stand at the edge of most pages, whatever numbers are in them; numbers of headings count."""
    filled = [[line for line in page if line.text] for page in pages]
    if len(filled) < _LEAST_PAGES:
        return filled
    seen = Counter(key for page in filled for key in {_key(line, levels) for line in _edges(page)})
    often = {key for key, times in seen.items() if times > len(filled) / 2}
    return [
        [
            line
            for at, line in enumerate(page)
            if not (
                _at_edge(at, len(page))
                and (_key(line, levels) in often or _PAGE_NUMBER.match(line.text))
            )
        ]
        for page in filled
    ]


def _edges(page: Sequence[Line]) -> list[Line]:
    return [line for at, line in enumerate(page) if _at_edge(at, len(page))]


def _at_edge(at: int, lines: int) -> bool:
    return at < _EDGE or at >= lines - _EDGE


def _key(line: Line, levels: Mapping[float, int]) -> str:
    if round(line.size, 1) in levels:
        return line.text
    return _DIGITS.sub("#", line.text).casefold()


def _levels(pages: Sequence[Sequence[Line]]) -> dict[float, int]:
    """Which sizes are headings, and of which level: larger than what most letters have."""
    letters: Counter[float] = Counter()
    for page in pages:
        for line in page:
            letters[round(line.size, 1)] += len(line.text)
    if not letters:
        return {}
    usual = letters.most_common(1)[0][0]
    larger = sorted((size for size in letters if size > usual * _LARGER), reverse=True)
    return {size: min(at, _LEVELS) for at, size in enumerate(larger, 1)}


def _page(page: Sequence[Line], levels: dict[float, int]) -> str:
    made: list[str] = []
    level_before = 0
    for line in page:
        level = levels.get(round(line.size, 1), 0) if len(line.text) <= _LONGEST_HEADING else 0
        if level and level == level_before and made:  # a heading of two lines
            made[-1] = heading(level, f"{made[-1].lstrip('# ')} {line.text}")
        elif level:
            made += ["", heading(level, line.text)]
        else:
            if level_before:
                made.append("")
            _add(made, _BULLET.sub("- ", inert(line.text)))
        level_before = level
    return "\n".join(made).strip("\n")


def _add(made: list[str], text: str) -> None:
    """The line joined to the one before where a word or a sentence goes on."""
    before = made[-1] if made else ""
    goes_on = text[:1].islower()
    if before and goes_on and _PARTED.search(before):
        made[-1] = before[:-1] + text
    elif before and goes_on and not before.startswith("#") and before[-1] not in ".!?:;":
        made[-1] = f"{before} {text}"
    else:
        made.append(text)
