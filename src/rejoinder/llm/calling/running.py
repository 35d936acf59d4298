"""One call of a model: its time limit, its stream, what it took."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

from pydantic_ai.messages import (
    ModelMessage,
    ModelResponse,
    ModelResponseStreamEvent,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
)
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.usage import RequestUsage

from rejoinder.errors import ModelRefused, ModelTransient
from rejoinder.llm.calling.failure import BROKE_OFF, DECLINED, UNUSABLE, from_exception
from rejoinder.llm.calling.parameters import USUAL, Terms, parameters
from rejoinder.llm.calling.price import price
from rejoinder.llm.form.messages import as_text
from rejoinder.llm.form.partial import Reply
from rejoinder.usage.model import Call, Outcome, Priced

# English has about four characters a token (OpenAI, "What are tokens"); other scripts have fewer,
# so the estimate is a floor.
CHARACTERS_PER_TOKEN = 4

_CLOSING_S = 1.0
"""An SDK closes its stream in milliseconds; a call that was given up must not wait for one that does not."""

Record = Callable[[Call], None]
Read = TypeVar("Read")


@dataclass(slots=True)
class Running:
    """One call and what is known of it; it counts as cancelled until it ends otherwise.

    `began` says that the provider may have worked on it.
    """

    model: Model
    messages: list[ModelMessage]
    terms: Terms = USUAL
    outcome: Outcome = "cancelled"
    error: str = ""
    response: ModelResponse | None = None
    stream: StreamedResponse | None = None
    began: bool = True

    async def end(
        self,
        wanted: ModelRequestParameters,
        read: Callable[[str], Read],
        timeout: float,
        record: Record,
    ) -> Read:
        """Make the call and book it, whatever becomes of it. Raises a ModelError."""
        begun = monotonic()
        try:
            async with asyncio.timeout(timeout):
                self.response = await self._said(wanted)
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
            elif self.stream is not None and type(failure) is ModelTransient:
                failure.code = BROKE_OFF
            broke_off = isinstance(error, TimeoutError) or failure.code == BROKE_OFF
            self.began = self.response is not None or self.stream is not None or broke_off
            raise failure from None  # an SDK's error may hold the request's headers, and so the key
        finally:
            record(self._booked(monotonic() - begun))

    async def _said(self, wanted: ModelRequestParameters) -> ModelResponse:
        settings = parameters(self.model, self.terms)
        if self.terms.on_text is None or not _streams(self.model):
            return await self.model.request(self.messages, settings, wanted)
        async with self.model.request_stream(self.messages, settings, wanted) as stream:
            self.stream = stream
            try:
                await _follow(stream, self.terms.on_text)
            except BaseException:
                with suppress(NotImplementedError, TimeoutError):
                    async with asyncio.timeout(_CLOSING_S):
                        await stream.cancel()  # else an SDK keeps the connection
                raise
            response = stream.get()
        ended: Callable[[ModelResponse], bool] | None = getattr(self.model, "ended", None)
        if ended is not None and not ended(response):
            raise ModelTransient("The model's answer broke off.", code=BROKE_OFF)
        return response

    @property
    def name(self) -> str:
        """The model asked for; one that goes by its provider's name picks the model itself, and tells which it was."""
        asked, answered = self.model.model_name, self.response and self.response.model_name
        return answered if answered and asked == self.model.system else asked

    def _booked(self, seconds: float) -> Call:
        """A call cut off in the middle is paid for as far as it came: what was read, and what was written by then."""
        came = self.response or (self.stream and self.stream.get())
        prompt, said = as_text(self.messages), (came and came.text) or ""
        usage = came.usage if came else RequestUsage()
        partial = self.response is None and came is not None
        estimated = self.began and (partial or not (usage.input_tokens or usage.output_tokens))
        if estimated:  # refused at the door, nothing was read and nothing is paid
            usage = RequestUsage(
                input_tokens=usage.input_tokens or _tokens(prompt),
                output_tokens=max(usage.output_tokens, _tokens(said)),
                cache_read_tokens=usage.cache_read_tokens,
                cache_write_tokens=usage.cache_write_tokens,
            )
        found = price(self.model, usage, came.model_name if came else None)
        known: Priced = "estimated" if estimated else "exact"
        return Call(
            provider=self.model.system,
            model=self.name,
            prompt=prompt,
            response=said,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            estimated=estimated,
            cost=found.cost,
            seconds=seconds,
            outcome=self.outcome,
            error=self.error,
            purpose=self.terms.purpose,
            bot_id=self.terms.bot_id,
            cached_tokens=usage.cache_read_tokens,
            priced="unknown" if found.cost is None else known,
            prices=found.prices,
        )


async def _follow(stream: StreamedResponse, on_text: Callable[[str], None]) -> None:
    reply = Reply()
    async for event in stream:
        piece = _piece(event)
        so_far = reply.add(piece) if piece else None
        if so_far is not None:
            on_text(so_far)


def _piece(event: ModelResponseStreamEvent) -> str:
    match event:
        case PartStartEvent(part=TextPart(content=text)):
            return text
        case PartDeltaEvent(delta=TextPartDelta(content_delta=text)):
            return text
    return ""


def _streams(model: Model) -> bool:
    """Whether a model can tell its answer piece by piece."""
    told = getattr(model, "streams", None)
    return (
        told if isinstance(told, bool) else type(model).request_stream is not Model.request_stream
    )


def _text(response: ModelResponse) -> str:
    """The text of a whole response; raises ModelRefused or ModelTransient for one that is none."""
    if response.finish_reason == "content_filter":
        raise ModelRefused("The model declined to answer.", code=DECLINED)
    if response.finish_reason == "length":
        raise ModelTransient(
            "The model's answer was cut off at its token limit.",
            mend="Raise the limit of the bot or of the model server.",
        )
    if response.finish_reason == "error":
        raise ModelTransient("The model's provider failed while answering.")
    return response.text or ""


def _tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS_PER_TOKEN)
