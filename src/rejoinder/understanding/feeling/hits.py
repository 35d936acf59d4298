"""The graded words of a message, each with what the words around it make of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rejoinder.understanding.words import Reading
from rejoinder.understanding.words.faces import faces
from rejoinder.understanding.words.lexicon import Span
from rejoinder.understanding.words.tokens import Token

_GRADES = {"+3": 3.0, "+2": 2.0, "+1": 1.0, "-1": -1.0, "-2": -2.0, "-3": -3.0}
# How many tokens a negation or an intensifier reaches; Thai and Vietnamese put them beside the word.
_REACH = {"en": 4, "pt": 4, "es": 4, "th": 3, "vi": 3}
_VERY_REACH = 3
# "not excellent" is no worse than "not good"; "not bad" is no praise.
_NEGATED_GOOD = -0.8
_MOST_NEGATED = 2.2
_NEGATED_BAD = -0.5
_LEAST_NEGATED = -2.2
_NOT_WORKING = -1.4
_VERY = 1.35
_UTTERLY = 1.5
_LITTLE = 0.6
_POLITE = 0.85
_STRETCHED = 1.35
_CONCEDED = 0.5
# Two negations make a positive in English; in Portuguese and Spanish "não … nada" is one.
_CONCORD = ("pt", "es")

Kind: TypeAlias = Literal["value", "but"]


@dataclass(slots=True)
class Hit:
    """A graded word at a token; `manners` is thanks, `face` an emoji, `concession` less after "although"."""

    at: int
    kind: Kind
    value: float = 0.0
    manners: bool = False
    face: bool = False
    concession: float = 1.0


@dataclass(slots=True)
class _Walk:
    """What is in force while the message is walked through."""

    denied_at: int = -1
    denials: int = 0
    factor: float = 1.0
    factor_at: int = -9
    conceding: bool = False

    def clause_ends(self) -> None:
        self.denied_at, self.denials, self.factor, self.conceding = -1, 0, 1.0, False


def hits(reading: Reading) -> list[Hit]:
    """All graded words and words of contrast, in order."""
    spans = {span.at: span for span in reading.feeling}
    thanked = {span.at for span in reading.wanting if "thanks" in span.sections}
    greeted = {span.length for span in reading.wanting if span.at == 0 and "greet" in span.sections}
    found: list[Hit] = []
    walk = _Walk()
    at = max(greeted, default=0)  # Thai "ดีค่ะ" at the beginning is "hello", not "good"
    while at < len(reading.row):
        token = reading.row[at]
        span = spans.get(at)
        if span is not None:
            _take(reading, span, walk, found, thanked=at in thanked)
            at += span.length
            continue
        if token.kind == "end":
            walk.clause_ends()
        elif token.kind == "face" and (value := faces().get(token.form)):
            found.append(Hit(at, "value", value, face=True))
        elif token.kind == "repeat" and found and found[-1].kind == "value":
            found[-1].value *= 1.2
        at += 1
    return found


def _take(reading: Reading, span: Span, walk: _Walk, found: list[Hit], *, thanked: bool) -> None:
    sections = span.sections
    grade = next((value for name, value in _GRADES.items() if name in sections), 0.0)
    last = span.at + span.length
    if "after" in sections and _strengthens(found, span, walk, reading.row):
        return
    if grade:
        value = _strengthened(grade, span, walk, reading.row) if not thanked else grade
        value = _denied(value, span, walk, reading)
        found.append(
            Hit(span.at, "value", value, thanked, concession=_CONCEDED if walk.conceding else 1.0)
        )
    elif "works" in sections:
        if _denying(span, walk, reading.language):
            found.append(Hit(span.at, "value", _NOT_WORKING))
            walk.denied_at, walk.denials = -1, 0
    elif "not" in sections:
        _deny(span, walk, reading.language)
    elif "very" in sections:
        walk.factor = _strength(reading.row, span)
        walk.factor_at = last
    elif "little" in sections:
        if not _weakens(found, span, reading.language):
            walk.factor, walk.factor_at = _LITTLE, last
    elif "but" in sections:
        walk.clause_ends()
        found.append(Hit(span.at, "but"))
    elif "though" in sections:
        walk.conceding = True


def _strengthens(found: list[Hit], span: Span, walk: _Walk, row: Sequence[Token]) -> bool:
    """Whether a word of intensity belongs to the graded word before it, as in "đẹp quá", "love it so much"."""
    if not found or found[-1].kind != "value" or found[-1].face or found[-1].manners:
        return False
    near = 0 <= span.at - found[-1].at <= 4
    if near and walk.denied_at < 0:
        found[-1].value *= _strength(row, span)
    return near


def _strength(row: Sequence[Token], span: Span) -> float:
    factor = _UTTERLY if "utterly" in span.sections else _VERY
    return factor * (_STRETCHED if _stretched(row, span) else 1.0)


def _weakens(found: list[Hit], span: Span, language: str) -> bool:
    if language not in ("th", "vi") or not found or found[-1].kind != "value":
        return False
    near = span.at - found[-1].at <= 2
    if near:
        found[-1].value = _lessened(found[-1].value)
    return near


def _lessened(value: float) -> float:
    """ "A bit slow" is a complaint put politely: it stays one."""
    return min(value * _LITTLE, max(value, -_POLITE)) if value < 0 else value * _LITTLE


def _strengthened(grade: float, span: Span, walk: _Walk, row: Sequence[Token]) -> float:
    if 0 <= span.at - walk.factor_at < _VERY_REACH:
        grade = grade * walk.factor if walk.factor > 1 else _lessened(grade)
    walk.factor = 1.0
    return grade * (_STRETCHED if _stretched(row, span) else 1.0)


def _stretched(row: Sequence[Token], span: Span) -> bool:
    pieces = row[span.at : span.at + span.length]
    return any(token.stretched or token.kind == "repeat" for token in pieces)


def _deny(span: Span, walk: _Walk, language: str) -> None:
    beside = walk.denied_at == span.at  # "no no no", "not never": one
    if walk.denials and not beside and language not in _CONCORD:
        walk.denials += 1
    elif not walk.denials:
        walk.denials = 1
    walk.denied_at = span.at + span.length


def _denying(span: Span, walk: _Walk, language: str) -> bool:
    reach = _REACH[language]
    return walk.denials % 2 == 1 and 0 <= span.at - walk.denied_at < reach


def _denied(value: float, span: Span, walk: _Walk, reading: Reading) -> float:
    if not _denying(span, walk, reading.language):
        return value
    walk.denied_at, walk.denials = -1, 0
    if value > 0:
        return _NEGATED_GOOD * min(value, _MOST_NEGATED)
    return _NEGATED_BAD * max(value, _LEAST_NEGATED)
