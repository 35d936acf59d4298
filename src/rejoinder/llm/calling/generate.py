"""Asking the models of a chain for the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from rejoinder.bots.policies import Ask
from rejoinder.llm.calling import ask as asking
from rejoinder.llm.calling.chain import Chain
from rejoinder.llm.calling.parameters import Terms
from rejoinder.llm.calling.running import Record
from rejoinder.llm.form.answer import parse_answer
from rejoinder.llm.model import Answer, Prompt
from rejoinder.usage.model import Purpose

__all__ = ["Generated", "generate"]


@dataclass(frozen=True, slots=True)
class Generated:
    """An answer, and whose it is."""

    answer: Answer
    provider: str
    model: str


async def generate(
    chain: Chain,
    prompt: Prompt,
    *,
    timeout: float,
    record: Record,
    ask: Ask | None = None,
    bot_id: UUID | None = None,
    purpose: Purpose = "answer",
    on_text: Callable[[str], None] | None = None,
) -> Generated:
    """The first answer of the chain's models, each asked at most once; `timeout` is seconds a call.

    `ask` are the bot's wishes, `bot_id` and `purpose` go into the ledger. With `on_text` the answer is streamed, where
    the model can: it is told the whole reply so far, each time that has grown, and at the end the reply of the answer,
    unless nothing is to be sent. When a model broke off and another one is asked, the text begins anew.

    Asking again after a pause is the caller's business: what is asked may change meanwhile. Limits, `record` and
    errors are those of `calling.ask.ask`.
    """
    told: list[str] = [""]

    def tell(text: str) -> None:
        told[0] = text
        if on_text is not None:
            on_text(text)

    terms = Terms(ask or Ask(), bot_id, purpose, tell if on_text is not None else None)
    said = await asking.ask(
        chain, prompt, parse_answer, timeout=timeout, record=record, terms=terms
    )
    reply = said.read.reply
    if reply and reply != told[0]:
        tell(reply)
    return Generated(said.read, said.provider, said.model)
