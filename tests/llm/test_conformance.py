"""Every adapter answers, fails and ends alike; pydantic-ai's own models run as oracles of the two formats we write."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import aiohttp
import pytest
from pydantic_ai.messages import PartDeltaEvent, PartStartEvent, TextPart, TextPartDelta
from pydantic_ai.models import Model, ModelRequestParameters

from rejoinder.errors import ModelError, ModelRefused, ModelThrottled, ModelTransient
from rejoinder.llm.chain import Chain
from rejoinder.llm.generate import generate
from rejoinder.llm.messages import to_messages
from rejoinder.llm.model import Answer, Line
from rejoinder.testing.model_stub import Canned, Drop, Hang, ModelStub, Script, Stall
from rejoinder.usage.model import Call

from .conftest import KEY, PROMPT
from .providers import ADAPTERS, Adapter, runs

pytestmark = pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda adapter: adapter.name)

MESSAGES, PARAMETERS = to_messages(PROMPT)
ANSWER = Answer("Here is the answer.", "answer", "The stub says so.")


async def ask(model: Model, calls: list[Call] | None = None, timeout: float = 30) -> Answer:
    record = (calls if calls is not None else []).append
    async with Chain([model]).open() as chain:
        generated = await generate(chain, PROMPT, timeout=timeout, attempts=1, record=record)
    return generated.answer


async def failing(adapter: Adapter, http: aiohttp.ClientSession, stub: ModelStub) -> ModelError:
    with pytest.raises(ModelError) as caught:
        await ask(adapter.make(stub.base_url, http))
    assert KEY not in str(caught.value)
    return caught.value


async def test_it_answers_with_an_object_and_says_what_it_took(
    adapter: Adapter, http: aiohttp.ClientSession
) -> None:
    calls: list[Call] = []
    async with adapter.provider.stub() as stub:
        assert await ask(adapter.make(stub.base_url, http), calls) == ANSWER
    assert stub.wants_object(stub.requests[0].body)
    assert (calls[0].outcome, calls[0].estimated) == ("ok", False)
    assert (calls[0].input_tokens > 100, calls[0].output_tokens > 10) == (True, True)


async def test_it_says_what_the_oracle_says(adapter: Adapter, http: aiohttp.ClientSession) -> None:
    """Whatever the format: the same instructions, the same turns, in the same order."""
    oracle = next(each for each in ADAPTERS if each.name == "oracle openai")
    async with oracle.provider.stub() as stub:
        await ask(oracle.make(stub.base_url, http))
        expected = runs(oracle.provider.said(stub.requests[0].body))
    async with adapter.provider.stub() as stub:
        await ask(adapter.make(stub.base_url, http))
        said = runs(adapter.provider.said(stub.requests[0].body))
    assert said == expected
    assert [role for role, _ in said] == ["system", "user", "assistant", "user"]
    assert "To Huế &amp; &lt;Hà Nội&gt;?" in said[-1][1]


async def test_a_talk_that_the_business_began_begins_with_the_customer_all_the_same(
    adapter: Adapter, http: aiohttp.ClientSession
) -> None:
    """Gemini and some models' templates refuse a history that begins with a reply."""
    prompt = replace(PROMPT, history=(Line("business", "Your order is here."),))
    async with adapter.provider.stub() as stub, adapter.make(stub.base_url, http) as model:
        messages, parameters = to_messages(prompt)
        await model.request(messages, None, parameters)
    said = runs(adapter.provider.said(stub.requests[0].body))
    assert [role for role, _ in said] == ["system", "user", "assistant", "user"]


async def test_it_sends_the_key_in_a_header_only(
    adapter: Adapter, http: aiohttp.ClientSession
) -> None:
    async with adapter.provider.stub() as stub:
        await ask(adapter.make(stub.base_url, http))
    sent = stub.requests[0]
    assert KEY in str(sent.headers)
    assert KEY not in sent.path + str(sent.body)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
async def test_what_asking_again_cannot_mend(
    adapter: Adapter, http: aiohttp.ClientSession, status: int
) -> None:
    fault = adapter.provider.faulty(status, f"No: {KEY}")
    async with adapter.provider.stub(script=[fault] * 3) as stub:
        error = await failing(adapter, http, stub)
    assert type(error) is ModelRefused


@pytest.mark.parametrize("status", [500, 502, 503, 529])
async def test_what_another_try_may_mend(
    adapter: Adapter, http: aiohttp.ClientSession, status: int
) -> None:
    fault = adapter.provider.faulty(status, "Oops")
    async with adapter.provider.stub(script=[fault] * 3) as stub:
        error = await failing(adapter, http, stub)
    assert type(error) is ModelTransient
    assert len(stub.requests) == 1  # tries are counted in one place, not in an SDK too


async def test_throttling_says_how_long(adapter: Adapter, http: aiohttp.ClientSession) -> None:
    fault = adapter.provider.faulty(429, "Slow down", **{"Retry-After": "7"})
    async with adapter.provider.stub(script=[fault] * 3) as stub:
        error = await failing(adapter, http, stub)
    assert type(error) is ModelThrottled
    assert error.retry_after == 7


async def test_garbage_and_broken_connections_may_pass(
    adapter: Adapter, http: aiohttp.ClientSession
) -> None:
    odd: list[Script] = [
        Canned(200, b"<html>Hello</html>", {"Content-Type": "text/html"}),
        Drop(),
        Drop(b"{"),
    ]
    for script in odd:
        async with adapter.provider.stub(script=[script] * 3) as stub:
            assert type(await failing(adapter, http, stub)) is ModelTransient, script
    assert type(await failing(adapter, http, stub)) is ModelTransient  # nobody listens any more


async def test_an_answer_cut_off_or_declined_is_not_sent(
    adapter: Adapter, http: aiohttp.ClientSession
) -> None:
    streamed = {"Content-Type": "text/event-stream"} if adapter.name == "anthropic" else None
    headers = streamed or {"Content-Type": "application/json"}
    provider = adapter.provider
    async with provider.stub(script=[Canned(200, provider.cut, headers)]) as stub:
        assert type(await failing(adapter, http, stub)) is ModelTransient
    async with provider.stub(script=[Canned(200, provider.declined, headers)]) as stub:
        error = await failing(adapter, http, stub)
    assert type(error) is ModelRefused


async def test_a_slow_one_is_given_up_and_booked(
    adapter: Adapter, http: aiohttp.ClientSession
) -> None:
    calls: list[Call] = []
    async with adapter.provider.stub(script=[Hang()] * 3) as stub:
        with pytest.raises(ModelTransient, match="in time"):
            await ask(adapter.make(stub.base_url, http), calls, timeout=0.5)
        await stub.until(lambda stub: stub.closed_by_client == 1)
    assert (calls[0].outcome, calls[0].estimated) == ("error", True)


async def test_cancelling_closes_the_connection(
    adapter: Adapter, http: aiohttp.ClientSession
) -> None:
    calls: list[Call] = []
    async with adapter.provider.stub(script=[Hang()] * 3) as stub:
        call = asyncio.create_task(ask(adapter.make(stub.base_url, http), calls))
        await stub.until(lambda stub: stub.open == 1)
        call.cancel()
        await stub.until(lambda stub: stub.closed_by_client == 1)
        with pytest.raises(asyncio.CancelledError):
            await call
    assert [each.outcome for each in calls] == ["cancelled"]


async def stream(model: Model) -> list[str]:
    texts: list[str] = []
    async with model, model.request_stream(MESSAGES, None, PARAMETERS) as stream:
        async for each in stream:
            if isinstance(each, PartStartEvent) and isinstance(each.part, TextPart):
                texts.append(each.part.content)
            if isinstance(each, PartDeltaEvent) and isinstance(each.delta, TextPartDelta):
                texts.append(each.delta.content_delta)
    response = stream.get()
    assert (response.finish_reason, response.state) == ("stop", "complete")
    assert (response.usage.input_tokens > 100, response.usage.output_tokens > 10) == (True, True)
    assert response.text == "".join(texts)
    return texts


async def test_it_streams(adapter: Adapter, http: aiohttp.ClientSession) -> None:
    async with adapter.provider.stub() as stub:
        texts = await stream(adapter.make(stub.base_url, http))
    assert len([text for text in texts if text]) >= 2
    assert ANSWER.reply in "".join(texts)
    assert stub.wants_stream(stub.requests[0].path, stub.requests[0].body)


async def test_a_stream_left_early_closes_the_connection(
    adapter: Adapter, http: aiohttp.ClientSession
) -> None:
    async with adapter.provider.stub(script=[Stall(adapter.provider.half)] * 3) as stub:
        model = adapter.make(stub.base_url, http)
        async with model, model.request_stream(MESSAGES, None, PARAMETERS) as stream:
            async for _ in stream:
                break
            if not adapter.ours:
                await stream.cancel()  # pydantic-ai's own close when they are told to
        await stub.until(lambda stub: stub.closed_by_client == 1)


async def test_plain_text_is_asked_for_plainly(
    adapter: Adapter, http: aiohttp.ClientSession
) -> None:
    async with adapter.provider.stub() as stub:
        model = adapter.make(stub.base_url, http)
        async with model:
            response = await model.request(MESSAGES, None, ModelRequestParameters())
    assert response.text == "Here is the answer."
    assert not stub.wants_object(stub.requests[0].body)
