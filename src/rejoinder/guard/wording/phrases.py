"""Turns of phrase, as the `.txt` files beside this one list them, and where a text has them.

A line of a file is one turn of phrase: its parts stand in this order in one sentence, next to each other with ` + `
between them, at most 14 characters apart with ` ~ ` and 40 with ` .. `. A part is one of the words or phrases that `|`
parts; a last `*` leaves the word's end open; `@name` is a part that a line `@name = …` spelled out. Thai stands
anywhere, other scripts as whole words. A `[name]` heads the lines that mean the same.

No regular expression: texts are searched for fixed strings, in time linear in their length.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rejoinder.guard.wording.said import spaced
from rejoinder.text import fold

# Characters between two parts: none; a short word or two ("already", "just now"); what people put between a verb and
# its object.
_GAPS = {"+": 1, "~": 14, "..": 40}
_JOINT = re.compile(r" (\+|~|\.\.) ")
_START = 3  # letters of a word with an open end that index it; none is shorter
_NAME = re.compile("@[a-z_]+")
_THAI = re.compile("[\u0e01-\u0e4e]")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One line: `means` is its section's name, `parts` the strings to find, each its alternatives, `gaps` between."""

    means: str
    parts: tuple[tuple[str, ...], ...]
    gaps: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a text says it: from `start` up to `end` of the text that was searched."""

    means: str
    start: int
    end: int

    def shown(self, text: str) -> str:
        """The words of it, for a finding's detail."""
        return " ".join(text[self.start : self.end].split())[:80]


class Listed:
    """Phrases by a word that a text must have for each: most texts have few of them, and are done in microseconds."""

    def __init__(self, lines: Iterable[Phrase]) -> None:
        self.phrases = tuple(lines)
        self._by_word: dict[str, list[int]] = {}
        self._by_start: dict[str, list[int]] = {}
        self._inside: list[tuple[str, int]] = []
        for number, phrase in enumerate(self.phrases):
            rarest = max(phrase.parts, key=lambda part: min(len(needle) for needle in part))
            for needle in rarest:
                self._enter(needle, number)

    def meaning(self, means: str) -> Listed:
        """Those of one section."""
        return Listed(phrase for phrase in self.phrases if phrase.means == means)

    def candidates(self, text: str) -> list[Phrase]:
        """In the order of the file."""
        numbers: set[int] = set()
        words = set(text.split())
        for word in words & self._by_word.keys():
            numbers.update(self._by_word[word])
        for start in {word[:_START] for word in words} & self._by_start.keys():
            numbers.update(self._by_start[start])
        if _THAI.search(text):
            numbers.update(number for needle, number in self._inside if needle in text)
        return [self.phrases[number] for number in sorted(numbers)]

    def _enter(self, needle: str, number: int) -> None:
        if not needle.startswith(" "):
            self._inside.append((needle, number))
        elif _whole(needle) or " " in needle.strip():
            self._by_word.setdefault(needle.split(maxsplit=1)[0], []).append(number)
        else:
            self._by_start.setdefault(needle.strip()[:_START], []).append(number)


@cache
def phrases(name: str, folded: bool = True) -> Listed:
    """The lines of `name`.txt, for texts in the form `Said.folded` or `Said.marked`."""
    form = fold if folded else _composed
    return Listed(_phrase(means, line, form) for means, line in _lines(name))


def find(listed: Listed, text: str) -> Iterator[Hit]:
    """Where `text`, prepared by `Said`, has one of the phrases: each phrase once, where it ends first."""
    for phrase in listed.candidates(text):
        spans = _spans(phrase, text)
        if spans:
            yield Hit(phrase.means, *spans[0])


def find_all(listed: Listed, text: str) -> Iterator[Hit]:
    """The same, every place of each phrase."""
    for phrase in listed.candidates(text):
        yield from (Hit(phrase.means, *span) for span in _spans(phrase, text))


def first(listed: Listed, text: str) -> Hit | None:
    """The first of them, in the order of the file."""
    return next(find(listed, text), None)


def _spans(phrase: Phrase, text: str) -> list[tuple[int, int]]:
    """(start, end) of each place; of a part's places before another, only the nearest can be the one meant."""
    if any(all(needle not in text for needle in part) for part in phrase.parts):
        return []
    reached = _places(phrase.parts[0], text)
    for part, gap in zip(phrase.parts[1:], phrase.gaps, strict=True):
        reached = _after(reached, _places(part, text), gap, text)
    return reached


def _after(
    before: list[tuple[int, int]], places: list[tuple[int, int]], gap: int, text: str
) -> list[tuple[int, int]]:
    reached: list[tuple[int, int]] = []
    at = -1
    by_end = sorted(before, key=lambda span: span[1])
    for start, end in places:
        while at + 1 < len(by_end) and by_end[at + 1][1] <= start + 1:  # they share a space
            at += 1
        if at < 0:
            continue
        nearest = by_end[at]
        if start - nearest[1] <= gap and " . " not in text[nearest[1] - 1 : start + 1]:
            reached.append((nearest[0], end))
    return reached


def _places(part: Sequence[str], text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for needle in part:
        at = text.find(needle)
        while at >= 0:
            end = at + len(needle)
            found.append((at, end if _whole(needle) else text.find(" ", end) + 1))
            at = text.find(needle, max(at + 1, end - 1))
    return sorted(found)


def _whole(needle: str) -> bool:
    return needle.endswith(" ") or not needle.startswith(" ")


def _phrase(means: str, line: str, form: Callable[[str], str]) -> Phrase:
    first, *rest = _JOINT.split(line)
    parts = (first, *rest[1::2])
    gaps = tuple(_GAPS[joint] for joint in rest[::2])
    return Phrase(means, tuple(_alternatives(part, form) for part in parts), gaps)


def _alternatives(part: str, form: Callable[[str], str]) -> tuple[str, ...]:
    return tuple(_needle(phrase.strip(), form) for phrase in part.split("|"))


def _needle(phrase: str, form: Callable[[str], str]) -> str:
    said = spaced(form(phrase.removesuffix("*")))
    if _THAI.search(said):
        return said.strip()
    return said.rstrip() if phrase.endswith("*") else said


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text).lower()


def _lines(name: str) -> Iterator[tuple[str, str]]:
    means = ""
    spelled: dict[str, str] = {}
    text = files("rejoinder.guard.wording").joinpath(f"{name}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("["):
            means = line.strip("[] ")
        elif line.startswith("@") and " = " in line:
            name, _, spelled_out = line.partition(" = ")
            spelled[name] = spelled_out
        elif line.strip() and not line.startswith("#"):
            yield means, _NAME.sub(lambda name: spelled[name.group()], line)
