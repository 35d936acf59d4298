"""A model makes the answer; the guard reads it before anybody else does."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Protocol

from rejoinder.actions.plan import Plan, plan
from rejoinder.actions.read import read as read_steps
from rejoinder.actions.read import restored
from rejoinder.bots.policies import Ask
from rejoinder.guard.after import after, mend
from rejoinder.guard.model import Facts, Finding
from rejoinder.guard.redact import Redaction
from rejoinder.knowledge import Found
from rejoinder.llm.calling.chain import Chain
from rejoinder.llm.calling.generate import Generated, generate
from rejoinder.llm.form.rules import RULES
from rejoinder.llm.model import Answer, Attachment
from rejoinder.turns.answering.judging.beside import believed
from rejoinder.turns.answering.model import Window
from rejoinder.turns.answering.prompting import prompt_facts
from rejoinder.turns.answering.understand import Understood
from rejoinder.turns.prompt.compose import composed
from rejoinder.turns.prompt.hide import hidden
from rejoinder.turns.prompt.model import Composed, PromptFacts
from rejoinder.turns.prompt.turn import profile
from rejoinder.usage.model import Call

_END = re.compile(r"[.!?…。！？](?=\s)|\n|(?<=[ก-๛]) ")

_KNOWN = frozenset({"en", "th", "vi", "pt", "es"})

TRIES = 2
"""An answer the guard refuses is made once more, told what was wrong; then a person is called."""


class Asking(Protocol):
    """Whom a turn asks, and what it does with what it hears."""

    @property
    def chain(self) -> Chain:
        """The models, the preferred first."""

    @property
    def ask(self) -> Ask:
        """How they are asked."""

    @property
    def timeout(self) -> float:
        """Seconds of each call."""

    @property
    def record(self) -> Callable[[Call], None]:
        """Takes each call that was made."""

    @property
    def on_text(self) -> Callable[[str], None] | None:
        """Takes the reply while it is made."""


@dataclass(frozen=True, slots=True)
class Made:
    """An answer as it came, with what was hidden from the model put back.

    `findings` are those of the answer that stands, `before` those of the tries that were thrown away. `refused` are the
    findings for which it is not sent. `problems` tell what of its actions made no sense.
    """

    answer: Answer
    provider: str
    model: str
    planned: Plan
    found: tuple[Found, ...]
    composed: Composed
    findings: tuple[Finding, ...]
    before: tuple[tuple[Finding, ...], ...]
    refused: tuple[Finding, ...]
    problems: tuple[str, ...]
    seconds: float


async def make(
    asking: Asking,
    window: Window,
    understood: Understood,
    found: Sequence[Found],
    platform: str,
    attachments: tuple[Attachment, ...] = (),
) -> Made:
    """The answer, made anew once where the guard found something wrong. Raises a ModelError."""
    redaction = Redaction(window.bot.settings.check.redact)
    facts = prompt_facts(window, understood, found, platform, attachments)
    thrown: list[tuple[Finding, ...]] = []
    begun = monotonic()
    while True:
        prompt = composed(hidden(facts, redaction.hide))
        generated = await generate(
            asking.chain,
            prompt.prompt,
            timeout=asking.timeout,
            record=asking.record,
            ask=asking.ask,
            bot_id=window.bot.bot_id,
            on_text=_releasing(asking.on_text, redaction, window, understood, facts, prompt),
        )
        made = _made(generated, redaction, window, understood, facts, prompt)
        wrong = _wrong(made.findings)
        if not wrong or len(thrown) + 1 == TRIES or _hopeless(wrong):
            return replace(
                made,
                found=tuple(found),
                before=tuple(thrown),
                refused=wrong,
                seconds=monotonic() - begun,
            )
        thrown.append(made.findings)
        facts = replace(facts, notes=(mend(wrong),))


def _made(
    generated: Generated,
    redaction: Redaction,
    window: Window,
    understood: Understood,
    told: PromptFacts,
    composed: Composed,
) -> Made:
    """The model's answer with everything put back, as a plan, and what the guard finds in it."""
    raw = generated.answer
    answer = replace(
        raw,
        reply=redaction.show(raw.reply),
        steps=restored(raw.steps, redaction.show),
        understanding=replace(
            raw.understanding,
            entities=tuple(
                replace(each, value=redaction.show(each.value))
                for each in raw.understanding.entities
            ),
        ),
    )
    check = window.bot.settings.check
    facts = _facts(answer, window, understood, told, composed)
    own = [each.name for each in window.bot.settings.understand.intents]
    answer = believed(answer, facts, check, own)
    actions, problems = read_steps(answer.steps)
    planned = plan(answer.reply if answer.decision != "silent" else "", actions)
    says = planned.words
    findings: tuple[Finding, ...] = ()
    if says or answer.decision == "answer":
        findings = after(says, facts, check)
    return Made(
        answer,
        generated.provider,
        generated.model,
        planned,
        (),
        composed,
        findings,
        (),
        (),
        problems,
        0.0,
    )


def _facts(
    answer: Answer,
    window: Window,
    understood: Understood,
    told: PromptFacts,
    composed: Composed,
) -> Facts:
    return Facts(
        asked=told.asked,
        history=told.history,
        instructions=composed.prompt.instructions,
        passages=told.passages,
        context="\n".join(filter(None, (told.resources, told.summary, profile(told.profile)))),
        language=_spoken(understood.local.language, answer.understanding.language),
        earlier_replies=[each.text for each in window.own_replies],
        done=answer.done,
        persona=told.persona.name if told.persona else window.bot.name,
        suspicious=understood.suspicious,
        internal=RULES,
        done_actions=["passed on to a colleague"] if answer.decision == "hand_off" else (),
    )


def _spoken(by_rules: str, by_model: str) -> str:
    """The customer's language. Rules know five; they take a short line for another one more often than a model does."""
    return by_rules if by_rules in _KNOWN or by_model == "und" else by_model


def _releasing(
    tell: Callable[[str], None] | None,
    redaction: Redaction,
    window: Window,
    understood: Understood,
    told: PromptFacts,
    composed: Composed,
) -> Callable[[str], None] | None:
    """Shows what is being written up to its last whole sentence, as long as the guard finds nothing wrong in it."""
    if tell is None:
        return None
    shown: list[str] = [""]

    def on_text(text: str) -> None:
        whole = redaction.show(_sentences(text))
        if whole == shown[0] or not whole:
            return
        answer = Answer(whole, "answer", "")
        facts = _facts(answer, window, understood, told, composed)
        if _wrong(after(whole, facts, window.bot.settings.check)):
            return
        shown[0] = whole
        tell(whole)

    return on_text


def _sentences(text: str) -> str:
    """The text up to the end of its last whole sentence; a line ends one where no stop does."""
    ends = [found.end() for found in _END.finditer(text)]
    return text[: ends[-1]].rstrip() if ends else ""


def _wrong(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(each for each in findings if not each.ok and each.severity != "note")


def _hopeless(wrong: Sequence[Finding]) -> bool:
    """Whether a second try is pointless."""
    return any(each.severity in ("hand_off", "refuse") for each in wrong)
