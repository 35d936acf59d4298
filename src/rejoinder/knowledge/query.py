"""A customer's words as the rows that the search statement joins on."""

from __future__ import annotations

from dataclasses import dataclass

from rejoinder.text import Term, clauses, language, terms, variants
from rejoinder.text.likeness import CONCEPT, EXACT, MISTYPED, UNMARKED

# A burst is read as the questions it holds; more than eight is a pasted text, and its start tells enough.
_PARTS = 8
_TERMS = 24  # of one part: the longest real question in a chat has about a dozen


@dataclass(frozen=True, slots=True)
class Query:
    """Parallel columns: row i says that a term of a part may be found under a key, and how like it that is.

    `mistyped` is the likeness at or below which a key only stands in for a word nobody knows;
    `languages` are those a chunk is preferred in.
    """

    parts: list[int]
    terms: list[int]
    keys: list[str]
    likenesses: list[float]
    weights: list[float]
    languages: list[str]
    mistyped: float = MISTYPED


def plan(text: str) -> Query:
    """The query for a text of one or several questions; without rows when nothing in it can be searched."""
    query = Query([], [], [], [], [], [language(text), "und"])
    for part, asked in enumerate(_parts(text)):
        for number, term in enumerate(asked[:_TERMS]):
            for key, likeness in _keys(term).items():
                query.parts.append(part)
                query.terms.append(number)
                query.keys.append(key)
                query.likenesses.append(likeness)
                query.weights.append(term.weight)
    return query


def _parts(text: str) -> list[list[Term]]:
    """The terms of the whole, then of each clause that says what it is about ("how much" alone does not)."""
    pieces = clauses(text)
    parts = [terms(text)]
    if 1 < len(pieces) <= _PARTS:
        parts += [asked for asked in map(terms, pieces) if any(term.word for term in asked)]
    return [asked for asked in parts if asked]


def concept_word(concept: str) -> str:
    """The word under which a chunk is indexed for a concept; no text yields it."""
    return f"={concept}"


def _keys(term: Term) -> dict[str, float]:
    keys = dict(variants(term.word)) if term.word else {}
    if term.marked:
        keys |= {term.word: UNMARKED, term.marked: EXACT}
    if term.concept:
        keys[concept_word(term.concept)] = CONCEPT if term.word else EXACT
    return keys
