"""Asking the models of a chain for the answer."""

from __future__ import annotations

from dataclasses import dataclass

from rejoinder.llm.calling.ask import Record, ask
from rejoinder.llm.calling.chain import Chain
from rejoinder.llm.form.answer import parse_answer
from rejoinder.llm.model import Answer, Prompt


@dataclass(frozen=True, slots=True)
class Generated:
    """An answer, and whose it is."""

    answer: Answer
    provider: str
    model: str


async def generate(chain: Chain, prompt: Prompt, *, timeout: float, record: Record) -> Generated:
    """The first answer of the chain's models, each asked at most once; `timeout` is seconds a call.

    Asking again after a pause is the caller's business: what is asked may change meanwhile. Limits, `record` and
    errors are those of `ask`.
    """
    said = await ask(chain, prompt, parse_answer, timeout=timeout, record=record)
    return Generated(said.read, said.provider, said.model)
