"""A text as patterns compare it, with the way back to what the customer wrote."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from rejoinder.text import fold

# A letter and its marks, as some keyboards send Vietnamese; the two spellings of Thai sara am and sara ae.
_CLUSTER = re.compile(
    "เเ|[\u0e48-\u0e4b]?\u0e4d[\u0e48-\u0e4b]?\u0e32|[\\s\\S][\u0300-\u036f\u1dc0-\u1dff]*"
)
_SPLIT_SPELLING = re.compile("เเ|\u0e4d")


class _Letters(dict[int, str]):
    """Each character's folded form where that is one character too, so that places stay the same."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = next((form for form in (fold(char), char.lower()) if len(form) == 1), char)
        if len(self) < 20_000:  # a hostile sender's characters are not kept without end
            self[code] = folded
        return folded


_LETTERS = _Letters()


@dataclass(frozen=True, slots=True)
class Plain:
    """`text` is folded: lower case, no accents, ASCII digits. `at` are its characters' places in `written`, None: the
    same ones."""

    text: str
    written: str
    at: tuple[int, ...] | None = None

    def original(self, start: int, end: int) -> str:
        """What the customer wrote there."""
        if self.at is None:
            return self.written[start:end]
        return self.written[self.at[start] : self.at[end]]

    def cased(self, start: int, end: int) -> str:
        """Its letters with their case, one for each of the plain text."""
        if self.at is None:
            return self.written[start:end]
        return "".join(self.written[place] for place in self.at[start:end])

    def marked(self, start: int, end: int) -> str:
        """The same with its accents, in lower case and composed."""
        return unicodedata.normalize("NFC", self.original(start, end)).lower()


def plain(text: str) -> Plain:
    """The text folded character by character; a letter typed in several code points counts as one."""
    if text.isascii():
        return Plain(text.lower(), text)
    if unicodedata.is_normalized("NFC", text) and not _SPLIT_SPELLING.search(text):
        return Plain(text.translate(_LETTERS), text)
    chars, places = [], []
    for cluster in _CLUSTER.finditer(text):
        folded = fold(cluster.group())
        chars.append(folded if len(folded) == 1 else " " if folded.isspace() else folded[:1] or " ")
        places.append(cluster.start())
    return Plain("".join(chars), text, (*places, len(text)))
