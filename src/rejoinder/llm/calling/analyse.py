"""Asking a model what a customer wants or feels, without an answer to the customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias
from uuid import UUID

from rejoinder.llm.calling.ask import Record, ask
from rejoinder.llm.calling.chain import Chain
from rejoinder.llm.calling.parameters import Terms
from rejoinder.llm.form.answer import parse_analysis
from rejoinder.llm.model import Line, Prompt, Understanding

Analysis: TypeAlias = Literal["intent_analysis", "sentiment_analysis"]

_WHAT: Mapping[Analysis, str] = {
    "intent_analysis": (
        "You read what a customer wrote to a business. Say above all what the customer wants, and what is named."
    ),
    "sentiment_analysis": (
        "You read what a customer wrote to a business. Say above all how the customer feels about it."
    ),
}


@dataclass(frozen=True, slots=True)
class Analysed:
    """What was understood, and by whom."""

    understanding: Understanding
    provider: str
    model: str


async def analyse(
    chain: Chain,
    asked: str,
    history: Sequence[Line],
    what: Analysis,
    *,
    timeout: float,
    record: Record,
    bot_id: UUID | None = None,
) -> Analysed:
    """What one message, after its `history`, is taken to say: one call, to the next model where one fails.

    All of the understanding is filled, whichever part of it `what` wants. Limits, `record` and errors are those of
    `generate`; a model that tells neither intent nor sentiment has failed (ModelTransient).
    """
    prompt = Prompt(_WHAT[what], (), tuple(history), (asked,), purpose="analyse")
    terms = Terms(bot_id=bot_id, purpose="analyse")
    said = await ask(chain, prompt, parse_analysis, timeout=timeout, record=record, terms=terms)
    return Analysed(said.read, said.provider, said.model)
