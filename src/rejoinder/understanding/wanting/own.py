"""The bot's own intents, by how like their examples and descriptions a message is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rejoinder.bots.policies import OwnIntent
from rejoinder.text.fold import fold
from rejoinder.text.vocabulary import function_words
from rejoinder.understanding.words import read

# Shares of an example's words that a message must hold; a description tells less than an example.
_ENOUGH = 0.6
_DESCRIBED = 0.75
_STEM = 5  # letters two inflections share ("deliver-y", "deliver-ed")


def own_intent(text: str, language: str, own: Sequence[OwnIntent]) -> tuple[str, float] | None:
    """The name of the intent whose example is likest, with the confidence; None if none is like enough."""
    said = frozenset(_words(text, language))
    if not said:
        return None
    best: tuple[str, float] | None = None
    for one in own:
        likest = max((_like(said, example, language) for example in one.examples), default=0.0)
        described = 0.0
        if one.description:
            described = _like(said, one.description, language) * (_ENOUGH / _DESCRIBED)
        score = max(likest, described)
        if score >= _ENOUGH and (best is None or score > best[1]):
            best = (one.name, score)
    return (best[0], round(0.5 + 0.45 * best[1], 3)) if best else None


def _like(said: frozenset[str], example: str, language: str) -> float:
    """The harmonic mean of the share of the example's words said and of the said words in it."""
    wanted = _example(example, language)
    if not wanted:
        return 0.0
    shared = sum(_met(word, said) for word in wanted)
    met = shared / len(wanted)
    told = min(1.0, shared / len(said))
    return 0.7 * met + 0.3 * told if shared else 0.0


def _met(word: str, said: frozenset[str]) -> bool:
    if word in said:
        return True
    if len(word) < _STEM or word >= "\u0e00":
        return False
    return any(other.startswith(word[:_STEM]) for other in said)


@lru_cache(maxsize=4_096)  # of owners' texts, which stay; a customer's message is weighed once
def _example(text: str, language: str) -> tuple[str, ...]:
    return _words(text, language)


def _words(text: str, language: str) -> tuple[str, ...]:
    """The words that carry meaning, folded; all of them where there are only small ones."""
    reading = read(text, language)
    forms = [fold(token.form) for token in reading.row if token.kind in ("word", "number", "other")]
    small = _small(reading.language)
    return tuple(form for form in forms if form not in small) or tuple(forms)


@lru_cache(maxsize=8)
def _small(language: str) -> frozenset[str]:
    return frozenset(fold(word) for word in function_words().get(language, ()))
