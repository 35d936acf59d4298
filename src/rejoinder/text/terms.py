"""What a text is about: its words that carry meaning, and the trade concepts they stand for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from rejoinder.text.fold import fold
from rejoinder.text.language import language
from rejoinder.text.vocabulary import function_words, trade_phrases
from rejoinder.text.words import words, written

_LONGEST = 5  # words in the longest phrase of the vocabulary
# "How many days": with a question word in it the phrase asks for a measure, not about days.
_MEASURES = ("price", "duration")
_KIND = 0.5
_SHORT_NUMBER = 3  # digits: "2 cups" asks about cups, "1290" may be what the customer looks for


@dataclass(frozen=True, slots=True)
class Term:
    """One thing asked for: a folded word, the concept it stands for, or a concept alone ("how much").

    `marked` is a Vietnamese word as written where its marks were typed, else empty. The words of a phrase
    share one `weight`; a concept alone tells the kind of answer wanted, not what about, and counts half.
    """

    word: str
    concept: str
    marked: str = ""
    weight: float = 1.0


def terms(text: str) -> list[Term]:
    """The terms of a question in order, each once; function words and short numbers are left out.

    Function words are those of the text's language; a Vietnamese one typed without its marks counts
    only where it can't be another word.
    """
    code = language(text)
    folded = words(text)
    spelled = spelling(text, code, folded)
    small = _small_words(code, folded, spelled)
    meant: dict[int, tuple[str, float]] = {}
    asked: dict[Term, None] = {}
    for at, length, concept in concepts(spelled, code):
        phrase = range(at, at + length)
        asks_measure = concept in _MEASURES and any(i in small for i in phrase)
        if asks_measure or all(i in small for i in phrase):
            asked[Term("", concept, weight=_KIND)] = None
            small |= set(phrase)
        about = sum(i not in small for i in phrase)
        meant |= dict.fromkeys(phrase, (concept, 1 / max(about, 1)))
    for at, word in enumerate(folded):
        if at not in small and not (word.isdigit() and len(word) < _SHORT_NUMBER):
            marked = spelled[at] if spelled[at] != word else ""
            concept, weight = meant.get(at, ("", 1.0))
            asked[Term(word, concept, marked, weight)] = None
    return list(asked)


def spelling(text: str, code: str, folded: list[str]) -> list[str]:
    """The text's words as they tell words apart: Vietnamese with its marks, others `folded` as they are."""
    marked = written(text) if code == "vi" else folded
    return marked if len(marked) == len(folded) else folded


def concepts(spelled: Sequence[str], code: str) -> Iterator[tuple[int, int, str]]:
    """The trade concepts in a text's `spelling()`: (position, length, concept), longest phrase first.

    Chat in every language borrows English words ("ship", "COD"), so those count too.
    """
    phrases = _phrases(code)
    at = 0
    while at < len(spelled):
        length = 1
        for size in range(min(_LONGEST, len(spelled) - at), 0, -1):
            if concept := phrases.get(tuple(spelled[at : at + size])):
                yield at, size, concept
                length = size
                break
        at += length


def _small_words(code: str, folded: Sequence[str], spelled: Sequence[str]) -> set[int]:
    """Where the function words stand. A Vietnamese word's marks decide (bạn you, bán to sell)."""
    if code != "vi":
        small = _folded(code if code in function_words() else "en")
        return {at for at, word in enumerate(folded) if word in small}
    marked, bare = function_words()["vi"], function_words()["vi bare"]
    typed_bare = folded == spelled
    return {
        at
        for at, word in enumerate(spelled)
        if (word in bare and (typed_bare or word.isascii())) or (word in marked and not typed_bare)
    }


@cache
def _folded(code: str) -> frozenset[str]:
    return frozenset(fold(word) for word in function_words()[code])


@cache
def _phrases(code: str) -> dict[tuple[str, ...], str]:
    """By their words; Vietnamese ones with their marks as well as without."""
    spoken = trade_phrases("en") | trade_phrases(code)
    folded = {tuple(words(phrase)): concept for phrase, concept in spoken.items()}
    return folded | {
        tuple(spelling(phrase, code, words(phrase))): concept for phrase, concept in spoken.items()
    }
