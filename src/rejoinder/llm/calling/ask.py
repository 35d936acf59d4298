"""Calling the models of a chain, one after the other: failures sorted, every call booked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Final, Generic

from pydantic_ai.models import Model

from rejoinder.errors import ModelError, ModelRefused, ModelTransient
from rejoinder.llm.calling.chain import Chain, takes
from rejoinder.llm.calling.failure import DECLINED, PROMPT_REFUSED, is_ailing
from rejoinder.llm.calling.limits import CROWDED
from rejoinder.llm.calling.parameters import USUAL, Terms
from rejoinder.llm.calling.running import Read, Record, Running
from rejoinder.llm.form.messages import to_messages
from rejoinder.llm.model import Prompt

__all__ = ["Record", "Said", "ask"]

_PLACE_S: Final = 5.0
"""So long a call waits for a place at its provider if another model may be asked instead."""


@dataclass(frozen=True, slots=True)
class Said(Generic[Read]):
    """What was read of a model's text, and whose it is."""

    read: Read
    provider: str
    model: str


async def ask(
    chain: Chain,
    prompt: Prompt,
    read: Callable[[str], Read],
    *,
    timeout: float,
    record: Record,
    terms: Terms = USUAL,
) -> Said[Read]:
    """The first usable response of the chain's models, each asked at most once, one after the other.

    One that refuses a prompt with files is asked a second time, without them.

    `read` makes of a response's text what is wanted; it raises ModelTransient where it can't. Each call takes at most
    `timeout` seconds, or those of the terms, the wait for a place at its provider among them. None is asked to say what
    another declined to, and none that failed again and again, until one call has tried it. `record` is called once for
    each call made, failed and cancelled ones too. When none can answer, raises the failure that may pass if there is
    one (ModelTransient or ModelThrottled, whose `retry_after` is the shortest pause asked for, None as soon as one
    asked for none), else ModelRefused. Cancelling it cancels the running call, which closes the connection to the
    provider.
    """
    limit = terms.ask.timeout_seconds or timeout
    await chain.ready(limit)
    failures: list[ModelError] = []
    order = chain.order()
    for number, model in enumerate(order, 1):
        breaker = chain.breaker(model)
        if (shut := breaker.enter()) is not None:
            failures.append(shut)
            continue
        trial = breaker.trying
        patience = limit if number == len(order) else min(limit, _PLACE_S)
        try:
            call, found = await _first(chain, model, prompt, read, limit, patience, record, terms)
        except ModelError as error:
            if is_ailing(error):
                breaker.failed(error)
            elif error.code != CROWDED:
                breaker.answered(well=False)
            if error.code == DECLINED:
                raise
            failures.append(error)
        else:
            breaker.answered()
            return Said(found, model.system, call.name)
        finally:
            if trial:
                breaker.left()
    raise _hopeful(failures)


async def _first(
    chain: Chain,
    model: Model,
    prompt: Prompt,
    read: Callable[[str], Read],
    limit: float,
    patience: float,
    record: Record,
    terms: Terms,
) -> tuple[Running, Read]:
    """With the files it takes; in words alone where it refuses that, a picture it can't read for instance."""
    for taken in dict.fromkeys((takes(model), frozenset[str]())):
        messages, parameters = to_messages(prompt, taken)
        call = Running(model, messages, terms)
        begun = monotonic()
        try:
            async with chain.limits.place(model.system, patience):
                left = max(0.0, limit - (monotonic() - begun))
                return call, await call.end(parameters, read, left, record)
        except ModelRefused as refused:
            with_files = any(each.mime_type in taken for each in prompt.attachments)
            if refused.code != PROMPT_REFUSED or not with_files:
                raise
    raise AssertionError("the last round has no files")


def _hopeful(failures: Sequence[ModelError]) -> ModelError:
    passing = [error for error in failures if isinstance(error, ModelTransient)]
    if not passing:
        return failures[0]
    waits = [error.retry_after for error in passing if error.retry_after is not None]
    told = passing[0]
    told.retry_after = min(waits) if len(waits) == len(passing) else None
    return told
