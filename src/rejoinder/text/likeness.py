"""How near two words are: the same, or inflections of one another.

Only words of Latin, Greek or Cyrillic letters have relatives: cutting a Thai word gives another word.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

EXACT = 1.0
INFLECTED = 0.9
CONCEPT = 0.75
UNMARKED = (
    0.3  # the same letters with other Vietnamese marks: mostly another word (trà tea, trả pay)
)

_ENDING = 3  # letters: -ing, -ies, -mos; of long words two fifths (estacion-amento, estacion-ar)
_STEM = 4  # letters of a word that others extend (open, opening); at 3 "pay" would meet "paper"
_SHARED_STEM = (
    5  # letters two extended words share (deliver-y, deliver-ed); at 4 "recibo" meets Recife
)


@dataclass(frozen=True, slots=True)
class Stem:
    """A word to look for; an `open` one stands for every word that begins so."""

    word: str
    open: bool = False


@lru_cache(maxsize=4096)
def stems(word: str) -> tuple[Stem, ...]:
    """What shows a relative of the word, itself included; nothing for a word that has none."""
    if len(word) < _STEM or not word.isalpha() or word >= "\u0530":
        return ()
    if len(word) < _SHARED_STEM:
        return (Stem(word, open=True),)
    shortest = len(word) - max(_ENDING, len(word) * 2 // 5)
    shared = Stem(word[: max(_SHARED_STEM, shortest)], open=True)
    return (shared, Stem(word[:_STEM])) if shortest <= _STEM else (shared,)


def likeness(asked: str, line: str) -> float:
    """How well words answer an asked one: 1 with the same word, less with an inflection, 0 with strangers.

    `line` holds the words with a space before and after each.
    """
    if f" {asked} " in line:
        return EXACT
    related = any(f" {stem.word}{'' if stem.open else ' '}" in line for stem in stems(asked))
    return INFLECTED if related else 0.0
