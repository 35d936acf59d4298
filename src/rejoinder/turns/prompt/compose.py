"""The facts of a turn become a prompt."""

from __future__ import annotations

from dataclasses import replace

from rejoinder.llm.form.fences import fenced
from rejoinder.llm.form.rules import RULES_OF
from rejoinder.llm.form.tokens import tokens
from rejoinder.llm.model import Prompt, Purpose
from rejoinder.turns.prompt import turn
from rejoinder.turns.prompt.budget import Room, shortened
from rejoinder.turns.prompt.instructions import instructions
from rejoinder.turns.prompt.model import Composed, Dropped, PromptFacts

_BEGINNING = (
    "(What the customer wrote before this is left out.)"  # where a history begins with a reply
)
_PROFILE_SHARE = 0.3  # of what is left, of a profile that does not fit whole
_SUMMARY_SHARE = 0.5


def compose(facts: PromptFacts) -> Prompt:
    """The prompt of one turn. Pure: the same facts make the same prompt."""
    return composed(facts).prompt


def composed(facts: PromptFacts) -> Composed:
    """The prompt, with what was dropped to keep it within the bot's `token_budget`, beside the asked messages.

    Instructions, rules, hints and task always stand; where they alone are over the budget, nothing else does.
    """
    prompt = whole(facts)
    budget = facts.bot.settings.speak.token_budget
    fixed = fixed_tokens(prompt)
    room = Room(budget - fixed)
    context = room.take_whole("context", prompt.context)
    profile = room.take_shortened("profile", prompt.profile, _PROFILE_SHARE)
    summary = room.take_shortened("summary", prompt.summary, _SUMMARY_SHARE)
    passages = room.take_passages(prompt.passages)
    history = room.take_history(prompt.history)
    kept = replace(
        prompt,
        context=context,
        profile=profile,
        summary=summary,
        passages=passages,
        history=history,
        asked=shortened(prompt.asked, facts.longest_asked),
    )
    return Composed(kept, _dropped(prompt, kept), budget - room.left)


def whole(facts: PromptFacts) -> Prompt:
    """Everything there is, whatever its size."""
    purpose: Purpose = "analyse" if facts.mode == "analyse" else "answer"
    return Prompt(
        instructions=instructions(facts),
        passages=facts.passages,
        history=facts.history,
        asked=facts.asked,
        context=facts.resources,
        purpose=purpose,
        attachments=facts.attachments,
        summary=facts.summary.strip(),
        profile=turn.profile(facts.profile),
        hints=turn.hints(facts.understanding),
        task=turn.task(facts),
    )


def fixed_tokens(prompt: Prompt) -> int:
    """The estimated tokens of what is never dropped, beside the asked messages."""
    always = [prompt.instructions, RULES_OF[prompt.purpose]]
    always += [_BEGINNING] if prompt.history else []
    always += [fenced("hints", prompt.hints)] if prompt.hints else []
    always += [fenced("task", prompt.task)] if prompt.task else []
    return sum(map(tokens, always))


def _dropped(whole: Prompt, kept: Prompt) -> Dropped:
    texts = (
        ("context", whole.context, kept.context),
        ("profile", whole.profile, kept.profile),
        ("summary", whole.summary, kept.summary),
        ("asked", "\n".join(whole.asked), "\n".join(kept.asked)),
    )
    return Dropped(
        history=len(whole.history) - len(kept.history),
        passages=len(whole.passages) - len(kept.passages),
        shortened=tuple(name for name, before, after in texts if after and after != before),
        left_out=tuple(name for name, before, after in texts if before and not after),
    )
