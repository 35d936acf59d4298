"""What the local model can honestly say of intent and feeling: it knows small talk, questions and a few plain words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rejoinder.llm.local.intents import Intent, asks, intent
from rejoinder.llm.model import Sentiment, Understanding
from rejoinder.text import fold, sentences

# Not measured: they tell a plain sign from an ordinary one and from none.
_PLAIN: Final = 0.8
_LIKELY: Final = 0.6
_NONE: Final = 0.0

_NAMES: tuple[tuple[Intent, str], ...] = (
    ("person", "request"),
    ("identity", "question"),
    ("thanks", "thanks"),
    ("goodbye", "goodbye"),
    ("greeting", "greeting"),
)

# Folded text. "ok" and "got it" close a matter and show no feeling.
_PLEASED = re.compile(
    r"\b(?:thanks?|thank you|thx|tks|great|perfect|brigad[oa]|obrigad[oa]|valeu|vlw|cam on|merci|gracias|danke)\b"
    r"|ขอบคุณ|ขอบใจ"
)
_UPSET = re.compile(
    r"\b(?:terrible|awful|disgusting|furious|unacceptable|ridiculous|scam|rip-?off|disappoint(?:ed|ing))\b"
    r"|\b(?:pessim[oa]|decepcionad[oa]|inaceitavel|absurdo|golpe)\b"
    r"|\b(?:pesim[oa]|decepcionante|inaceptable|estafa|fatal|horrible|furios[oa])\b"
    r"|\b(?:te qua|that vong|lua dao|buc minh|buc qua)\b"
    r"|แย่มาก|ห่วย|ผิดหวัง|โกง|หลอกลวง"
)
_NEGATION = re.compile(r"\b(?:no|not|isn't|wasn't|nao|khong|ko)\b|ไม่")


def understand(asked: Sequence[str]) -> Understanding:
    """The understanding of the unanswered messages; `neutral` also where it can't tell, and no entities."""
    lines = [sentence for message in asked for sentence in sentences(message)]
    wants = [(intent(line), line) for line in lines]
    name, confidence = _intent(wants)
    return Understanding(name, _sentiment(wants), confidence)


def scolds(line: str) -> bool:
    """Whether it blames and asks nothing: no quote answers that."""
    return "?" not in line and _UPSET.search(fold(line)) is not None


def _intent(wants: Sequence[tuple[Intent, str]]) -> tuple[str, float]:
    told = {want for want, _ in wants}
    if "question" in told and "person" not in told:
        asked = any(want == "question" and asks(line) for want, line in wants)
        return ("question", _LIKELY) if asked else ("unknown", _NONE)
    return next(((name, _PLAIN) for want, name in _NAMES if want in told), ("unknown", _NONE))


def _sentiment(wants: Sequence[tuple[Intent, str]]) -> Sentiment:
    folded = [(want, fold(line)) for want, line in wants]
    if any(_UPSET.search(line) and not _NEGATION.search(line) for _, line in folded):
        return "negative"
    if any(want == "thanks" and _PLEASED.search(line) for want, line in folded):
        return "positive"
    return "neutral"
