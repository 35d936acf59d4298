"""What of a prompt fits into its budget of tokens.

Parts are taken in the order of their worth: what the caller's systems tell, the customer's profile and the summary,
the passages from the best down, the history from the newest back. So what goes first is the oldest line of the history,
then the lowest passage, then profile and summary are cut, last the systems' JSON, which can't be cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TypeVar

from rejoinder.llm.form.fences import fenced, passage
from rejoinder.llm.form.tokens import tokens
from rejoinder.llm.model import Line, Passage

_Item = TypeVar("_Item")

_CUT = "\n[…]\n"
_LEAST = 40
"""Tokens: what is cut shorter than that tells nothing."""

_PARTING = 2  # tokens between two parts: roles, line breaks


@dataclass(slots=True)
class Room:
    """Tokens that are left."""

    left: int

    def take(self, text: str) -> bool:
        """Whether a part still fits; then its place is taken."""
        cost = tokens(text) + _PARTING
        if cost > self.left:
            return False
        self.left -= cost
        return True

    def take_whole(self, tag: str, text: str) -> str:
        """A fenced part, or nothing of it."""
        return text if text and self.take(fenced(tag, text)) else ""

    def take_shortened(self, tag: str, text: str, share: float) -> str:
        """A fenced part, cut to what fits and to at most that share of what is left where it does not fit whole."""
        if not text or self.take(fenced(tag, text)):
            return text
        most = min(self.left, int(self.left * share)) - tokens(fenced(tag, "")) - _PARTING
        cut = _cut_to(text, most) if most >= _LEAST else ""
        return cut if cut and self.take(fenced(tag, cut)) else ""

    def take_passages(self, found: Sequence[Passage]) -> tuple[Passage, ...]:
        """From the best down, until one does not fit."""
        return tuple(_while(found, lambda number, each: self.take(passage(number, each)), 1))

    def take_history(self, lines: Sequence[Line]) -> tuple[Line, ...]:
        """From the newest back, until one does not fit."""
        newest = _while(list(reversed(lines)), lambda _, line: self.take(_shown(line)))
        return tuple(reversed(list(newest)))


def shortened(texts: Sequence[str], most: int) -> tuple[str, ...]:
    """The texts, the middle taken out of the longest until all together have at most `most` characters.

    Every text stays, if only as its first and last characters.
    """
    if sum(map(len, texts)) <= most:
        return tuple(texts)
    level = _level(sorted(map(len, texts)), most)
    return tuple(text if len(text) <= level else middle_out(text, level) for text in texts)


def middle_out(text: str, most: int) -> str:
    """Beginning and end, with a mark between; at most `most` characters, but for the mark's own five."""
    if len(text) <= most:
        return text
    kept = max(2, most - len(_CUT))
    head = (kept * 2) // 3
    return f"{text[:head]}{_CUT}{text[len(text) - (kept - head) :]}"


def _level(lengths: Sequence[int], most: int) -> int:
    """The length that every longer text is cut to, so that the sum is at most `most`."""
    left = most
    for place, length in enumerate(lengths):
        share = left // (len(lengths) - place)
        if length > share:
            return share
        left -= length
    return lengths[-1] if lengths else 0


def _cut_to(text: str, most: int) -> str:
    """The beginning of the text, as much as has at most `most` tokens, ended at a line or a word."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if tokens(escape(text[:middle], quote=False)) + 1 <= most:
            low = middle
        else:
            high = middle - 1
    cut = text[:low]
    for mark in ("\n", " "):
        place = cut.rfind(mark)
        if place > low * 2 // 3:
            return f"{cut[:place]}…"
    return f"{cut}…" if cut else ""


def _shown(line: Line) -> str:
    return line.text if line.speaker == "business" else fenced("message", line.text)


def _while(
    items: Sequence[_Item], fits: Callable[[int, _Item], bool], start: int = 0
) -> Iterable[_Item]:
    for number, item in enumerate(items, start):
        if not fits(number, item):
            return
        yield item
