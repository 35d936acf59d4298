"""Thai words of chat that the segmenter's dictionary lacks, cut out before it breaks them up."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files


def cut(run: str) -> list[tuple[str, bool]]:
    """The run in pieces, each with whether it is such a word."""
    pieces: list[tuple[str, bool]] = []
    start = 0
    for match in _pattern().finditer(run):
        if match.start() > start:
            pieces.append((run[start : match.start()], False))
        pieces.append((match.group(), True))
        start = match.end()
    if start < len(run):
        pieces.append((run[start:], False))
    return pieces


@cache
def _pattern() -> re.Pattern[str]:
    lines = files("rejoinder.understanding.words").joinpath("lexicons", "slang.txt")
    words = [
        word.strip()
        for line in lines.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
        for word in line.split(",")
        if word.strip()
    ]
    longest_first = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    # A mark that follows belongs to the same syllable: then it is another word.
    return re.compile(rf"(?:{longest_first})(?![\u0e30-\u0e3a\u0e45\u0e47-\u0e4e])")
