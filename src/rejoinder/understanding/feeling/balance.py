"""Good against bad in a message, after negation, intensity, contrast and questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rejoinder.understanding.feeling.bearing import Bearing, bearing
from rejoinder.understanding.feeling.hits import Hit, hits
from rejoinder.understanding.words import Reading

# "Great food, delivery an hour late": what ends badly is meant badly.
_BEFORE_BAD = 0.5
# A second good word adds less than the first: two mild words are no enthusiasm, two bad ones nearly anger.
_MORE_GOOD = 0.3
_MORE_BAD = 0.42
_MOST = 5.0
# Who weighs good against bad is not beside himself, and a greeting or a wish is seldom delight.
_MIXED_MOST = 2.7
_LEAST_SAID = 0.5
_LEAST_MEANT = 0.8
_FORMULA_MOST = 2.5
_DELIGHT = 3.0
_OUTBURST = 4.0
# "It was nice but the lamp blinks": what is not understood after praise and "but" is no praise.
_UNKNOWN_AFTER_BUT = -1.0


@dataclass(frozen=True, slots=True)
class Balance:
    """`score` is good less bad, each on the lexicons' scale; `known` tells that any phrase was found."""

    score: float
    good: float
    bad: float
    known: bool


def balance(reading: Reading) -> Balance:
    """Weigh a message."""
    found = hits(reading)
    bears = bearing(reading, found)
    values = [bears.value(hit) for hit in found if hit.kind == "value"]
    good = _summed([value for value in values if value > 0], _MORE_GOOD)
    bad = _summed([-value for value in values if value < 0], _MORE_BAD)
    if bears.turn < 0 and _ends_badly(found):
        good *= _BEFORE_BAD
    score = (good - bad) * _loudness(reading)
    if bears.turn >= 0 and good and bad:
        score = _mixed(score, bears.last)
    elif good and not bad and _trails_off(reading, found, bears):
        score, good, bad = _UNKNOWN_AFTER_BUT, 0.0, -_UNKNOWN_AFTER_BUT
    elif _formal(reading) or ((bears.questions or bears.wanted) and good < _DELIGHT):
        score = min(_FORMULA_MOST, score)
    known = bool(reading.feeling or reading.wanting)
    return Balance(score, good, bad, known)


def _ends_badly(found: Sequence[Hit]) -> bool:
    """ "Great food, delivery an hour late": a contrast without a word for it."""
    values = [hit.value for hit in found if hit.kind == "value" and not hit.face]
    return bool(values) and values[0] > 0 and values[-1] < 0


def _mixed(score: float, last: float) -> float:
    """What follows "but" decides, however mild it is."""
    if abs(last) < _OUTBURST:
        score = max(-_MIXED_MOST, min(_MIXED_MOST, score))
    if abs(last) < _LEAST_SAID:
        return score
    return min(score, -_LEAST_MEANT) if last < 0 else max(score, _LEAST_MEANT)


def _trails_off(reading: Reading, found: Sequence[Hit], bears: Bearing) -> bool:
    """Whether words follow the word of contrast, but nothing graded or wanted."""
    graded = [hit.at for hit in found if hit.kind == "value"]
    said = any(token.kind == "word" for token in reading.row[bears.turn + 2 :])
    return bears.turn > 0 and said and max([*graded, *bears.wanted]) < bears.turn


def _formal(reading: Reading) -> bool:
    """Whether it greets or takes leave, and praises nothing."""
    sections = {section for span in reading.wanting for section in span.sections}
    return bool(sections & {"greet", "bye"}) and not sections & {"credit", "thanks"}


def _summed(values: Sequence[float], more: float) -> float:
    if not values:
        return 0.0
    first = max(values)
    return min(_MOST, first + more * (sum(values) - first))


def _loudness(reading: Reading) -> float:
    """Exclamation marks and capitals say it louder: up to six tenths more."""
    marks = sum(token.form.count("!") for token in reading.row if token.kind == "end")
    words = [token for token in reading.row if token.kind == "word" and not token.thai]
    shouted = sum(token.shouted for token in words)
    loud = 1.0 + 0.13 * min(marks, 3)
    return loud + (0.2 if shouted and 2 * shouted >= len(words) else 0.0)
