"""Several messages' readings as one: which intent, which sentiment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from rejoinder.llm.model import Sentiment

# How much of its weight a message keeps for each that came after it. What one feels passes sooner than what one wants.
_INTENT_KEEPS = 0.8
_FEELING_KEEPS = 0.6
# "Hi" and "thanks, bye" stand around what is wanted, and a complaint stays one when a question follows it.
_WEIGHT = {"unknown": 0.2, "greeting": 0.3, "goodbye": 0.4, "compliment": 0.7, "complaint": 1.6}

_STEPS: tuple[Sentiment, ...] = (
    "very_negative",
    "negative",
    "neutral",
    "positive",
    "very_positive",
)
_NEUTRAL = 2


def wanted(read: Sequence[tuple[str, float]]) -> tuple[str, float]:
    """The intent most messages speak for, with the greatest confidence any had in it; the later ones are louder."""
    weights: dict[str, float] = defaultdict(float)
    sure: dict[str, float] = {}
    for age, (name, confidence) in enumerate(reversed(read)):
        weights[name] += confidence * _WEIGHT.get(name, 1.0) * _INTENT_KEEPS**age
        sure[name] = max(sure.get(name, 0.0), confidence)
    best = max(weights, key=lambda name: weights[name])
    return best, sure[best]


def felt(read: Sequence[tuple[Sentiment, float]]) -> tuple[Sentiment, float]:
    """The strongest negative, unless something positive came after it; then all that is not neutral, later ones more.

    Where good and bad were both said the confidence is halved.
    """
    steps = [_STEPS.index(step) - _NEUTRAL for step, _ in read]
    strong = [at for at, step in enumerate(steps) if step]
    if not strong:
        return read[-1]
    worst = min(strong, key=lambda at: (steps[at], -at))
    if steps[worst] < 0 and all(steps[at] < 0 for at in strong if at > worst):
        return read[worst]
    weights = {
        at: max(read[at][1], 0.01) * _FEELING_KEEPS ** (len(steps) - 1 - at) for at in strong
    }
    mean = sum(steps[at] * weight for at, weight in weights.items()) / sum(weights.values())
    clear = max(read[at][1] for at in strong)
    mixed = any(steps[at] < 0 for at in strong)
    return _STEPS[_NEUTRAL + round(mean)], clear / 2 if mixed else clear
