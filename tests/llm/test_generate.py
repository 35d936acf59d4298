"""One generation: tries counted by error class, every call recorded once."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart
from pydantic_ai.models import Model
from pydantic_ai.models.function import AgentInfo, FunctionModel

from rejoinder.errors import ModelRefused, ModelThrottled, ModelTransient
from rejoinder.llm.chain import Chain
from rejoinder.llm.generate import Generated, generate, retry_delay
from rejoinder.llm.model import Answer
from rejoinder.testing.model_stub import Canned, Hang
from rejoinder.testing.openai_stub import OpenAIStub, completion
from rejoinder.usage.model import Call

from .conftest import KEY, PROMPT, MakeModel

BUSY = Canned(503, b'{"error": {"message": "Overloaded"}}')
SLOW = Canned(429, b"", {"Retry-After": "4"})


class Diary:
    """What was recorded and how long it would have waited."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.waits: list[float] = []

    async def ask(self, model: Model, *, attempts: int = 3, timeout: float = 30.0) -> Answer:
        return (await self.generate(model, attempts=attempts, timeout=timeout)).answer

    async def generate(self, *models: Model, attempts: int = 3, timeout: float = 30.0) -> Generated:
        return await generate(
            Chain(models),
            PROMPT,
            timeout=timeout,
            attempts=attempts,
            record=self.calls.append,
            sleep=self._sleep,
        )

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    @property
    def outcomes(self) -> list[str]:
        return [call.outcome for call in self.calls]


async def test_an_answer_is_recorded_with_its_tokens(model_at: MakeModel) -> None:
    diary = Diary()
    body = completion("Three days.", tokens=(40, 5))
    async with OpenAIStub(script=[Canned(body=body)]) as stub:
        answer = await diary.ask(model_at(stub))
    assert answer == Answer("Three days.", "answer", "")
    [call] = diary.calls
    assert (call.provider, call.model, call.response) == ("openai", "gpt", "Three days.")
    assert (call.input_tokens, call.output_tokens, call.estimated) == (40, 5, False)
    assert (call.outcome, call.error) == ("ok", "")
    assert PROMPT.passages[0].text in call.prompt


async def test_tokens_nobody_counted_are_estimated(model_at: MakeModel) -> None:
    diary = Diary()
    async with OpenAIStub(script=[Canned(body=completion("Three days."))]) as stub:
        await diary.ask(model_at(stub))
    [call] = diary.calls
    assert call.estimated
    assert (call.input_tokens, call.output_tokens) == (-(-len(call.prompt) // 4), 3)


async def test_the_structured_answer_arrives(model_at: MakeModel) -> None:
    async with OpenAIStub(reply=lambda _: "Five days.") as stub:
        answer = await Diary().ask(model_at(stub))
    assert answer == Answer("Five days.", "answer", "The stub says so.")


async def test_a_passing_failure_is_tried_again(model_at: MakeModel) -> None:
    diary = Diary()
    async with OpenAIStub(script=[BUSY, SLOW]) as stub:
        answer = await diary.ask(model_at(stub))
    assert answer.reply == "Here is the answer."
    assert diary.outcomes == ["error", "error", "ok"]
    assert 0.25 <= diary.waits[0] <= 0.5
    assert 4 <= diary.waits[1] <= 5


@pytest.mark.parametrize("attempts", [1, 2, 3])
async def test_the_tries_are_used_up(model_at: MakeModel, attempts: int) -> None:
    diary = Diary()
    async with OpenAIStub(script=[BUSY] * 5) as stub:
        with pytest.raises(ModelTransient, match="Overloaded"):
            await diary.ask(model_at(stub), attempts=attempts)
    assert len(stub.requests) == len(diary.calls) == attempts
    assert len(diary.waits) == attempts - 1
    assert {call.error for call in diary.calls} == {
        "The model gpt at 127.0.0.1 answered 503: Overloaded."
    }


async def test_throttled_to_the_end_stays_throttled(model_at: MakeModel) -> None:
    async with OpenAIStub(script=[SLOW, SLOW]) as stub:
        with pytest.raises(ModelThrottled) as caught:
            await Diary().ask(model_at(stub), attempts=2)
    assert caught.value.retry_after == 4


@pytest.mark.parametrize(
    "canned",
    [
        Canned(401, b'{"error": {"code": "invalid_api_key"}}'),
        Canned(body=completion(None, finish_reason="content_filter", tokens=(9, 1))),
        Canned(body=completion(None, refusal="I won't.", tokens=(9, 1))),
    ],
)
async def test_a_refusal_is_final(model_at: MakeModel, canned: Canned) -> None:
    diary = Diary()
    async with OpenAIStub(script=[canned]) as stub:
        with pytest.raises(ModelRefused):
            await diary.ask(model_at(stub))
    assert diary.outcomes == ["error"]
    assert diary.waits == []
    assert KEY not in str(diary.calls)


@pytest.mark.parametrize(
    "canned",
    [
        Canned(body=b'{"choices": []}'),
        Canned(body=completion("Cut o", finish_reason="length", tokens=(9, 2))),
        Canned(body=completion("Broke o", finish_reason="error")),
    ],
)
async def test_an_unusable_answer_is_asked_for_again(model_at: MakeModel, canned: Canned) -> None:
    diary = Diary()
    async with OpenAIStub(script=[canned]) as stub:
        answer = await diary.ask(model_at(stub))
    assert answer.reply == "Here is the answer."
    assert diary.outcomes == ["error", "ok"]


async def test_the_tokens_of_a_refusal_are_counted(model_at: MakeModel) -> None:
    diary = Diary()
    body = completion(None, refusal="I won't.", tokens=(9, 1))
    async with OpenAIStub(script=[Canned(body=body)]) as stub:
        with pytest.raises(ModelRefused):
            await diary.ask(model_at(stub))
    [call] = diary.calls
    assert (call.input_tokens, call.output_tokens, call.response) == (9, 1, "I won't.")


async def test_a_slow_model_is_given_up_and_asked_again(model_at: MakeModel) -> None:
    diary = Diary()
    async with OpenAIStub(script=[Hang(), Hang()]) as stub:
        with pytest.raises(ModelTransient, match="no answer in time"):
            await diary.ask(model_at(stub), attempts=2, timeout=0.05)
        await stub.until(lambda stub: stub.closed_by_client == 2)
    assert diary.outcomes == ["error", "error"]


async def test_cancelling_is_recorded_and_closes_the_connection(model_at: MakeModel) -> None:
    diary = Diary()
    async with OpenAIStub(script=[Hang()]) as stub:
        turn = asyncio.create_task(diary.ask(model_at(stub)))
        await stub.until(lambda stub: stub.open == 1)
        turn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turn
        await stub.until(lambda stub: stub.closed_by_client == 1)
    [call] = diary.calls
    assert call.outcome == "cancelled"
    assert call.estimated
    assert call.input_tokens > 0


async def test_cancelling_between_two_tries_starts_no_other(model_at: MakeModel) -> None:
    calls: list[Call] = []
    waiting = asyncio.Event()

    async def sleep(_: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    async with OpenAIStub(script=[BUSY]) as stub:
        turn = asyncio.create_task(
            generate(
                Chain([model_at(stub)]),
                PROMPT,
                timeout=30,
                attempts=3,
                record=calls.append,
                sleep=sleep,
            )
        )
        await waiting.wait()
        turn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turn
    assert [call.outcome for call in calls] == ["error"]
    assert len(stub.requests) == 1


async def test_another_providers_failure_is_ours() -> None:
    replies: list[ModelHTTPError | None] = [ModelHTTPError(503, "other"), None]

    def answer(_: list[ModelMessage], __: AgentInfo) -> ModelResponse:
        if error := replies.pop(0):
            raise error
        return ModelResponse(parts=[TextPart("Hi.")])

    diary = Diary()
    assert (await diary.ask(FunctionModel(answer))).reply == "Hi."
    assert diary.outcomes == ["error", "ok"]


async def test_a_bug_in_a_model_is_not_dressed_up() -> None:
    def broken(_: list[ModelMessage], __: AgentInfo) -> ModelResponse:
        raise KeyError("a bug")

    diary = Diary()
    with pytest.raises(KeyError):
        await diary.ask(FunctionModel(broken))
    [call] = diary.calls
    assert (call.outcome, call.error) == ("error", "KeyError")


@given(
    st.integers(1, 1000),
    st.one_of(st.none(), st.floats(0, allow_infinity=False, allow_nan=False)),
    st.floats(0, 1, exclude_max=True),
)
def test_a_wait_is_bounded_and_never_shorter_than_asked(
    failed: int, asked: float | None, dice: float
) -> None:
    wait = retry_delay(failed, asked, dice)
    assert 0 < wait <= 21 or asked == dice == 0
    if asked is not None:
        assert wait >= min(asked, 20)
    else:
        assert wait <= 8


@given(st.integers(1, 4), st.floats(0, 1, exclude_max=True))
def test_each_wait_doubles(failed: int, dice: float) -> None:
    assert retry_delay(failed + 1, None, dice) == 2 * retry_delay(failed, None, dice)
