"""The five steps of sentiment, from the balance of a message."""

from __future__ import annotations

from rejoinder.llm.model import Sentiment
from rejoinder.understanding.feeling.balance import Balance, balance
from rejoinder.understanding.words import WEAK, read

# Where the steps part, on the scale of the lexicons: 2 is "good", 3 is "excellent".
_VERY_POSITIVE = 2.75
_POSITIVE = 0.75
_NEGATIVE = -0.75
_VERY_NEGATIVE = -2.75


def sentiment(text: str, language: str) -> tuple[Sentiment, float]:
    """The sentiment of a message in a language (ISO 639-1, "und" for any), and the confidence, 0 to 1.

    Never raises; a message without a word or face that is known is neutral with little confidence.
    """
    reading = read(text, language)
    weighed = balance(reading)
    clear = _confidence(weighed)
    return _step(weighed.score), min(clear, WEAK) if reading.weak else clear


def _step(score: float) -> Sentiment:
    if score >= _VERY_POSITIVE:
        return "very_positive"
    if score >= _POSITIVE:
        return "positive"
    if score <= _VERY_NEGATIVE:
        return "very_negative"
    return "negative" if score <= _NEGATIVE else "neutral"


def _confidence(weighed: Balance) -> float:
    """More the farther from the nearest boundary, less where good and bad stand side by side."""
    edges = (_VERY_POSITIVE, _POSITIVE, _NEGATIVE, _VERY_NEGATIVE)
    if not weighed.good and not weighed.bad:
        return 0.6 if weighed.known else 0.35
    distance = min(abs(weighed.score - edge) for edge in edges)
    mixed = min(weighed.good, weighed.bad) / max(weighed.good, weighed.bad)
    return round(min(0.95, max(0.3, 0.55 + 0.4 * min(distance, 1.0) - 0.25 * mixed)), 3)
