"""The format of an AI service of one's own: what it is told, and what its answers mean."""

from __future__ import annotations

from dataclasses import replace

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import to_json

from rejoinder.errors import ModelError, ModelRefused, ModelThrottled, ModelTransient
from rejoinder.llm.calling.ask import Said, ask
from rejoinder.llm.calling.chain import Chain
from rejoinder.llm.form.answer import parse_answer
from rejoinder.llm.form.messages import to_messages
from rejoinder.llm.formats.service import ServiceModel
from rejoinder.llm.formats.service.wire import read_delta, read_fault, read_response
from rejoinder.llm.model import Answer, Entity, Prompt
from rejoinder.testing import ServiceStub
from rejoinder.testing.model_stub import Canned
from rejoinder.testing.service_stub import answered
from rejoinder.usage.model import Call

from .conftest import KEY, PROMPT


async def answer_of(
    http: aiohttp.ClientSession,
    script: list[Canned],
    prompt: Prompt = PROMPT,
    calls: list[Call] | None = None,
) -> Said[Answer]:
    record = (calls if calls is not None else []).append
    async with ServiceStub(script=script) as stub:
        model = ServiceModel("service", api_key=None, base_url=stub.base_url, session=http)
        return await ask(Chain([model]), prompt, parse_answer, timeout=30, record=record)


def read(body: dict[str, object]) -> Answer:
    response = read_response(to_json(body))
    assert response is not None
    return parse_answer(response.text or "")


async def test_it_is_told_all_that_a_model_is_told(http: aiohttp.ClientSession) -> None:
    async with ServiceStub() as stub:
        model = ServiceModel("service", api_key=KEY, base_url=stub.base_url, session=http)
        await model.request(to_messages(PROMPT)[0], None, to_messages(PROMPT)[1])
    assert stub.requests[0].headers["Authorization"] == f"Bearer {KEY}"
    assert stub.requests[0].path == "/answer"
    assert stub.requests[0].body == {
        "purpose": "answer",
        "message": "How long does delivery take?\nTo Huế & <Hà Nội>?",
        "messages": ["How long does delivery take?", "To Huế & <Hà Nội>?"],
        "history": [
            {"role": "user", "content": "Hello"},
            {"role": "assistant", "content": "Hi, how can I help?"},
        ],
        "instructions": "You help the customers of a demo shop.",
        "knowledge": [{"title": "Delivery", "text": "Three to five days."}],
        "resources": None,
    }


async def test_it_is_told_what_the_caller_gave(http: aiohttp.ClientSession) -> None:
    async with ServiceStub() as stub:
        model = ServiceModel("service", api_key=KEY, base_url=stub.base_url, session=http)
        messages, parameters = to_messages(replace(PROMPT, context='{"user_id": "<12>"}'))
        await model.request(messages, None, parameters)
    assert stub.requests[0].body["resources"] == {"user_id": "<12>"}


@pytest.mark.parametrize("path", ["", "/", "/v2/answer/", "/answer"])
async def test_its_address_is_called_as_it_is_given(http: aiohttp.ClientSession, path: str) -> None:
    class Anywhere(ServiceStub):
        BASE_PATH = path or "/"

    async with Anywhere() as stub:
        url = stub.base_url.removesuffix("/") if not path else stub.base_url
        model = ServiceModel("service", api_key=None, base_url=url, session=http)
        messages, parameters = to_messages(PROMPT)
        await model.request(messages, None, parameters)
    assert stub.requests[0].path == (path or "/")


@pytest.mark.parametrize("name", ["", " ", "\x00", "x" * 101, 5, None])
async def test_a_name_that_is_none_is_passed_over(
    http: aiohttp.ClientSession, name: object
) -> None:
    said = await answer_of(http, [Canned(body=to_json(answered("Hi.", model_used=name)))])
    assert said.model == "service"


async def test_its_own_name_of_the_model_is_booked(http: aiohttp.ClientSession) -> None:
    calls: list[Call] = []
    body = answered("Hi.", model_used="gpt-4", tokens=(40, 5))
    said = await answer_of(http, [Canned(body=to_json(body))], calls=calls)
    assert (said.provider, said.model) == ("service", "gpt-4")
    [call] = calls
    assert (call.provider, call.model, call.cost) == ("service", "gpt-4", None)
    assert (call.input_tokens, call.output_tokens, call.estimated) == (40, 5, False)


@pytest.mark.parametrize(
    ("told", "booked"),
    [
        ({"tokens_used": 120}, (120, 0)),
        ({"tokens_used": {"input": 100, "output": 20}}, (100, 20)),
        ({"usage": {"prompt_tokens": 7, "completion_tokens": 3}}, (7, 3)),
        ({"usage": {"total_tokens": 9}}, (9, 0)),
        ({"usage": {}, "tokens_used": 120}, (120, 0)),
    ],
)
async def test_tokens_are_read_as_it_tells_them(
    http: aiohttp.ClientSession, told: dict[str, object], booked: tuple[int, int]
) -> None:
    calls: list[Call] = []
    body = {**answered("Hi."), **told}
    await answer_of(http, [Canned(body=to_json(body))], calls=calls)
    assert (calls[0].input_tokens, calls[0].output_tokens) == booked
    assert not calls[0].estimated


@pytest.mark.parametrize("told", [{}, {"tokens_used": "many"}, {"usage": {"input_tokens": -4}}])
async def test_tokens_it_does_not_tell_are_estimated(
    http: aiohttp.ClientSession, told: dict[str, object]
) -> None:
    calls: list[Call] = []
    body = {"response_text": "Hi.", **told}
    said = await answer_of(http, [Canned(body=to_json(body))], calls=calls)
    assert said.model == calls[0].model == "service"
    assert calls[0].estimated


def test_the_printed_answer_is_understood() -> None:
    told = {
        "response_text": "Tôi sẽ giúp bạn đặt lịch khám bệnh.",
        "intent": "book_appointment",
        "confidence": 0.95,
        "entities": {"service_type": "medical_checkup"},
        "processing_time_ms": 1234.5,
        "model_used": "gpt-4",
    }
    for body in (told, {"ai_response": told}):
        answer = read(dict(body))
        assert (answer.reply, answer.decision) == (told["response_text"], "answer")
        understood = answer.understanding
        assert (understood.intent, understood.confidence) == ("book_appointment", 0.95)
        assert understood.entities == (Entity("service_type", "medical_checkup"),)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {"response_text": "A person will help.", "should_escalate": True},
            ("A person will help.", "hand_off", "The AI service asks for a person."),
        ),
        (
            {"should_escalate": True, "escalation_reason": "Very angry", "decision": "answer"},
            ("", "hand_off", "Very angry"),
        ),
        ({"decision": "hand_off", "reason": "Legal"}, ("", "hand_off", "Legal")),
        ({"decision": "silent", "response_text": "x"}, ("", "silent", "")),
        ({"response_text": "Hi.", "should_escalate": False}, ("Hi.", "answer", "")),
        (
            {"response_text": "Hi.", "decision": None, "should_escalate": None},
            ("Hi.", "answer", ""),
        ),
    ],
)
def test_it_may_hand_over_or_stay_silent(
    body: dict[str, object], expected: tuple[str, str, str]
) -> None:
    answer = read(body)
    assert (answer.reply, answer.decision, answer.reason) == expected


@pytest.mark.parametrize("field", ["intent", "sentiment", "confidence", "entities", "model_used"])
def test_rubbish_beside_the_reply_does_not_cost_it(field: str) -> None:
    assert read({"response_text": "Hi.", field: {"odd": [None]}}).reply == "Hi."


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"{}", "no response_text"),
        (b'{"ai_response": {}}', "no response_text"),
        (b'{"text": "Hi."}', "no response_text"),
        (b'{"response_text": 5}', "wrong response_text"),
        (b'{"decision": "shrug"}', "wrong decision"),
        (b'{"response_text": "Hi.", "should_escalate": "perhaps"}', "wrong should_escalate"),
        (b'{"response_text": ""}', "empty"),
        (b'{"intent": "greeting"}', "empty"),
        (b'{"error": "Boom"}', "Boom"),
        (b'{"response_text": "Cut o', "no answer of a model"),
        (b"[]", "no answer of a model"),
    ],
)
async def test_a_wrong_shape_says_what_is_wrong(
    http: aiohttp.ClientSession, body: bytes, told: str
) -> None:
    with pytest.raises(ModelTransient, match=told):
        await answer_of(http, [Canned(body=body)])


@pytest.mark.parametrize(
    ("status", "body", "error", "told"),
    [
        (422, b'{"detail": [{"msg": "Field required"}]}', ModelRefused, "Field required"),
        (401, b'{"detail": "Not authenticated"}', ModelRefused, "AI_SERVICE_API_KEY"),
        (404, b'{"detail": "Not Found"}', ModelRefused, "AI_SERVICE_URL"),
        (400, b'{"error": {"message": "No", "code": "content_filter"}}', ModelRefused, "declined"),
        (408, b"", ModelTransient, "408"),
        (500, b"Internal Server Error", ModelTransient, "500"),
        (429, b'{"message": "Slow down"}', ModelThrottled, "Slow down"),
    ],
)
async def test_errors_are_sorted_as_those_of_all_models(
    http: aiohttp.ClientSession, status: int, body: bytes, error: type[ModelError], told: str
) -> None:
    with pytest.raises(error, match=told) as caught:
        await answer_of(http, [Canned(status, body)])
    assert type(caught.value) is error


async def test_an_analysis_wants_no_reply(http: aiohttp.ClientSession) -> None:
    async with ServiceStub() as stub:
        model = ServiceModel("service", api_key=None, base_url=stub.base_url, session=http)
        messages, parameters = to_messages(replace(PROMPT, purpose="analyse"))
        await model.request(messages, None, parameters)
    assert stub.requests[0].body["purpose"] == "analyse"
    assert stub.requests[0].body["instructions"] == PROMPT.instructions


def test_a_stream_is_the_answer_at_once() -> None:
    delta = read_delta(to_json(answered("Hi.", tokens=(4, 1))))
    assert delta is not None
    assert (parse_answer(delta.text).reply, delta.finish, delta.model) == ("Hi.", "stop", "stub")
    assert read_delta(b"hello") is None


json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
)
fields = st.sampled_from(
    ("response_text", "decision", "entities", "usage", "tokens_used", "error", "detail", "message")
)


@given(st.one_of(json, st.dictionaries(fields, json)))
def test_any_body_is_an_answer_an_error_or_none(body: object) -> None:
    raw = to_json(body)
    fault = read_fault(raw)
    assert fault is None or isinstance(fault.said, str)
    try:
        response = read_response(raw)
    except ModelTransient:
        return
    assert response is None or response.text
