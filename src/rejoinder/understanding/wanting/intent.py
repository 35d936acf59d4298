"""The intent of a message: the bot's own where its examples fit, else one of the nine."""

from __future__ import annotations

from collections.abc import Sequence

from rejoinder.bots.policies import OwnIntent
from rejoinder.understanding.feeling.balance import balance
from rejoinder.understanding.wanting.cues import Cues, cues
from rejoinder.understanding.wanting.own import own_intent
from rejoinder.understanding.words import WEAK, read

_SURE = 0.9
_ONE_WEAK_CUE = 1.5


def intent(text: str, language: str, own: Sequence[OwnIntent] = ()) -> tuple[str, float]:
    """One of INTENTS or a name of `own`, and the confidence, 0 to 1. Never raises."""
    if own and (found := own_intent(text, language, own)) is not None:
        return found
    reading = read(text, language)
    seen = cues(reading, balance(reading))
    if (plain := _plain(seen)) is not None:
        return plain
    name, sure = _weighed(seen)
    return name, min(sure, WEAK) if reading.weak else sure


def _plain(seen: Cues) -> tuple[str, float] | None:
    """A message that is nothing but a formula: a greeting, a farewell, thanks, or nothing at all."""
    if seen.content > 0 or (seen.question_mark and not seen.greet):
        return None
    if seen.bye:
        return "goodbye", _SURE
    if seen.thanks or seen.credit:
        return "compliment", 0.75
    if seen.greet:
        return "greeting", _SURE
    if seen.good >= 2:
        return "compliment", 0.6
    return None


def _weighed(seen: Cues) -> tuple[str, float]:
    weights = _weights(seen)
    ranked = sorted(weights, key=lambda name: weights[name], reverse=True)
    first, second = weights[ranked[0]], weights[ranked[1]]
    if first < 1:
        return "unknown", 0.3 if seen.content else 0.6
    if first < _ONE_WEAK_CUE:
        return ranked[0], WEAK
    return ranked[0], round(min(0.95, 0.5 + 0.45 * (first - second) / first), 3)


def _weights(seen: Cues) -> dict[str, float]:
    """How much speaks for each. The order is that of ties: the first of equals is taken."""
    asks = 2.2 * bool(seen.ask) + 1.5 * seen.question_mark + 1.5 * bool(seen.particle)
    wants = 1.6 * min(seen.want, 2) + 1.0 * min(seen.act, 2) + 0.8 * seen.begins_with_act
    books = 3.0 * bool(seen.book) + 0.7 * min(seen.book, 3)
    faults = 2.2 * min(seen.fault, 3) + 1.6 * max(0.0, seen.bad - 0.15)
    works = 2.2 * min(seen.trouble, 2) + 1.6 * bool(seen.help)
    works += 1.2 * min(seen.tech, 2) if works or asks else 0.3 * min(seen.tech, 2)
    if seen.question_mark and not seen.want:
        wants *= 0.5
    if seen.bad >= 1 and seen.fault and not seen.act and not seen.question_mark:
        wants *= 0.7
    if asks >= 2 and not seen.why and (seen.bad < 1 or seen.supposed):
        faults *= 0.6
    praise = 1.6 * max(0.0, seen.good - 0.35) + 1.0 * bool(seen.credit)
    if seen.bad > seen.good:
        praise *= 0.3
    if seen.question_mark or (asks >= 2 and not seen.credit):
        praise *= 0.4
    elif seen.want or books:
        praise *= 0.6
    if seen.fault and not seen.trouble and not seen.help:
        works *= 0.6
    if seen.trouble and not seen.fault:
        faults *= 0.6
    if seen.book and seen.bad >= 2:
        books *= 0.5
    return {
        "booking": books,
        "complaint": faults,
        "support": works,
        "request": wants if not (seen.ask and seen.question_mark) else wants * 0.9,
        "question": asks,
        "compliment": praise,
        "goodbye": 3.0 * seen.ends_with_bye + (1.2 if seen.bye and not (asks or wants) else 0.0),
        "greeting": 0.8 * bool(seen.greet),
    }
