"""What needs no model: a person is called, the customer is asked again, a template answers, nothing is said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from rejoinder.actions.collect import Again, Collecting, GaveUp, Outcome, heard
from rejoinder.bots.voice.templates.context import Context
from rejoinder.bots.voice.templates.pick import pick
from rejoinder.bots.voice.templates.whole import whole
from rejoinder.turns.answering.judging.escalate import Ruling, Situation, before_an_answer, first
from rejoinder.turns.answering.judging.words import handed_over
from rejoinder.turns.answering.model import Window
from rejoinder.turns.answering.understand import Understood
from rejoinder.understanding.naming import valid


@dataclass(frozen=True, slots=True)
class Settled:
    """An answer without a model. `by` names what gave it: a rule, a template, the mode, what was asked for."""

    decision: Literal["answer", "hand_off", "silent"]
    by: str
    reply: str = ""
    reason: str = ""
    rulings: tuple[Ruling, ...] = ()


@dataclass(frozen=True, slots=True)
class First:
    """What is known before a model is asked: an answer, if it needs none, and what became of what was asked for."""

    settled: Settled | None
    collected: Outcome | None = None
    rulings: tuple[Ruling, ...] = field(default=())


def settle(window: Window, understood: Understood, turn_id: UUID) -> First:
    """Whether the messages can be answered without a model. Pure."""
    if window.mode == "analyse":
        return First(Settled("silent", "mode", reason="the bot only analyses"))
    rules = window.bot.settings.escalate
    situation = Situation(understood.local, tags=window.profile.tags)
    rulings = before_an_answer(situation, rules)
    calls = first(rulings)
    if calls is not None:
        text = handed_over(understood.local.language, rules.text)
        return First(Settled("hand_off", calls.rule, text, calls.detail, rulings), rulings=rulings)
    refused = next(
        (each for each in understood.findings if each.severity in ("hand_off", "refuse")), None
    )
    if refused is not None:
        text = handed_over(understood.local.language, rules.text)
        settled = Settled("hand_off", refused.check, text, refused.detail)
        return First(settled, rulings=rulings)
    collected = _collected(window, understood, turn_id)
    if isinstance(collected, Again):
        return First(Settled("answer", "collect_info", collected.reply), collected, rulings)
    if isinstance(collected, GaveUp):
        text = handed_over(understood.local.language, rules.text)
        return First(Settled("hand_off", "collect_info", text, collected.why), collected, rulings)
    templated = _templated(window, understood)
    if templated is not None:
        return First(Settled("answer", "template", templated), collected, rulings)
    return First(None, collected, rulings)


def _templated(window: Window, understood: Understood) -> str | None:
    """The text of a template, where the messages hold nothing but what it is for."""
    if not window.voice.templates or window.has_files:
        return None
    intent = whole(window.texts, window.bot.settings.understand.intents)
    if intent is None:
        return None
    known, local = window.profile, understood.local
    context = Context(
        now=window.local_time,
        bot=window.bot.name,
        persona=window.persona.name if window.persona else "",
        contact=known.display_name or "",
        contact_language=known.language or "",
        tags=tuple(sorted(known.tags)),
        attributes={name: str(value) for name, value in known.attributes.items()},
        intent=intent,
        language=local.language,
        entities={each.type: each.normal or each.value for each in local.entities},
        message="\n".join(window.texts),
    )
    return pick(window.voice.templates, context)


def _collected(window: Window, understood: Understood, turn_id: UUID) -> Outcome | None:
    """What became of what the customer was asked for."""
    if window.profile.collecting is None:
        return None
    own, local = window.bot.settings.understand.entities, understood.local
    return heard(
        Collecting.read(window.profile.collecting),
        window.texts,
        turn_id=turn_id,
        now=window.profile.now,
        valid=lambda kind, value: valid(kind, value, understood.place, own),
        found=local.entities,
        intent=local.intent,
        language=local.language,
    )
