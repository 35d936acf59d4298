"""Pieces of Markdown, put together so that chunking cuts them where it should."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_LONGEST_NAME = 120  # characters of a column's name, which each of its cells repeats
_OPENS = re.compile(r"^ {0,3}(?:#{1,6}[ \t]+|```+|~~~+)", re.MULTILINE)


def heading(level: int, text: str) -> str:
    """A heading of level 1 to 6; text that ends in `#` keeps it."""
    line = " ".join(text.split())
    return f"{'#' * min(max(level, 1), 6)} {line}{' #' if line.endswith('#') else ''}"


def inert(text: str) -> str:
    """Text of a paragraph: its lines open neither a section nor a fenced block."""
    return _OPENS.sub("", text)


def section(question: str, answer: str) -> str:
    """A text under a heading of its own, which makes it a chunk of its own."""
    return f"{heading(1, question)}\n\n{inert(answer).strip()}"


def pairs(header: Sequence[str], row: Sequence[str]) -> list[str]:
    """`header: value` of each filled cell of a row; a cell without a header stands alone."""
    found: list[str] = []
    names = [" ".join(name[:_LONGEST_NAME].split()) for name in header]
    for at, cell in enumerate(row):
        value = " ".join(cell.split())
        name = names[at] if at < len(names) else ""
        if value:
            found.append(f"{name}: {value}" if name and name != value else value)
    return found


def table(rows: Iterable[Sequence[str]], *, headed: bool) -> str:
    """A table as a list with an item for each row, `header: value` by `header: value`: cut between rows only."""
    found = list(rows)
    header = found[0] if headed and len(found) > 1 else []
    lines = ("; ".join(pairs(header, row)) for row in found[1 if header else 0 :])
    return "\n".join(f"- {line}" for line in lines if line)
