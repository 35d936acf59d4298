"""The wire format, over real HTTP against a stub provider."""

from __future__ import annotations

import asyncio
import traceback

import aiohttp
import pytest
from pydantic_ai.messages import (
    ImageUrl,
    ModelMessage,
    ModelRequest,
    ModelResponse,
    SystemPromptPart,
    TextPart,
    ThinkingPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition
from pydantic_core import to_json

from rejoinder.errors import ModelError, ModelRefused, ModelThrottled, ModelTransient, Setup
from rejoinder.llm.calling.failure import DECLINED
from rejoinder.llm.form.messages import RULES, to_messages
from rejoinder.llm.formats.openai import OpenAIModel
from rejoinder.testing.model_stub import Canned, Drop, Hang, Script
from rejoinder.testing.openai_stub import OpenAIStub, completion

from .conftest import KEY, PROMPT, MakeModel

TEXT = ModelRequestParameters()


def fault(message: str, **more: str) -> bytes:
    fields = ", ".join(f'"{key}": "{value}"' for key, value in more.items())
    return f'{{"error": {{"message": "{message}"{", " if fields else ""}{fields}}}}}'.encode()


async def ask(model: OpenAIModel) -> ModelResponse:
    messages, parameters = to_messages(PROMPT)
    return await model.request(messages, None, parameters)


async def failing(model_at: MakeModel, *script: Script) -> ModelError:
    async with OpenAIStub(script=script) as stub:
        with pytest.raises(ModelError) as caught:
            await ask(model_at(stub))
    assert KEY not in "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    return caught.value


async def test_a_request_is_what_the_format_wants(model_at: MakeModel) -> None:
    async with OpenAIStub() as stub:
        await ask(model_at(stub))
    sent = stub.requests[0]
    system, *turns = sent.body["messages"]
    assert sent.headers["Authorization"] == f"Bearer {KEY}"
    assert sent.body["model"] == "gpt"
    assert system == {"role": "system", "content": f"{PROMPT.instructions}\n\n{RULES}"}
    assert [turn["role"] for turn in turns] == ["user", "assistant", "user"]
    assert "<unanswered>\nTo Huế &amp; &lt;Hà Nội&gt;?\n</unanswered>" in turns[-1]["content"]
    form = sent.body["response_format"]
    assert form["type"] == "json_schema"
    assert form["json_schema"]["strict"] is True
    assert form["json_schema"]["schema"]["additionalProperties"] is False


async def test_a_server_without_a_key_gets_none(http: aiohttp.ClientSession) -> None:
    async with OpenAIStub() as stub:
        await ask(OpenAIModel("m", api_key=None, base_url=f"{stub.base_url}/", session=http))
    assert "Authorization" not in stub.requests[0].headers


async def test_the_answer_and_its_tokens_are_read(model_at: MakeModel) -> None:
    body = (
        b'{"id": "c1", "model": "gpt-dated", "choices": [{"message": {"content": "Hi"}, '
        b'"finish_reason": "stop"}], "usage": {"prompt_tokens": 12, "completion_tokens": 3, '
        b'"prompt_tokens_details": {"cached_tokens": 8}}}'
    )
    async with OpenAIStub(script=[Canned(body=body)]) as stub:
        response = await ask(model_at(stub))
    usage = response.usage
    assert (response.text, response.model_name, response.finish_reason) == (
        "Hi",
        "gpt-dated",
        "stop",
    )
    assert (usage.input_tokens, usage.output_tokens, usage.cache_read_tokens) == (12, 3, 8)


@pytest.mark.parametrize(
    ("body", "text", "finish"),
    [
        (completion("Hel", finish_reason="length"), "Hel", "length"),
        (completion(None, finish_reason="content_filter"), None, "content_filter"),
        (completion(None, refusal="I won't."), "I won't.", "content_filter"),
        (completion("Hi", finish_reason="eos"), "Hi", None),
        (b'{"choices": []}', None, None),
        (
            b'{"choices": [{"message": {"content": [{"type": "text", "text": "Hi"}]}}]}',
            "Hi",
            None,
        ),
    ],
)
async def test_odd_completions_are_told_apart(
    model_at: MakeModel, body: bytes, text: str | None, finish: str | None
) -> None:
    async with OpenAIStub(script=[Canned(body=body)]) as stub:
        response = await ask(model_at(stub))
    assert (response.text, response.finish_reason) == (text, finish)


ODD = {
    "a number as id": {"id": 5},
    "a usage of another form": {"usage": [1]},
    "a thinking part": {
        "choices": [{"message": {"content": [{"type": "thinking", "text": None}, {"text": "Hi"}]}}]
    },
    "another word for stop": {
        "choices": [{"message": {"content": "Hi"}, "finish_reason": "eos_token"}]
    },
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
async def test_a_good_answer_is_not_lost_for_what_stands_beside_it(
    model_at: MakeModel, odd: dict[str, object]
) -> None:
    usual = {"id": "c", "choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}]}
    async with OpenAIStub(script=[Canned(body=to_json({**usual, **odd}))]) as stub:
        assert (await ask(model_at(stub))).text == "Hi"


async def test_a_stream_s_oddities_lose_nothing(model_at: MakeModel) -> None:
    events = (
        b'data: {"choices": [{"delta": {"content": "Hi"}}]}\n\n'
        b'data: {"type": "ping"}\n\n'
        b'data: {"choices": [{"delta": null, "finish_reason": "eos_token"}]}\n\n'
        b'data: {"usage": {"prompt_tokens": 5, "completion_tokens": 1}}\n\n: bye'
    )
    streamed = Canned(200, events, {"Content-Type": "text/event-stream"})
    messages, parameters = to_messages(PROMPT)
    async with (
        OpenAIStub(script=[streamed]) as stub,
        model_at(stub).request_stream(messages, None, parameters) as stream,
    ):
        assert [each async for each in stream]
    response = stream.get()
    assert (response.text, response.finish_reason) == ("Hi", "stop")
    assert response.usage.input_tokens == 5


async def test_content_rules_of_the_provider_are_told_apart(model_at: MakeModel) -> None:
    error = await failing(model_at, Canned(400, fault("Filtered", code="content_filter")))
    assert error.code == DECLINED


REFUSED: list[tuple[Canned, str]] = [
    (Canned(401, fault(f"Incorrect API key: {KEY}", code="invalid_api_key")), "OPENAI_API_KEY"),
    (Canned(403, fault("No", code="unsupported_country")), "unsupported_country"),
    (Canned(404, fault("The model gpt does not exist")), "does not exist"),
    (Canned(404, b"<html>", {"Content-Type": "text/html"}), "OPENAI_BASE_URL"),
    (Canned(400, fault(f"Bad thing {KEY}")), "Bad thing [key]"),
    (Canned(422, b'{"message": "too long", "code": 422}'), "too long"),
    (Canned(402, b'{"error": "Insufficient balance"}'), "Insufficient balance"),
    (Canned(429, fault("You exceeded", type="insufficient_quota")), "quota"),
    (Canned(302, b"", {"Location": "http://elsewhere.invalid/"}), "OPENAI_BASE_URL"),
    (Canned(200, b'{"error": {"message": "Bad key", "code": 401}}'), "OPENAI_API_KEY"),
]


@pytest.mark.parametrize(("canned", "told"), REFUSED, ids=lambda value: str(value)[:30])
async def test_what_asking_again_cannot_mend(
    model_at: MakeModel, canned: Canned, told: str
) -> None:
    error = await failing(model_at, canned)
    assert type(error) is ModelRefused
    assert told in str(error)


TRANSIENT: list[tuple[Script, str]] = [
    *((Canned(status, b"<html>Oops</html>"), str(status)) for status in (408, 409, 500, 502, 529)),
    (Canned(200, b"<html>Hello</html>", {"Content-Type": "text/html"}), "no answer of a model"),
    (Canned(200, b'{"object": "list"}'), "no answer of a model"),
    (Canned(200, b'[{"choices": 1}]'), "no answer of a model"),
    (Canned(200, b'{"error": {"message": "Upstream fell over"}}'), "Upstream fell over"),
    (Canned(200, b" " * (4 * 1024 * 1024 + 1)), "4 MiB"),
    (Canned(500, completion("Hi")), "500"),
    (Drop(), "broke off"),
    (Drop(b'{"choices": ['), "broke off"),
]


@pytest.mark.parametrize(("script", "told"), TRANSIENT, ids=lambda value: str(value)[:30])
async def test_what_another_try_may_mend(model_at: MakeModel, script: Script, told: str) -> None:
    error = await failing(model_at, script)
    assert type(error) is ModelTransient
    assert told in str(error)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"Retry-After": "7"}, 7.0), ({"retry-after-ms": "1500"}, 1.5), ({}, None)],
)
async def test_throttling_says_how_long(
    model_at: MakeModel, headers: dict[str, str], seconds: float | None
) -> None:
    error = await failing(model_at, Canned(429, fault("Slow down"), headers))
    assert type(error) is ModelThrottled
    assert error.retry_after == seconds


async def test_a_throttling_date_is_read_against_the_servers_clock(model_at: MakeModel) -> None:
    headers = {
        "Retry-After": "Fri, 01 May 2026 12:00:09 GMT",
        "Date": "Fri, 01 May 2026 12:00:00 GMT",
    }
    error = await failing(model_at, Canned(429, b"", headers))
    assert error.retry_after == 9.0


async def test_nobody_listening_is_transient(http: aiohttp.ClientSession) -> None:
    async with OpenAIStub() as stub:
        pass
    with pytest.raises(ModelTransient, match="OPENAI_BASE_URL"):
        await ask(OpenAIModel("m", api_key=KEY, base_url=stub.base_url, session=http))


async def test_garbage_in_place_of_http_is_transient_and_hides_the_key(
    http: aiohttp.ClientSession,
) -> None:
    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(babble, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        model = OpenAIModel("m", api_key=KEY, base_url=f"http://127.0.0.1:{port}", session=http)
        with pytest.raises(ModelTransient) as caught:
            await ask(model)
    assert caught.value.__context__ is None  # aiohttp's error shows the request's headers
    assert KEY not in repr(caught.value)


async def test_a_server_without_structured_output_is_asked_without(model_at: MakeModel) -> None:
    async with OpenAIStub(script=[Canned(400, fault("Unknown: response_format"))]) as stub:
        model = model_at(stub)
        first, second = await ask(model), await ask(model)
    asked = ["response_format" in request.body for request in stub.requests]
    assert asked == [True, False, False]
    assert first.text == second.text == "Here is the answer."


async def test_a_bad_request_that_only_mentions_the_format_is_not_remembered(
    model_at: MakeModel,
) -> None:
    refusal = Canned(400, fault("response_format is fine, the prompt is too long"))
    async with OpenAIStub(script=[refusal, refusal]) as stub:
        model = model_at(stub)
        with pytest.raises(ModelRefused):
            await ask(model)
        await ask(model)
    assert "response_format" in stub.requests[-1].body


async def test_cancelling_closes_the_connection(model_at: MakeModel) -> None:
    async with OpenAIStub(script=[Hang()]) as stub:
        call = asyncio.create_task(ask(model_at(stub)))
        await stub.until(lambda stub: stub.open == 1)
        call.cancel()
        await stub.until(lambda stub: stub.closed_by_client == 1)
        with pytest.raises(asyncio.CancelledError):
            await call
        assert stub.open == 0


async def test_system_prompts_settings_and_given_instructions_are_sent(model_at: MakeModel) -> None:
    messages: list[ModelMessage] = [
        ModelRequest(parts=[SystemPromptPart("Be kind."), UserPromptPart(["One.", "Two."])]),
        ModelResponse(parts=[ThinkingPart("Hm."), TextPart("Yes.")]),
        ModelRequest(parts=[UserPromptPart("Three.")]),
    ]
    settings = ModelSettings(temperature=0.2, max_tokens=50, stop_sequences=["END"], timeout=3)
    async with OpenAIStub() as stub:
        await model_at(stub).request(messages, settings, TEXT)
    assert stub.requests[0].body == {
        "model": "gpt",
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": "One.\nTwo."},
            {"role": "assistant", "content": "Yes."},
            {"role": "user", "content": "Three."},
        ],
        "temperature": 0.2,
        "max_tokens": 50,
        "stop": ["END"],
    }


@pytest.mark.parametrize(
    "part",
    [
        UserPromptPart(["Look:", ImageUrl("https://shop.example/x.png")]),
        ToolReturnPart("search", "found", tool_call_id="1"),
    ],
)
async def test_what_is_not_text_is_refused_unsent(
    model_at: MakeModel, part: UserPromptPart | ToolReturnPart
) -> None:
    async with OpenAIStub() as stub:
        with pytest.raises(ModelRefused, match="text and files only"):
            await model_at(stub).request([ModelRequest(parts=[part])], None, TEXT)
        tools = ModelRequestParameters(function_tools=[ToolDefinition(name="search")])
        with pytest.raises(ModelRefused, match="no tools"):
            await model_at(stub).request([], None, tools)
    assert stub.requests == []


async def test_the_key_is_not_shown(model_at: MakeModel) -> None:
    async with OpenAIStub() as stub:
        model = model_at(stub)
    assert KEY not in f"{model!r} {model} {model.model_id} {model.base_url} {model.label}"
    assert (model.system, model.model_name, model.base_url) == ("openai", "gpt", stub.base_url)


@pytest.mark.parametrize("key", [f"{KEY}\r\nX-Evil: 1", f"{KEY}ключ", "\x00"])
def test_a_key_no_header_can_carry_is_a_setup_error(http: aiohttp.ClientSession, key: str) -> None:
    with pytest.raises(Setup, match="OPENAI_API_KEY") as caught:
        OpenAIModel("m", api_key=key, base_url="http://127.0.0.1:1/v1", session=http)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("url", ["ftp://x/v1", "http://", "http://u:p@x/v1", "http://x:99999999/"])
def test_an_address_that_cannot_work_is_a_setup_error(
    http: aiohttp.ClientSession, url: str
) -> None:
    with pytest.raises(Setup, match="OPENAI_BASE_URL"):
        OpenAIModel("m", api_key=KEY, base_url=url, session=http)


async def test_a_copied_line_break_after_the_key_does_no_harm(http: aiohttp.ClientSession) -> None:
    async with OpenAIStub() as stub:
        await ask(OpenAIModel("m", api_key=f" {KEY}\n", base_url=stub.base_url, session=http))
    assert stub.requests[0].headers["Authorization"] == f"Bearer {KEY}"
