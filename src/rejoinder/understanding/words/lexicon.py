"""The word lists in `lexicons/`: phrases of each language under the sections they count for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias

from rejoinder.text.fold import fold
from rejoinder.understanding.words.tokens import Token, spelling

Family: TypeAlias = Literal["feeling", "wanting", "people"]
LANGUAGES = ("en", "th", "vi", "pt", "es")
_SHORTEST_STEM = 4
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Span:
    """A phrase found: `length` tokens from `at`, and the sections it stands in."""

    at: int
    length: int
    sections: frozenset[str]


@dataclass(frozen=True, slots=True)
class Table:
    """The phrases of one family and language. `stems` stand for every word that begins so.

    `starts` are the beginnings of phrases, so that a search knows when to stop.
    """

    phrases: dict[str, frozenset[str]]
    stems: dict[str, frozenset[str]]
    starts: frozenset[str]

    def spans(self, row: Sequence[Token]) -> list[Span]:
        """The longest phrase at each place, from left to right, none overlapping."""
        found: list[Span] = []
        at = 0
        while at < len(row):
            span = self._at(row, at)
            if span is not None:
                found.append(span)
            at += span.length if span else 1
        return found

    def knows(self, form: str) -> bool:
        """Whether a word is in it by itself."""
        return form in self.phrases or self._stem(form) is not None

    def _at(self, row: Sequence[Token], at: int) -> Span | None:
        key = row[at].form
        best: Span | None = None
        end = at + 1
        while True:
            sections = self.phrases.get(key)
            if sections is not None:
                best = Span(at, end - at, sections)
            if end == len(row) or key not in self.starts:
                break
            key += row[end].form if row[end].thai and row[end - 1].thai else f" {row[end].form}"
            end += 1
        if best is None and (sections := self._stem(row[at].form)) is not None:
            best = Span(at, 1, sections)
        return best

    def _stem(self, form: str) -> frozenset[str] | None:
        if not self.stems:
            return None
        for end in range(len(form), _SHORTEST_STEM - 1, -1):
            if (sections := self.stems.get(form[:end])) is not None:
                return sections
        return None


def table(family: Family, language: str, *, bare: bool = False) -> Table:
    """The family's phrases in a language, with the English ones that are used in it; `bare`: without marks.

    Thai holds all of English: the scripts part them. The others hold its section `[loan]`.
    """
    return _built(family, language, bare)


@cache  # positional: by keyword the same table would be kept twice
def _built(family: Family, language: str, bare: bool) -> Table:
    sections: dict[str, frozenset[str]] = {}
    listed = _listed(family, language)
    for phrase, section in _lent(family, language):
        sections[phrase] = _with(sections.get(phrase, _NONE), section)
    for phrase, _ in listed:
        sections.pop(phrase.lstrip("="), None)
    spelled = _marked_or_not(listed, bare=bare) if language == "vi" else listed
    for phrase, section in spelled:
        sections[phrase] = _with(sections.get(phrase, _NONE), section)
    return _table(sections)


@cache
def _with(names: frozenset[str], section: str) -> frozenset[str]:
    """The sections and one more: one set for all phrases that stand in the same ones, of thousands some twenty."""
    return names | {section}


def _marked_or_not(listed: Sequence[tuple[str, str]], *, bare: bool) -> Iterator[tuple[str, str]]:
    """Phrases as Vietnamese types them: also without marks, but for those that "=" keeps to theirs.

    In a message with marks only phrases of several syllables are known without them: one alone is another word.
    """
    plain = [phrase.lstrip("=") for phrase, _ in listed]
    unmarked = fold("\n".join(plain)).split("\n")  # one by one it takes ten times as long
    for (phrase, section), marked, without in zip(listed, plain, unmarked, strict=True):
        if not bare:
            yield marked, section
        if marked == phrase and (bare or " " in phrase):
            yield without, section


@cache
def vocabulary(language: str) -> frozenset[str]:
    """All single words that stand in a phrase of any family: none of them is a typing error."""
    families: tuple[Family, ...] = ("feeling", "wanting", "people")
    tables = [table(family, language) for family in families]
    return frozenset(word for each in tables for phrase in each.phrases for word in phrase.split())


def _table(phrases: dict[str, frozenset[str]]) -> Table:
    whole = {phrase: names for phrase, names in phrases.items() if not phrase.endswith("*")}
    stems = {phrase[:-1]: names for phrase, names in phrases.items() if phrase.endswith("*")}
    return Table(whole, stems, frozenset(_starts(whole)))


def _starts(phrases: Iterable[str]) -> Iterator[str]:
    for phrase in phrases:
        for end, char in enumerate(phrase):
            if end and (char == " " or char >= "\u0e00"):
                yield phrase[:end]


def _lent(family: Family, language: str) -> Iterator[tuple[str, str]]:
    if language == "en":
        return
    loans = _loans()
    for phrase, section in _listed(family, "en"):
        if language == "th" or phrase.rstrip("*") in loans:
            yield phrase, section


@cache
def _loans() -> frozenset[str]:
    lines = files("rejoinder.understanding.words").joinpath("lexicons", "loans.txt")
    return frozenset(_phrases(lines.read_text(encoding="utf-8"), "en"))


def _listed(family: Family, language: str) -> tuple[tuple[str, str], ...]:
    path = files("rejoinder.understanding.words").joinpath("lexicons", family, f"{language}.txt")
    found: list[tuple[str, str]] = []
    for block in ("\n" + path.read_text(encoding="utf-8")).split("\n[")[1:]:
        head, _, body = block.partition("]")
        found += ((phrase, head) for phrase in _phrases(body, language))
    return tuple(found)


def _phrases(body: str, language: str) -> Iterator[str]:
    """Separators and spelling don't meet: the whole is spelled at once, ten times as fast as each phrase."""
    kept = ",".join(line for line in body.splitlines() if not line.startswith("#"))
    return filter(None, map(str.strip, spelling(kept, language).split(",")))
