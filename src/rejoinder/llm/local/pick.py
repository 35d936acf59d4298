"""Which passage answers a question, and which of its sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rejoinder.llm.local.intents import asks
from rejoinder.llm.local.reading import read
from rejoinder.llm.model import Passage
from rejoinder.text import Term, clauses, language, sentences, terms

# Below these it says "I don't know". The most cautious pair within 2 % of the best on the demo's 60 questions.
COVERED = 0.5  # of the question's terms, each counting the same
SCORED = 0.45  # of the search score, where rare words count more

_FOREIGN = 0.8  # a passage in another language answers as well, but is read less gladly
_LOWER = 0.95  # a place further down the search's order, which knows how rare each word is
_WHOLE = 220  # characters: a passage this short is quoted whole
_QUOTE = 420  # characters of a quote at most: two or three sentences
_NEAR = 0.75  # of the best sentence's fit: how near another must come to be quoted too


@dataclass(frozen=True, slots=True)
class Picked:
    """The quote that answers a question, and whether it is in another language than the question."""

    quote: str
    foreign: bool
    title: str


def pick(question: str, passages: Sequence[Passage], covered: float = COVERED) -> Picked | None:
    """The quote that answers the question best, or None when no passage speaks of enough of it.

    `covered` is how much of it a passage must speak of, 0 to 1.
    """
    code = language(question)
    readings = [terms(question), *(terms(clause) for clause in clauses(question) if asks(clause))]
    for asked in readings:
        ranked = [
            (_fit(asked, code, passage, covered) * _LOWER**place, passage)
            for place, passage in enumerate(passages)
        ]
        fit, passage = max(ranked, key=lambda found: found[0], default=(0.0, None))
        if passage is not None and fit > 0:
            return Picked(quote(asked, passage.text), _foreign(code, passage), passage.title)
    return None


def quote(asked: Sequence[Term], text: str) -> str:
    """The sentences of the text that speak of the terms, whole and in order."""
    if len(text) <= _WHOLE:
        return text
    found = sentences(text)
    fits = [_sentence_fit(asked, sentence, found) for sentence in found]
    best = max(fits)
    kept: list[str] = []
    length = 0
    for sentence, fit in zip(found, fits, strict=True):
        if (best == 0 or fit >= _NEAR * best) and (not kept or length + len(sentence) <= _QUOTE):
            kept.append(sentence)
            length += len(sentence)
    return _joined(kept, text)


def _fit(asked: Sequence[Term], code: str, passage: Passage, least: float) -> float:
    """0 when the passage does not answer; else the greater the better."""
    if passage.score < SCORED:
        return 0.0
    title = read(passage.title)
    covered = read(passage.text).under(title).coverage(asked)
    if covered < least:
        return 0.0
    fit = covered + passage.score + 0.5 * title.coverage(asked)
    return fit * _FOREIGN if _foreign(code, passage) else fit


def _foreign(code: str, passage: Passage) -> bool:
    return code != "und" and read(passage.text).language not in {code, "und"}


def _sentence_fit(asked: Sequence[Term], sentence: str, all_sentences: Sequence[str]) -> float:
    """What the sentence covers, terms that few of its neighbours cover counting more."""
    fit = 0.0
    for term in asked:
        if like := read(sentence).likeness(term):
            fit += like / sum(1 for other in all_sentences if read(other).likeness(term) > 0)
    return fit


def _joined(kept: Sequence[str], text: str) -> str:
    """The sentences as they stood: on lines of their own where the text had them so."""
    joined = kept[0]
    at = text.find(kept[0]) + len(kept[0])
    for sentence in kept[1:]:
        start = text.find(sentence, at)
        joined += ("\n" if "\n" in text[at:start] else " ") + sentence
        at = start + len(sentence)
    return joined
