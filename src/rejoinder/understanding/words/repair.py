"""A word that no list holds, as the word its writer meant: stretched ("goood") or mistyped ("terible")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import product

from rejoinder.text.fold import fold
from rejoinder.text.vocabulary import function_words
from rejoinder.understanding.words.lexicon import table, vocabulary

_RUN = re.compile(r"(.)\1+")
_STRETCHED = re.compile(r"(.)\1{2,}")
_SHORTEST = 5  # letters: shorter words have too many neighbours (late, fate, hate)
_LONG = 8
_MOST_RUNS = 4
_LONGEST = 64  # letters; 4,000 letters of one word would take minutes of looking up
# Vietnamese syllables are too short, and Thai has no spaces to tell where a wrong word ends.
_TYPED = ("en", "pt", "es")
_INFLECTING = ("pt", "es")


def repaired(form: str, language: str) -> tuple[str, bool]:
    """The word meant, and whether it was stretched."""
    if len(form) <= _LONGEST:
        return _repaired(form, language)
    short = _STRETCHED.sub(r"\1\1\1", form)
    return (form, False) if len(short) > _LONGEST else (_repaired(short, language)[0], True)


@lru_cache(maxsize=8_192)
def _repaired(form: str, language: str) -> tuple[str, bool]:
    if _known(form, language):
        return form, False
    if (short := _unstretched(form, language)) is not None:
        return short, True
    if language in _TYPED and len(form) >= _SHORTEST and form.isalpha():
        return _neighbour(form, language) or form, False
    return form, False


def _known(form: str, language: str) -> bool:
    if form in vocabulary(language) or form in _small(language):
        return True
    return table("feeling", language).knows(form) or table("wanting", language).knows(form)


@cache
def _small(language: str) -> frozenset[str]:
    return frozenset(fold(word) for word in function_words().get(language, ()))


def _unstretched(form: str, language: str) -> str | None:
    runs = _RUN.findall(form)
    if not _STRETCHED.search(form) and form.isascii():
        return None
    if runs and len(runs) <= _MOST_RUNS:
        for lengths in product((2, 1), repeat=len(runs)):
            left = iter(lengths)
            shorter = _RUN.sub(lambda run, left=left: run.group(1) * next(left), form)  # type: ignore[misc]
            if _known(shorter, language):
                return shorter
    # Vietnamese: the mark stays on the first of the stretched letters ("quáaa").
    shorter = form
    while len(shorter) > 2 and fold(shorter[-1]) == fold(shorter[-2]):
        shorter = shorter[:-1]
        if _known(shorter, language):
            return shorter
    return _RUN.sub(r"\1", form) if _STRETCHED.search(form) else None


def _neighbour(form: str, language: str) -> str | None:
    for piece in (form, *_shorter(form)):
        for word in _near(language).get(piece, ()):
            if word[0] == form[0] and _slips(word, form) and not _inflected(word, form, language):
                return word
    return None


def _inflected(word: str, form: str, language: str) -> bool:
    """Whether only the endings differ, where these are grammar: "cancelé" is no "cancelen"."""
    return language in _INFLECTING and word[: len(form) - 2] == form[: len(form) - 2]


def _slips(word: str, form: str) -> bool:
    """Whether a slip of the fingers makes one of the other; among short words it makes a third ("rained", "ruined")."""
    if len(word) == len(form):
        apart = [at for at, pair in enumerate(zip(word, form, strict=True)) if pair[0] != pair[1]]
        swapped = len(apart) == 2 and apart[1] == apart[0] + 1 and sorted(word) == sorted(form)
        return swapped or (len(apart) == 1 and len(word) >= _LONG)
    if abs(len(word) - len(form)) > 1:
        return False
    return len(word) >= _LONG - 1 or _RUN.sub(r"\1", word) == _RUN.sub(r"\1", form)


@cache
def _near(language: str) -> dict[str, tuple[str, ...]]:
    """Every word of the lists, and it less one letter, as the way to the word: one wrong letter apart."""
    found: dict[str, tuple[str, ...]] = {}
    for word in sorted(vocabulary(language)):
        if len(word) >= _SHORTEST and word.isalpha():
            alone = (word,)  # one for all its pieces: nearly every piece leads to one word
            for piece in (word, *_shorter(word)):
                found[piece] = found[piece] + alone if piece in found else alone
    return found


def _shorter(word: str) -> Iterator[str]:
    for at in range(1, len(word)):
        yield word[:at] + word[at + 1 :]
