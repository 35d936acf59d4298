"""Asking the model: a time limit on each try, tries counted here by error class, calls recorded."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.usage import RequestUsage

from rejoinder.errors import ModelError, ModelRefused, ModelTransient
from rejoinder.llm.chain import Chain
from rejoinder.llm.failure import BROKE_OFF, DECLINED, UNUSABLE, from_exception, is_ailing
from rejoinder.llm.messages import as_text, parse_answer, to_messages
from rejoinder.llm.model import Answer, Prompt
from rejoinder.llm.price import cost
from rejoinder.usage.model import Call, Outcome

# A customer is waiting: a provider that asks for a longer pause is asked again after this one.
LONGEST_ASKED_SECONDS = 20.0
LONGEST_BACKOFF_SECONDS = 8.0
# English has about four characters a token (OpenAI, "What are tokens"); other scripts have fewer,
# so the estimate is a floor.
CHARACTERS_PER_TOKEN = 4

Record = Callable[[Call], None]


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
    attempts: int,
    record: Record,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Generated:
    """The first answer of the chain's models, asked one after the other in at most `attempts` rounds.

    Each call takes at most `timeout` seconds; between two rounds there is a pause. A model that refuses is not asked
    again, and none is asked to say what another declined to. `record` is called once for each call made, failed and
    cancelled ones too. Raises ModelRefused when all refuse, ModelTransient or ModelThrottled when the rounds are used
    up. Cancelling it cancels the running call, which closes the connection to the provider.
    """
    messages, parameters = to_messages(prompt)
    left = chain.order()
    for failed in range(1, attempts + 1):
        round_ = _Round()
        for model in left:
            try:
                answer = await _ask(model, messages, parameters, timeout, record)
            except ModelError as error:
                if error.code == DECLINED:
                    raise
                if is_ailing(error):
                    chain.failed(model, error.retry_after)
                round_.note(model, error)
            else:
                chain.answered(model)
                return Generated(answer, model.system, model.model_name)
        left = chain.patient([model for model in left if model not in round_.refused])
        if not left or failed == attempts:
            break
        await sleep(retry_delay(failed, round_.wait, random.random()))  # noqa: S311
    raise round_.worst


@dataclass(slots=True)
class _Round:
    """What came of asking each model once."""

    refused: list[Model] = field(default_factory=list)
    failures: list[ModelError] = field(default_factory=list)

    def note(self, model: Model, error: ModelError) -> None:
        self.failures.append(error)
        if not isinstance(error, ModelTransient):
            self.refused.append(model)

    @property
    def wait(self) -> float | None:
        """The shortest pause asked for; none as soon as one model asks for none."""
        asked = [each.retry_after for each in self.failures if isinstance(each, ModelTransient)]
        return None if None in asked else min(filter(None, asked), default=None)

    @property
    def worst(self) -> ModelError:
        """The failure to tell: one that may pass, if there is one."""
        passing = [error for error in self.failures if isinstance(error, ModelTransient)]
        return next(iter(passing), self.failures[0])


def retry_delay(failed: int, asked: float | None, dice: float) -> float:
    """Seconds to wait after the `failed`-th failed try.

    What the provider `asked` for, up to the cap, and up to a second more; else 0.5, 1, 2 … s, less
    up to a half. `dice` in [0, 1) so spreads the calls that failed together.
    """
    if asked is not None:
        return min(asked, LONGEST_ASKED_SECONDS) + dice
    backoff: float = min(0.5 * 2.0 ** min(failed - 1, 10), LONGEST_BACKOFF_SECONDS)
    return backoff * (1 - dice / 2)


@dataclass(slots=True)
class _Outcome:
    """What is known of a running call; it counts as cancelled until it ends otherwise.

    `began` says that the provider may have worked on it.
    """

    outcome: Outcome = "cancelled"
    error: str = ""
    response: ModelResponse | None = None
    began: bool = True


async def _ask(
    model: Model,
    messages: list[ModelMessage],
    parameters: ModelRequestParameters,
    timeout: float,
    record: Record,
) -> Answer:
    seen, begun = _Outcome(), monotonic()
    try:
        async with asyncio.timeout(timeout):
            seen.response = await model.request(messages, None, parameters)
        answer = _judge(seen.response)
        seen.outcome = "ok"
        return answer
    except Exception as error:
        seen.outcome = "error"
        failure = from_exception(error, who=f"The model {model.model_name}")
        seen.error = str(failure or type(error).__name__)
        if failure is None:
            raise
        if seen.response is not None and failure.code != DECLINED:
            failure.code = UNUSABLE
        broke_off = isinstance(error, TimeoutError) or failure.code == BROKE_OFF
        seen.began = seen.response is not None or broke_off
        raise failure from None  # an SDK's error may hold the request's headers, and so the key
    finally:
        record(_call(model, messages, seen, monotonic() - begun))


def _judge(response: ModelResponse) -> Answer:
    if response.finish_reason == "content_filter":
        raise ModelRefused("The model declined to answer.", code=DECLINED)
    if response.finish_reason == "length":
        raise ModelTransient(
            "The model's answer was cut off at its token limit.",
            mend="Raise the limit of the model server.",
        )
    if response.finish_reason == "error":
        raise ModelTransient("The model's provider failed while answering.")
    return parse_answer(response.text or "")


def _call(model: Model, messages: Sequence[ModelMessage], seen: _Outcome, seconds: float) -> Call:
    prompt, response = as_text(messages), (seen.response and seen.response.text) or ""
    usage = seen.response.usage if seen.response else RequestUsage()
    estimated = seen.began and not (usage.input_tokens or usage.output_tokens)
    if estimated:  # refused at the door, nothing was read and nothing is paid
        usage = RequestUsage(input_tokens=_tokens(prompt), output_tokens=_tokens(response))
    return Call(
        provider=model.system,
        model=model.model_name,
        prompt=prompt,
        response=response,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        estimated=estimated,
        cost=cost(model, usage, seen.response.model_name if seen.response else None),
        seconds=seconds,
        outcome=seen.outcome,
        error=seen.error,
    )


def _tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS_PER_TOKEN)
