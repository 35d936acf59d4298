"""A customer's words as full-text search looks for them: what to match, and what each match is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TypeAlias

from rejoinder.knowledge.searching.lexeme import concept_word
from rejoinder.text import Stem, Term, clauses, concepts, fold, language, stems, terms, words
from rejoinder.text.likeness import CONCEPT, EXACT, INFLECTED, UNMARKED
from rejoinder.text.vocabulary import function_words

# A burst is read as the questions it holds; more than eight is a pasted text, and its start tells enough.
_PARTS = 8
_TERMS = 16  # of one part: the longest real question in a chat has about a dozen

# They share so many words that a line may be in either ("que horas abre?"): then nobody can tell its language.
_ALIKE = ("pt", "es")

FOREIGN = 0.8
"""What a chunk in another language than the question's counts: it answers as well, but is read less gladly."""

# Words that show the same: one of them is enough.
Key: TypeAlias = tuple[Stem, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing asked for: its weight, and the keys that show a chunk has it, with the likeness each stands for."""

    weight: float
    ways: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for.

    A chunk with none of the `sought` words is no candidate. `parts` are the questions, each with what it asks for, by
    position in `keys`; `languages` are those a chunk is preferred in.
    """

    sought: Key
    keys: tuple[Key, ...]
    parts: tuple[tuple[Asked, ...], ...]
    languages: tuple[str, ...]


def plan(text: str) -> Query:
    """The query for a text of one or several questions; nothing is `sought` when it can't be searched."""
    parts = [asked[:_TERMS] for asked in _parts(text)]
    keys: dict[Key, int] = {}
    numbered = tuple(tuple(_asked(term, keys) for term in asked) for asked in parts)
    sought = _sought([term for asked in parts for term in asked])
    return Query(sought, tuple(keys), numbered, (language(text), "und"))


def _parts(text: str) -> list[list[Term]]:
    """The terms of the whole, then of each clause that says what it is about ("how much" alone does not)."""
    pieces = clauses(text)
    parts = [_terms(text)]
    if 1 < len(pieces) <= _PARTS:
        parts += [asked for asked in map(_terms, pieces) if any(term.word for term in asked)]
    return [asked for asked in parts if asked]


def _terms(text: str) -> list[Term]:
    """The terms of a text; of one whose language nobody can tell, as either of _ALIKE would have them."""
    asked = terms(text)
    if language(text) != "und":
        return asked
    folded = words(text)
    meant = {
        word: concept
        for code in _ALIKE
        for at, length, concept in concepts(folded, code)
        for word in folded[at : at + length]
    }
    about = [
        replace(term, concept=term.concept or meant.get(term.word, ""))
        for term in asked
        if term.word not in _small()
    ]
    return about or asked


@cache
def _small() -> frozenset[str]:
    return frozenset(fold(word) for code in _ALIKE for word in function_words()[code])


def _asked(term: Term, keys: dict[Key, int]) -> Asked:
    """The term by the keys' numbers; new keys are added."""
    return Asked(
        term.weight,
        tuple((keys.setdefault(key, len(keys)), like) for key, like in _ways(term)),
    )


def _ways(term: Term) -> list[tuple[Key, float]]:
    """The keys of a term, the likest first."""
    ways: list[tuple[Key, float]] = []
    if term.marked:
        ways = [((Stem(term.marked),), EXACT), ((Stem(term.word),), UNMARKED)]
    elif term.word:
        ways = [((Stem(term.word),), EXACT)]
        if kin := stems(term.word):
            ways.append((kin, INFLECTED))
    if term.concept:
        concept = (Stem(concept_word(term.concept)),)
        ways.append((concept, CONCEPT if term.word else EXACT))
    return sorted(ways, key=lambda way: -way[1])


def _sought(asked: Sequence[Term]) -> Key:
    """Any of these makes a chunk a candidate.

    What only tells the kind of answer ("how much") stands in half the chunks of a shop: it is sought when nothing else
    is, and so are a Vietnamese word's other meanings never.
    """
    about = [term for term in asked if term.word] or asked
    found: dict[Stem, None] = {}
    for term in about:
        if term.marked:
            found[Stem(term.marked)] = None
        elif term.word:
            found |= dict.fromkeys(stems(term.word) or (Stem(term.word),))
        if term.concept:
            found[Stem(concept_word(term.concept))] = None
    return tuple(found)
