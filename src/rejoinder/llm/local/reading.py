"""A text read for comparison: its words, and which concepts it speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rejoinder.text import Term, concepts, language, likeness, spelling, words
from rejoinder.text.likeness import CONCEPT, EXACT, UNMARKED


@dataclass(frozen=True, slots=True)
class Reading:
    """The comparable side of a text: `line` holds its folded and its marked words, a space around each."""

    language: str
    line: str
    concepts: frozenset[str]

    def likeness(self, term: Term) -> float:
        """How well the text covers a term, 0 to 1."""
        if term.marked and f" {term.marked} " in self.line:
            return EXACT
        word = likeness(term.word, self.line) if term.word else 0.0
        if term.marked and self.language == "vi":
            word = min(word, UNMARKED)
        if not term.concept or term.concept not in self.concepts:
            return word
        return max(word, CONCEPT if term.word else EXACT)

    def under(self, title: Reading) -> Reading:
        """The text together with its title; the language is the text's."""
        return Reading(self.language, self.line + title.line, self.concepts | title.concepts)

    def coverage(self, asked: Sequence[Term]) -> float:
        """The share of the terms that the text covers, 0 to 1."""
        whole = sum(term.weight for term in asked)
        return sum(term.weight * self.likeness(term) for term in asked) / whole if whole else 0.0


@lru_cache(maxsize=2048)  # the same passages answer most questions; about 3 KB each, 6 MB at most
def read(text: str) -> Reading:
    """The reading of a text; remembered, for it costs 0.2 ms a passage."""
    code = language(text)
    folded = words(text)
    spelled = spelling(text, code, folded)
    line = " ".join(["", *dict.fromkeys([*folded, *spelled]), ""])
    return Reading(code, line, frozenset(concept for _, _, concept in concepts(spelled, code)))
