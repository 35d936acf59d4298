"""How sure an answer is: from what carries it, not only from what its model says of itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from rejoinder.text import fold

SMALL_TALK: Final = frozenset({"greeting", "goodbye", "compliment", "thanks"})
"""Intents whose answers rest on nothing but manners."""

UNKNOWING: Final = 0.55
"""An honest "I don't know" is no wrong answer: just above what calls a person by itself. How often in a row it may be
said is a rule of its own."""

_UNTOLD = 0.7  # of models that judge nothing themselves, where a passage speaks for the answer
_NEUTRAL = 0.66
"""Nothing claimed and no passage: neither for the answer nor against it. A second try of it that is also not sure what
was asked still goes out (0.505), and it is under the 0.7 that the answer to a complaint needs."""
_UNFOUND = 0.8  # a claim that rests on no passage may rest on the instructions
_SECOND = 0.85  # the first try had to be thrown away
_UNSURE = 0.9  # the model does not know well what was asked
_FAIR = 0.3  # a passage that speaks of less is no evidence

# Folded: lower case, Latin accents gone. Each is how one says that one does not know, or can't tell.
_DECLINES = re.compile(
    r"\b(?:i|we) (?:really |honestly |currently )?(?:do not|don'?t|did not|didn'?t) (?:have|know|find)\b"
    r"(?! any (?:further )?questions)"
    r"|\b(?:i'?m|i am|we are|we'?re) (?:not sure|unable to|not able to)\b"
    r"|\b(?:i|we) (?:can'?t|cannot) (?:find|say|tell|confirm|answer)\b"
    r"|\bno information (?:on|about)\b"
    r"|\b(?:nao|n) (?:sei|tenho (?:essa |esta |a )?(?:informac|certeza)|encontrei|consigo (?:confirmar|responder))"
    r"|\bno (?:lo )?se\b|\bno (?:tengo (?:esa |la )?(?:informac|certeza)|encontre|puedo (?:confirmar|responder|decir))"
    r"|\b(?:toi|em|minh|chung toi) (?:chua|khong) (?:biet|ro|co thong tin|tim thay|chac)|\bdieu nay toi khong biet\b"
    r"|ไม่ทราบ|ไม่แน่ใจ|ไม่มีข้อมูล|ไม่พบข้อมูล|ไม่สามารถ(?:ตอบ|ยืนยัน)"
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an answer.

    `understood` is how sure its source is of the intent, `supported` the model's own judgement how far passages and
    instructions carry the reply, None where neither is told. `best` is the score of the best passage it cites, or found
    if it cites none (0 without any); `retried` says that a first try was thrown away.
    """

    intent: str
    understood: float | None
    supported: float | None
    best: float
    declines: bool
    retried: bool = False


def declines(reply: str) -> bool:
    """Whether a reply says that it does not know."""
    return _DECLINES.search(fold(reply)) is not None


def confidence(evidence: Evidence) -> float:
    """From 0 to 1: how far the answer may be trusted."""
    if evidence.intent in SMALL_TALK:
        return round(max(evidence.understood or 0.0, 0.8), 3)
    sure = _carried(evidence)
    if evidence.understood is not None and evidence.understood < 0.4:
        sure *= _UNSURE
    if evidence.retried:
        sure *= _SECOND
    if evidence.declines:
        sure = UNKNOWING
    return round(min(max(sure, 0.0), 1.0), 3)


def _carried(evidence: Evidence) -> float:
    """How far passages and instructions carry the reply."""
    found = evidence.best >= _FAIR
    if evidence.supported is None:
        return max(_UNTOLD, 0.5 + evidence.best / 2) if found else _NEUTRAL
    return evidence.supported if found else evidence.supported * _UNFOUND
