"""One generation: each model asked once, failures sorted, every call recorded once."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import aiohttp
import pytest
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart
from pydantic_ai.models import Model
from pydantic_ai.models.function import AgentInfo, FunctionModel

from rejoinder.errors import ModelRefused, ModelThrottled, ModelTransient
from rejoinder.llm.calling.chain import Chain
from rejoinder.llm.calling.generate import generate
from rejoinder.llm.formats.service import ServiceModel
from rejoinder.llm.model import Answer, Entity, Understanding
from rejoinder.testing import ScriptedModel, ServiceStub
from rejoinder.testing.model_stub import Canned, Hang
from rejoinder.testing.openai_stub import OpenAIStub, completion
from rejoinder.testing.scripted_model import Line
from rejoinder.usage.model import Call

from .conftest import KEY, PROMPT, MakeModel

BUSY = Canned(503, b'{"error": {"message": "Overloaded"}}')
SLOW = Canned(429, b"", {"Retry-After": "4"})


class Diary:
    """What was recorded."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    async def ask(self, *models: Model, timeout: float = 30.0) -> Answer:
        generated = await generate(Chain(models), PROMPT, timeout=timeout, record=self.calls.append)
        return generated.answer

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
    understood = Understanding("question", "neutral", 0.9, (Entity("topic", "the question"),))
    assert answer == Answer("Five days.", "answer", "The stub says so.", understood)


async def test_a_passing_failure_is_told_at_once(model_at: MakeModel) -> None:
    """Whether it is asked again, and when, is the caller's business."""
    diary = Diary()
    async with OpenAIStub(script=[BUSY]) as stub:
        with pytest.raises(ModelTransient, match="Overloaded"):
            await diary.ask(model_at(stub))
        assert (await diary.ask(model_at(stub))).reply == "Here is the answer."
    assert diary.outcomes == ["error", "ok"]
    assert diary.calls[0].error == "The model gpt at 127.0.0.1 answered 503: Overloaded."


async def test_throttling_says_for_how_long(model_at: MakeModel) -> None:
    async with OpenAIStub(script=[SLOW]) as stub:
        with pytest.raises(ModelThrottled) as caught:
            await Diary().ask(model_at(stub))
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
    assert KEY not in str(diary.calls)


@pytest.mark.parametrize(
    "canned",
    [
        Canned(body=b'{"choices": []}'),
        Canned(body=completion("Cut o", finish_reason="length", tokens=(9, 2))),
        Canned(body=completion("Broke o", finish_reason="error")),
    ],
)
async def test_for_an_unusable_answer_the_next_is_asked(
    model_at: MakeModel, canned: Canned
) -> None:
    diary = Diary()
    async with OpenAIStub(script=[canned]) as stub:
        answer = await diary.ask(model_at(stub), model_at(stub))
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


async def test_a_slow_model_is_given_up_and_the_next_is_asked(model_at: MakeModel) -> None:
    diary = Diary()
    async with OpenAIStub(script=[Hang(), Hang()]) as stub:
        with pytest.raises(ModelTransient, match="no answer in time"):
            await diary.ask(model_at(stub), model_at(stub), timeout=0.05)
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


async def test_cancelling_asks_no_other(model_at: MakeModel) -> None:
    diary = Diary()
    async with OpenAIStub(script=[Hang()]) as stub:
        turn = asyncio.create_task(diary.ask(model_at(stub), model_at(stub)))
        await stub.until(lambda stub: stub.open == 1)
        turn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turn
        await stub.until(lambda stub: stub.open == 0)
    assert diary.outcomes == ["cancelled"]
    assert len(stub.requests) == 1


async def test_another_providers_failure_is_ours() -> None:
    def fails(_: list[ModelMessage], __: AgentInfo) -> ModelResponse:
        raise ModelHTTPError(503, "other")

    def answers(_: list[ModelMessage], __: AgentInfo) -> ModelResponse:
        return ModelResponse(parts=[TextPart("Hi.")])

    diary = Diary()
    assert (await diary.ask(FunctionModel(fails), FunctionModel(answers))).reply == "Hi."
    assert diary.outcomes == ["error", "ok"]


async def test_a_bug_in_a_model_is_not_dressed_up() -> None:
    def broken(_: list[ModelMessage], __: AgentInfo) -> ModelResponse:
        raise KeyError("a bug")

    diary = Diary()
    with pytest.raises(KeyError):
        await diary.ask(FunctionModel(broken))
    [call] = diary.calls
    assert (call.outcome, call.error) == ("error", "KeyError")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Three days.", ["Three days."]),
        (Answer("", "silent", "nothing asked"), []),
        (Answer("", "hand_off", "asks for a person"), []),
        (Answer("A colleague will help.", "hand_off", ""), ["A colleague will help."]),
    ],
)
async def test_one_that_cannot_stream_tells_it_at_once(line: Line, told: list[str]) -> None:
    heard: list[str] = []
    model = ScriptedModel([line])
    await generate(Chain([model]), PROMPT, timeout=30, record=lambda _: None, on_text=heard.append)
    assert heard == told


async def test_a_service_of_your_own_is_not_asked_for_a_stream(
    http: aiohttp.ClientSession,
) -> None:
    heard: list[str] = []
    body = b'{\n  "response_text": "Three days."\n}\n'
    async with ServiceStub(script=[Canned(body=body)]) as stub:
        model = ServiceModel("service", api_key=None, base_url=stub.base_url, session=http)
        await generate(
            Chain([model]), PROMPT, timeout=30, record=lambda _: None, on_text=heard.append
        )
    assert heard == ["Three days."]


async def test_a_listener_that_fails_is_a_bug_and_the_call_is_booked(model_at: MakeModel) -> None:
    calls: list[Call] = []

    def broken(_: str) -> None:
        raise KeyError("a bug")

    async with OpenAIStub() as stub:
        with pytest.raises(KeyError):
            await generate(
                Chain([model_at(stub)]), PROMPT, timeout=30, record=calls.append, on_text=broken
            )
        await stub.until(lambda stub: stub.open == 0)
    assert [call.outcome for call in calls] == ["error"]


async def test_whom_and_what_a_call_was_for_is_booked() -> None:
    bot, calls = uuid4(), list[Call]()
    await generate(
        Chain([ScriptedModel()]),
        PROMPT,
        timeout=30,
        record=calls.append,
        bot_id=bot,
        purpose="evaluate",
    )
    assert [(call.bot_id, call.purpose, call.priced) for call in calls] == [
        (bot, "evaluate", "exact")
    ]
