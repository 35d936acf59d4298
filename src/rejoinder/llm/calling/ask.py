"""Calling the models of a chain: a time limit on each call, failures sorted, every call booked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Generic, TypeVar

from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.usage import RequestUsage

from rejoinder.errors import ModelError, ModelRefused, ModelTransient
from rejoinder.llm.calling.chain import Chain, takes
from rejoinder.llm.calling.failure import (
    BROKE_OFF,
    DECLINED,
    PROMPT_REFUSED,
    UNUSABLE,
    from_exception,
    is_ailing,
)
from rejoinder.llm.calling.price import cost
from rejoinder.llm.form.messages import as_text, to_messages
from rejoinder.llm.model import Prompt
from rejoinder.usage.model import Call, Outcome

# English has about four characters a token (OpenAI, "What are tokens"); other scripts have fewer,
# so the estimate is a floor.
CHARACTERS_PER_TOKEN = 4

Record = Callable[[Call], None]
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Said(Generic[Read]):
    """What was read of a model's text, and whose it is."""

    read: Read
    provider: str
    model: str


async def ask(
    chain: Chain, prompt: Prompt, read: Callable[[str], Read], *, timeout: float, record: Record
) -> Said[Read]:
    """The first usable response of the chain's models, each asked at most once, one after the other.

    One that refuses a prompt with files is asked a second time, without them.

    `read` makes of a response's text what is wanted; it raises ModelTransient where it can't. Each call takes at most
    `timeout` seconds. None is asked to say what another declined to. `record` is called once for each call made,
    failed and cancelled ones too. When none can answer, raises the failure that may pass if there is one
    (ModelTransient or ModelThrottled, whose `retry_after` is the shortest pause asked for, None as soon as one asked
    for none), else ModelRefused. Cancelling it cancels the running call, which closes the connection to the provider.
    """
    failures: list[ModelError] = []
    for model in chain.order():
        try:
            call, found = await _first(model, prompt, read, timeout, record)
        except ModelError as error:
            if error.code == DECLINED:
                raise
            if is_ailing(error):
                chain.failed(model, error.retry_after)
            failures.append(error)
        else:
            chain.answered(model)
            return Said(found, model.system, call.name)
    raise _hopeful(failures)


async def _first(
    model: Model, prompt: Prompt, read: Callable[[str], Read], timeout: float, record: Record
) -> tuple[Running, Read]:
    """With the files it takes; in words alone where it refuses that, a picture it can't read for instance."""
    for taken in dict.fromkeys((takes(model), frozenset[str]())):
        messages, parameters = to_messages(prompt, taken)
        call = Running(model, messages)
        try:
            return call, await call.end(parameters, read, timeout, record)
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


@dataclass(slots=True)
class Running:
    """One call and what is known of it; it counts as cancelled until it ends otherwise.

    `began` says that the provider may have worked on it.
    """

    model: Model
    messages: list[ModelMessage]
    outcome: Outcome = "cancelled"
    error: str = ""
    response: ModelResponse | None = None
    began: bool = True

    async def end(
        self,
        parameters: ModelRequestParameters,
        read: Callable[[str], Read],
        timeout: float,
        record: Record,
    ) -> Read:
        """Make the call and book it, whatever becomes of it. Raises a ModelError."""
        begun = monotonic()
        try:
            async with asyncio.timeout(timeout):
                self.response = await self.model.request(self.messages, None, parameters)
            found = read(_text(self.response))
            self.outcome = "ok"
            return found
        except Exception as error:
            self.outcome = "error"
            failure = from_exception(error, who=f"The model {self.model.model_name}")
            self.error = str(failure or type(error).__name__)
            if failure is None:
                raise
            if self.response is not None and failure.code != DECLINED:
                failure.code = UNUSABLE
            broke_off = isinstance(error, TimeoutError) or failure.code == BROKE_OFF
            self.began = self.response is not None or broke_off
            raise failure from None  # an SDK's error may hold the request's headers, and so the key
        finally:
            record(self._booked(monotonic() - begun))

    @property
    def name(self) -> str:
        """The model asked for; one that goes by its provider's name picks the model itself, and tells which it was."""
        asked, answered = self.model.model_name, self.response and self.response.model_name
        return answered if answered and asked == self.model.system else asked

    def _booked(self, seconds: float) -> Call:
        prompt, said = as_text(self.messages), (self.response and self.response.text) or ""
        usage = self.response.usage if self.response else RequestUsage()
        estimated = self.began and not (usage.input_tokens or usage.output_tokens)
        if estimated:  # refused at the door, nothing was read and nothing is paid
            usage = RequestUsage(input_tokens=_tokens(prompt), output_tokens=_tokens(said))
        return Call(
            provider=self.model.system,
            model=self.name,
            prompt=prompt,
            response=said,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            estimated=estimated,
            cost=cost(self.model, usage, self.response.model_name if self.response else None),
            seconds=seconds,
            outcome=self.outcome,
            error=self.error,
        )


def _text(response: ModelResponse) -> str:
    """The text of a whole response; raises ModelRefused or ModelTransient for one that is none."""
    if response.finish_reason == "content_filter":
        raise ModelRefused("The model declined to answer.", code=DECLINED)
    if response.finish_reason == "length":
        raise ModelTransient(
            "The model's answer was cut off at its token limit.",
            mend="Raise the limit of the model server.",
        )
    if response.finish_reason == "error":
        raise ModelTransient("The model's provider failed while answering.")
    return response.text or ""


def _tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS_PER_TOKEN)
