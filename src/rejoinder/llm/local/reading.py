"""A text read for comparison: under which keys its words are found, and which concepts it speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rejoinder.text import Term, concepts, language, spelling, spellings, variants, words
from rejoinder.text.likeness import CONCEPT, EXACT, UNMARKED


@dataclass(frozen=True, slots=True)
class Reading:
    """The comparable side of a text."""

    language: str
    keys: frozenset[str]
    concepts: frozenset[str]

    def likeness(self, term: Term) -> float:
        """How well the text covers a term, 0 to 1."""
        if term.marked and term.marked in self.keys:
            return EXACT
        looked_up = variants(term.word).items() if term.word else ()
        word = max((like for key, like in looked_up if key in self.keys), default=0.0)
        if term.marked and self.language == "vi":
            word = min(word, UNMARKED)
        if not term.concept or term.concept not in self.concepts:
            return word
        return max(word, CONCEPT if term.word else EXACT)

    def under(self, title: Reading) -> Reading:
        """The text together with its title; the language is the text's."""
        return Reading(self.language, self.keys | title.keys, self.concepts | title.concepts)

    def coverage(self, asked: Sequence[Term]) -> float:
        """The share of the terms that the text covers, 0 to 1."""
        whole = sum(term.weight for term in asked)
        return sum(term.weight * self.likeness(term) for term in asked) / whole if whole else 0.0


@lru_cache(maxsize=2048)  # the same passages answer most questions; about 20 KB each, 40 MB at most
def read(text: str) -> Reading:
    """The reading of a text; remembered, for it costs 0.2 ms a passage."""
    code = language(text)
    folded = words(text)
    spelled = spelling(text, code, folded)
    keys = frozenset(spelled).union(*map(spellings, folded))
    return Reading(code, keys, frozenset(concept for _, _, concept in concepts(spelled, code)))
