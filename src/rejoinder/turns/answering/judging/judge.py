"""All that was found out becomes the turn's verdict. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rejoinder.actions.collect import Cancelled, Kept
from rejoinder.actions.model import TransferToAgent
from rejoinder.actions.plan import Plan, Say, plan
from rejoinder.bots.voice.disclosure import with_disclosure
from rejoinder.bots.voice.persona import signed
from rejoinder.conversations.content import Text
from rejoinder.knowledge import cited, known
from rejoinder.llm.model import Understanding
from rejoinder.turns.answering.judging.confidence import SMALL_TALK, Evidence, confidence, declines
from rejoinder.turns.answering.judging.escalate import Ruling, Situation, after_an_answer, first
from rejoinder.turns.answering.judging.telling import tells_of_a_person
from rejoinder.turns.answering.judging.words import SPOKEN, handed_over
from rejoinder.turns.answering.make import Made
from rejoinder.turns.answering.model import Window
from rejoinder.turns.answering.settle import First, Settled
from rejoinder.turns.answering.understand import Understood
from rejoinder.turns.model import Verdict
from rejoinder.understanding.merge import merge


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict, and what led to it, for the explanation."""

    verdict: Verdict
    understanding: Understanding
    evidence: Evidence | None = None
    rulings: tuple[Ruling, ...] = ()


def without_a_model(
    window: Window, understood: Understood, found: First, settled: Settled
) -> Judged:
    """What needed no model."""
    hands_over = settled.decision == "hand_off"
    verdict = Verdict(
        "handed_off" if hands_over else "committed",
        replies=(),
        decision=settled.decision,
        reason=settled.reason,
        understanding=understood.local,
        planned=_clothed(
            plan(settled.reply, [TransferToAgent(settled.reason)] if hands_over else []),
            window,
            understood.local,
        ),
        draft=window.mode == "draft",
        confidence=understood.local.confidence,
        collected=found.collected,
    )
    return Judged(verdict, understood.local, rulings=found.rulings)


def stopped(window: Window, understood: Understood, found: First, why: str) -> Judged:
    """The budget is used up: the bot's fallback text, and a person."""
    settled = Settled("hand_off", "budget", window.bot.fallback_text, why)
    return without_a_model(window, understood, found, settled)


def of_an_answer(window: Window, understood: Understood, found: First, made: Made) -> Judged:
    """What a model made: sent, sent with a person called, or a person called instead."""
    settings, answer = window.bot.settings, made.answer
    understanding = merge(
        understood.local,
        None if made.provider == "local" else _trusted(made, understood),
        settings.understand,
        understood.place,
    )
    evidence = _evidence(made, understanding)
    sure = confidence(evidence) if answer.decision != "silent" else None
    knows = _knows(made, understanding, evidence, settings.know.min_score)
    rulings = _rulings(window, _meant(understanding, found), sure, knows)
    calls = first(rulings)
    planned, reason = made.planned, answer.reason
    if made.refused:
        planned = _instead(window, understanding)
        # Not what was found: that quotes the answer, and callers are told of reasons. The explanation has it.
        reason = f"the guard refused the answer: {made.refused[0].check}"
    elif answer.decision == "hand_off" or planned.transfer is not None:
        # What the model says to that goes out, and its own reason stands.
        reason = reason or (planned.transfer.reason if planned.transfer else "")
    elif calls is not None:
        planned = planned if calls.keeps and planned.messages else _instead(window, understanding)
        reason = calls.detail
    elif knows is False and settings.know.not_found == "hand_off":
        planned, reason = _instead(window, understanding), "nothing is known of what was asked"
    by_model = answer.decision == "hand_off" or planned.transfer is not None
    hands_over = (
        bool(made.refused or calls)
        or by_model
        or (knows is False and settings.know.not_found == "hand_off")
    )
    if hands_over:
        planned = replace(planned, transfer=TransferToAgent(reason), collect=None, end=None)
        # What a model says that hands over by itself may tell it already in a language that we don't speak.
        if not by_model or understanding.language in SPOKEN:
            planned = _telling(planned, window, understanding)
    verdict = Verdict(
        "handed_off" if hands_over else "committed",
        replies=(),
        decision="hand_off" if hands_over else "answer" if planned.messages else "silent",
        reason=reason,
        provider=made.provider,
        model=made.model,
        understanding=understanding,
        planned=_clothed(planned, window, understanding),
        draft=window.mode == "draft",
        confidence=sure,
        known=None if made.refused else knows,
        sources=tuple(each.told() for each in cited(made.found, answer.sources)),
        collected=found.collected,
    )
    return Judged(verdict, understanding, evidence, (*found.rulings, *rulings))


def _trusted(made: Made, understood: Understood) -> Understanding:
    """What the model understood; who answered as the guard can't allow may have been told what to understand too."""
    if not made.refused:
        return made.answer.understanding
    return replace(understood.local, language=made.answer.understanding.language)


def _evidence(made: Made, understanding: Understanding) -> Evidence:
    answer = made.answer
    citations = cited(made.found, answer.sources)
    scores = [each.score for each in citations] or [each.score for each in made.found]
    return Evidence(
        intent=understanding.intent,
        understood=understanding.confidence,
        supported=answer.supported,
        best=max(scores, default=0.0),
        declines=declines(answer.reply),
        retried=bool(made.before),
    )


def _knows(
    made: Made, understanding: Understanding, evidence: Evidence, min_score: float
) -> bool | None:
    """Whether the answer knew what was asked; None where nothing was."""
    if made.answer.decision != "answer" or understanding.intent in SMALL_TALK:
        return None
    if evidence.declines:
        return False
    return True if known(made.found, min_score) or made.answer.supported else None


def _meant(understanding: Understanding, found: First) -> Understanding:
    """What the rules go by: who does not tell what they were asked for is no complainer by rules alone."""
    refuses = isinstance(found.collected, Kept | Cancelled) and understanding.source == "local"
    return replace(understanding, intent="unknown") if refuses else understanding


def _rulings(
    window: Window, understanding: Understanding, sure: float | None, knows: bool | None
) -> tuple[Ruling, ...]:
    situation = Situation(
        understanding,
        confidence=sure,
        complaints=window.complaints + ("complain" in understanding.intent),
        unknowing=window.unknowing + 1 if knows is False else 0,
        tags=window.profile.tags,
    )
    settings = window.bot.settings
    own = {each.name for each in settings.understand.intents}
    return after_an_answer(situation, settings.escalate, own)


def _instead(window: Window, understanding: Understanding) -> Plan:
    """A person is called, and the customer told so; nothing of the answer goes out."""
    return plan(handed_over(understanding.language, window.bot.settings.escalate.text), [])


def _telling(planned: Plan, window: Window, understanding: Understanding) -> Plan:
    """The plan, behind whose last text the customer is told that a person comes, unless it says so.

    Who is told nothing at all stays untold: a model may hand over without a word.
    """
    own = window.bot.settings.escalate.text
    says = list(planned.messages)
    if not says or (own and own in planned.words) or tells_of_a_person(planned.words):
        return planned
    line, last = handed_over(understanding.language, own), says[-1]
    if last.is_text:
        says[-1] = last.with_text(f"{last.text}\n\n{line}")
    else:
        says.append(Say(Text(text=line)))
    return replace(planned, messages=tuple(says))


def _clothed(planned: Plan, window: Window, understanding: Understanding) -> Plan:
    """The plan with the disclosure before its first text and the signature under its last."""
    texts = [number for number, each in enumerate(planned.messages) if each.is_text]
    if not texts:
        return planned
    says = list(planned.messages)
    says[texts[-1]] = says[texts[-1]].with_text(signed(says[texts[-1]].text, window.persona))
    told = with_disclosure(
        says[texts[0]].text, window.first, window.bot.settings.speak, understanding.language
    )
    says[texts[0]] = says[texts[0]].with_text(told)
    return replace(planned, messages=tuple(says))
