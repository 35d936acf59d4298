"""A message read once for all that is asked about it: its tokens, and the phrases known among them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from rejoinder.text.language import language as detected
from rejoinder.text.vocabulary import function_words
from rejoinder.understanding.words.lexicon import LANGUAGES, Span, table
from rejoinder.understanding.words.repair import repaired
from rejoinder.understanding.words.tokens import Token, bare, tokens

# The most confidence in what is told by one word, or in a language that was guessed: no rule acts below a half.
WEAK = 0.45
# A language only guessed is believed where this many tokens and this share of them are known.
_ENOUGH = 3
_SHARE = 0.6
# Vietnamese syllables without their marks are short, and like words of anything.
_BARE = 0.7


@dataclass(frozen=True, slots=True)
class Reading:
    """`feeling`, `wanting` and `people` are the phrases of each family; `language` is one of the five.

    `guessed`: the message shows no language; this is the one whose words are found in it.
    """

    language: str
    row: tuple[Token, ...]
    feeling: tuple[Span, ...]
    wanting: tuple[Span, ...]
    people: tuple[Span, ...]
    guessed: bool = False

    @property
    def weak(self) -> bool:
        """Whether it says too little to act upon: a single word, or one among several in a language only guessed."""
        words = sum(token.kind in ("word", "other") for token in self.row)
        return words == 1 or (self.guessed and (self.told < _ENOUGH or self.told < words * _SHARE))

    @property
    def told(self) -> float:
        """How much of it is known: what to choose between languages by."""
        spans = (*self.feeling, *self.wanting, *self.people)
        return float(sum(span.length for span in spans))


@lru_cache(maxsize=256)  # all that is asked of a message is asked at once; 4,000 letters are 160 KB
def read(text: str, language: str = "und") -> Reading:
    """The message in its language; in another one than the five, or none, in that which knows most of it."""
    if language in LANGUAGES:
        reading = _read(text, language)
        if reading.told or not any(token.kind == "word" for token in reading.row):
            return reading
    found = detected(text)
    if found in LANGUAGES and found != language:
        reading = _read(text, found)
        if reading.told:
            return reading
    if found == "th":
        return _read(text, "th")
    readings = [_read(text, code) for code in ("en", "es", "pt", "vi")]
    return replace(max(readings, key=_weight), guessed=True)


def _weight(reading: Reading) -> float:
    small = function_words()[reading.language if reading.language != "vi" else "vi hints"]
    told = reading.told * (_BARE if reading.language == "vi" else 1.0)
    return told + 0.5 * sum(token.form in small for token in reading.row)


def _read(text: str, language: str) -> Reading:
    row = tuple(_meant(token, language) for token in tokens(text, language))
    plain = language == "vi" and bare(text)
    feeling, wanting, people = (
        tuple(table(family, language, bare=plain).spans(row))
        for family in ("feeling", "wanting", "people")
    )
    return Reading(language, row, feeling, wanting, people)


def _meant(token: Token, language: str) -> Token:
    if token.kind != "word" or token.thai:
        return token
    form, stretched = repaired(token.form, language)
    if form == token.form and not stretched:
        return token
    return replace(token, form=form, stretched=token.stretched or stretched)
