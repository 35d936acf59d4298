"""What a model writes beside its reply: no customer reads it, but records hold it and callers are told of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import Final

from rejoinder.bots.policies import Check
from rejoinder.guard.after import after
from rejoinder.guard.model import Facts
from rejoinder.guard.names import CHECKS
from rejoinder.llm.model import INTENTS, Answer, Step, Understanding
from rejoinder.text import fold

_TELLING: Final = frozenset({"leaked_prompt", "secrets"})
_MOST_WORDS: Final = (
    5  # of an intent of the model's own: `book_an_appointment_tomorrow`; more are a sentence
)


def believed(answer: Answer, facts: Facts, check: Check, own: Collection[str] = ()) -> Answer:
    """The answer without what shows, beside the reply, what no reply may show: the instructions, a secret.

    Things that the customer named in these words are not looked at. An intent that is none of the bot's `own` and no
    word either is "unknown".
    """
    allowed = _allowing(facts, check)
    understood = answer.understanding
    if understood.intent not in own and not _is_word(understood.intent):
        understood = replace(understood, intent="unknown")
    if not allowed(_unheard(understood, facts)):
        understood = Understanding(language=understood.language)
    return replace(
        answer,
        understanding=understood,
        reason=answer.reason if answer.decision == "answer" or allowed([answer.reason]) else "",
        steps=tuple(_reasonable(step, allowed) for step in answer.steps),
    )


def _allowing(facts: Facts, check: Check) -> Callable[[Iterable[str]], bool]:
    only = check.model_copy(update={"off": check.off | (CHECKS.keys() - _TELLING)})

    def allowed(texts: Iterable[str]) -> bool:
        text = "\n".join(filter(None, texts))
        return not text or all(each.ok for each in after(text, facts, only))

    return allowed


def _reasonable(step: Step, allowed: Callable[[Iterable[str]], bool]) -> Step:
    reason = step.data.get("reason")
    if not isinstance(reason, str) or allowed([reason]):
        return step
    return replace(step, data={name: step.data[name] for name in step.data if name != "reason"})


def _unheard(understood: Understanding, facts: Facts) -> list[str]:
    """The values that the customer did not write."""
    if not understood.entities:
        return []
    heard = fold("\n".join([*facts.asked, *(line.text for line in facts.history)]))
    values = (each.value for each in understood.entities)
    return [value for value in values if fold(value) not in heard]


def _is_word(intent: str) -> bool:
    parts = intent.split("_")
    return intent in INTENTS or (len(parts) <= _MOST_WORDS and all(map(str.isalpha, parts)))
