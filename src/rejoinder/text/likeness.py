"""How near two words are: the same, an inflection of one another, or one slip of the finger apart.

`spellings` gives the keys a text's word is kept under, `variants` those an asked word is looked up by;
two words are as like as the best key they share. Only words of Latin, Greek or Cyrillic letters have
relatives: cutting a Thai word gives another word.
"""

from __future__ import annotations

from functools import lru_cache

EXACT = 1.0
INFLECTED = 0.9
CONCEPT = 0.75
MISTYPED = 0.7
UNMARKED = (
    0.3  # the same letters with other Vietnamese marks: mostly another word (trà tea, trả pay)
)

_ENDING = 3  # letters: -ing, -ies, -mos; of long words two fifths (estacion-amento, estacion-ar)
_STEM = 4  # letters of a word that others extend (open, opening); at 3 "pay" would meet "paper"
_SHARED_STEM = (
    5  # letters two extended words share (deliver-y, deliver-ed); at 4 "recibo" meets Recife
)
_TYPO = 5  # letters: in shorter words one other letter is usually another word (bean, lean, mean)


@lru_cache(maxsize=4096)
def spellings(word: str) -> frozenset[str]:
    """The keys a word is kept under: itself, `stem-` for its stems, `~stem`, `?word less a letter`."""
    if not _inflects(word):
        return frozenset((word,))
    return frozenset((word, *(f"{stem}-" for stem in _stems(word)), *_shared(word), *_slips(word)))


@lru_cache(maxsize=4096)
def variants(word: str) -> dict[str, float]:
    """The keys to look an asked word up by, each with the likeness it stands for; don't change it."""
    if not _inflects(word):
        return {word: EXACT}
    return {
        **dict.fromkeys(_slips(word), MISTYPED),
        **dict.fromkeys(_shared(word), INFLECTED),
        **dict.fromkeys(_stems(word), INFLECTED),
        f"{word}-": INFLECTED,
        word: EXACT,
    }


def likeness(asked: str, word: str) -> float:
    """1 for the same word, less for an inflection or a typing error, 0 for strangers."""
    kept = spellings(word)
    return max((like for key, like in variants(asked).items() if key in kept), default=0.0)


def _inflects(word: str) -> bool:
    return len(word) >= _STEM and word.isalpha() and word < "\u0530"


def _stems(word: str) -> list[str]:
    return [word[:end] for end in range(max(_STEM, len(word) - _ending(word)), len(word))]


def _ending(word: str) -> int:
    return max(_ENDING, len(word) * 2 // 5)


def _shared(word: str) -> list[str]:
    shortest = max(_SHARED_STEM, len(word) - _ending(word))
    return [f"~{word[:end]}" for end in range(shortest, len(word) + 1)]


def _slips(word: str) -> list[str]:
    """The word less any one letter but the first, which people seldom get wrong."""
    if len(word) < _TYPO:
        return []
    return [f"?{word}", *(f"?{word[:at]}{word[at + 1 :]}" for at in range(1, len(word)))]
