"""Gemini's format, where it has ways of its own."""

from __future__ import annotations

import aiohttp
import pytest
from pydantic_core import to_json

from rejoinder.errors import ModelError, ModelRefused, ModelThrottled, ModelTransient, Setup
from rejoinder.llm.calling.chain import Chain
from rejoinder.llm.calling.failure import DECLINED
from rejoinder.llm.calling.generate import generate
from rejoinder.llm.formats.gemini import GeminiModel, wire
from rejoinder.testing import GeminiStub
from rejoinder.testing.gemini_stub import generated
from rejoinder.testing.model_stub import Canned
from rejoinder.usage.model import Call

from .conftest import KEY, PROMPT


async def ask(http: aiohttp.ClientSession, *script: Canned, calls: list[Call] | None = None) -> str:
    """The reply of a model that answers so."""
    record = (calls if calls is not None else []).append
    async with GeminiStub(script=script) as stub:
        model = GeminiModel("g", api_key=KEY, base_url=stub.base_url, session=http)
        generated = await generate(Chain([model]), PROMPT, timeout=30, record=record)
    return generated.answer.reply


def body(value: object) -> Canned:
    """An answer of status 200."""
    return Canned(200, to_json(value))


REASONS = {
    "MAX_TOKENS": ModelTransient,
    "CONTINUATION": ModelTransient,
    "SAFETY": ModelRefused,
    "MODEL_ARMOR": ModelRefused,
    "LANGUAGE": ModelTransient,
    "OTHER": ModelTransient,
    "UNEXPECTED_TOOL_CALL": ModelTransient,
    "A_REASON_OF_NEXT_YEAR": ModelTransient,
}


@pytest.mark.parametrize(("reason", "kind"), REASONS.items())
async def test_half_an_answer_is_never_taken_for_one(
    http: aiohttp.ClientSession, reason: str, kind: type[ModelError]
) -> None:
    calls: list[Call] = []
    with pytest.raises(kind) as caught:
        await ask(http, body(generated("half an ans", finish_reason=reason)), calls=calls)
    assert (caught.value.code == DECLINED) == (kind is ModelRefused)
    assert (calls[0].estimated, calls[0].output_tokens > 0) == (True, True)


async def test_thoughts_are_not_said_and_are_paid_for(http: aiohttp.ClientSession) -> None:
    answer = generated("Hello.", tokens=(100, 10))
    answer["candidates"][0]["content"]["parts"].insert(0, {"text": "Hm.", "thought": True})
    answer["usageMetadata"]["thoughtsTokenCount"] = 30
    calls: list[Call] = []
    assert await ask(http, body(answer), calls=calls) == "Hello."
    assert (calls[0].input_tokens, calls[0].output_tokens) == (100, 40)


EMPTY = {
    "usage only": {"usageMetadata": {"promptTokenCount": 5}},
    "no candidate": {"candidates": [], "responseId": "r"},
    "null content": {"candidates": [{"content": None, "finishReason": "STOP"}]},
    "null parts": {"candidates": [{"content": {"parts": None}, "finishReason": "STOP"}]},
    "null text": {"candidates": [{"content": {"parts": [{"text": None}]}, "finishReason": None}]},
    "ratings without a block": {"promptFeedback": {"safetyRatings": []}},
}


@pytest.mark.parametrize("answer", EMPTY.values(), ids=EMPTY.keys())
async def test_an_empty_answer_is_called_empty(
    http: aiohttp.ClientSession, answer: dict[str, object]
) -> None:
    with pytest.raises(ModelTransient, match="answer is empty"):
        await ask(http, body(answer))


async def test_a_blocked_prompt_is_declined(http: aiohttp.ClientSession) -> None:
    with pytest.raises(ModelRefused) as caught:
        await ask(http, body({"promptFeedback": {"blockReason": "SAFETY"}}))
    assert caught.value.code == DECLINED


FAULTS = [
    (503, {"code": 14, "message": "x"}, ModelTransient),
    (429, {"code": 8, "message": "x", "details": None}, ModelThrottled),
    (500, {"code": 400, "message": "x"}, ModelTransient),
    (400, {"code": 400, "message": "x", "details": ["odd", {"retryDelay": {}}]}, ModelRefused),
    (400, {"message": "x", "details": [{"reason": "API_KEY_INVALID"}]}, ModelRefused),
    (200, {"code": 503, "message": "x"}, ModelTransient),
    (200, {"code": 200, "message": "x"}, ModelTransient),
]


@pytest.mark.parametrize(("status", "error", "kind"), FAULTS)
async def test_the_status_outranks_what_the_body_says(
    http: aiohttp.ClientSession, status: int, error: dict[str, object], kind: type[ModelError]
) -> None:
    with pytest.raises(ModelError) as caught:
        await ask(http, Canned(status, to_json({"error": error})))
    assert type(caught.value) is kind
    wrong_key = "API_KEY_INVALID" in str(error)
    assert ("GEMINI_API_KEY" in str(caught.value)) == wrong_key


async def test_the_pause_in_the_body_is_read(http: aiohttp.ClientSession) -> None:
    error = {"code": 429, "message": "x", "details": [{"retryDelay": "34.5s"}]}
    with pytest.raises(ModelThrottled) as caught:
        await ask(http, Canned(429, to_json({"error": error})))
    assert caught.value.retry_after == 34.5


def test_names_become_paths() -> None:
    assert wire.path("gemini-x", stream=False) == "models/gemini-x:generateContent"
    assert wire.path("models/gemini-x", stream=False) == "models/gemini-x:generateContent"
    assert wire.path("tunedModels/mine", stream=False) == "tunedModels/mine:generateContent"


@pytest.mark.parametrize("url", ["http://h/v1?x=1", "http://h/v1#x"])
def test_an_address_with_more_than_a_path_is_refused(http: aiohttp.ClientSession, url: str) -> None:
    with pytest.raises(Setup, match="GEMINI_BASE_URL"):
        GeminiModel("g", api_key=KEY, base_url=url, session=http)
