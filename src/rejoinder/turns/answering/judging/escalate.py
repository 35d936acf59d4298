"""When a person is called: the bot's rules, looked at one by one, each with what it saw."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from rejoinder.bots.policies import Escalate
from rejoinder.llm.model import Understanding

PLAIN = 0.5
"""What was understood with less confidence calls nobody."""

ASKING = frozenset(
    {"policy", "policies", "terms", "conditions", "rules", "info", "information", "faq"}
)
"""In a model's word for an intent: the customer wants to know about it, and not it."""

AT_ONCE = frozenset({"emergency", "legal", "abuse"})
"""Intents for people that no bot answers first."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What the rules look at.

    `confidence` is the answer's, None where none was made. `complaints` counts the customer's turns in this
    conversation that complained, `unknowing` the bot's answers in a row that knew nothing, this turn among them.
    """

    understanding: Understanding
    confidence: float | None = None
    complaints: int = 0
    unknowing: int = 0
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one rule says. `keeps` says that the answer goes out all the same, before the person comes."""

    rule: str
    fired: bool
    detail: str = ""
    keeps: bool = True


def first(rulings: Sequence[Ruling]) -> Ruling | None:
    """The rule that calls a person: one that holds the answer back goes before those that let it out."""
    fired = sorted((each for each in rulings if each.fired), key=lambda each: each.keeps)
    return fired[0] if fired else None


def before_an_answer(situation: Situation, settings: Escalate) -> tuple[Ruling, ...]:
    """The rules that call a person without asking a model first."""
    needs = situation.understanding.needs
    urgent = sorted(needs & AT_ONCE & settings.intents)
    vip = sorted(situation.tags.intersection(settings.vip_tags))
    return (
        Ruling(
            "asks_person",
            settings.asks_person and "person" in needs,
            "the customer asks for a person",
            keeps=False,
        ),
        Ruling(
            "intent",
            bool(urgent),
            f"intent requires a person: {', '.join(urgent)}",
            keeps=False,
        ),
        Ruling(
            "vip",
            settings.vip_always and bool(vip),
            f"the contact is {', '.join(vip)}",
            keeps=False,
        ),
    )


def after_an_answer(
    situation: Situation, settings: Escalate, own: Collection[str] = ()
) -> tuple[Ruling, ...]:
    """The rules that look at what was understood and how sure the answer is.

    The bot's `own` intents call a person where they are listed themselves.
    """
    return tuple(_after(situation, settings, own))


def _after(now: Situation, settings: Escalate, own: Collection[str]) -> Iterator[Ruling]:
    told, sure = now.understanding, now.confidence
    plain = told.confidence is None or told.confidence >= PLAIN
    intent = told.intent if plain else "unknown"
    sentiment = told.sentiment if plain else "neutral"
    complains = "complain" in intent
    yield Ruling(
        "very_negative",
        settings.very_negative and sentiment == "very_negative",
        "very negative sentiment",
    )
    yield Ruling(
        "unsure_complaint",
        complains and sure is not None and sure < settings.complaint_confidence,
        f"a complaint, answered with confidence {_two(sure)} of {settings.complaint_confidence:g}",
        keeps=False,
    )
    yield Ruling(
        "complaints",
        0 < settings.complaints <= now.complaints,
        f"{now.complaints} complaints in this conversation",
    )
    yield Ruling(
        "low_confidence",
        sure is not None and sure < settings.min_confidence,
        f"confidence {_two(sure)} of {settings.min_confidence:g}",
        keeps=False,
    )
    yield Ruling(
        "not_found",
        0 < settings.not_found <= now.unknowing,
        f"{now.unknowing} answers in a row that knew nothing",
    )
    needs = sorted(told.needs & settings.intents)
    need = needs[0] if needs else _needed(intent, settings.intents, own)
    yield Ruling("intent", need is not None, f"intent requires a person: {need}")
    vip = sorted(now.tags.intersection(settings.vip_tags))
    yield Ruling(
        "vip",
        bool(vip) and (complains or sentiment in ("negative", "very_negative")),
        f"the contact is {', '.join(vip)} and not content",
    )


def _needed(intent: str, listed: frozenset[str], own: Collection[str]) -> str | None:
    """The intent for people that it is: itself, or a word of the model's own made of one.

    `refund_request` is one of `refund`; `illegal_parking` is none of `legal`, and who asks for a `refund_policy` asks.
    """
    if intent in listed:
        return intent
    words = intent.split("_")
    if intent in own or not ASKING.isdisjoint(words):
        return None
    return next((word for word in sorted(listed) if _holds(words, word.split("_"))), None)


def _holds(words: Sequence[str], some: Sequence[str]) -> bool:
    return any(words[at : at + len(some)] == some for at in range(len(words)))


def _two(sure: float | None) -> str:
    return "" if sure is None else f"{sure:.2f}"
