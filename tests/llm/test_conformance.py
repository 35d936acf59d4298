"""Every adapter answers, fails and ends alike; pydantic-ai's own models run as oracles of the two formats we write."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from pydantic_ai.models import Model

from rejoinder.errors import ModelError, ModelRefused, ModelThrottled, ModelTransient
from rejoinder.llm.calling.analyse import analyse
from rejoinder.llm.calling.chain import Chain
from rejoinder.llm.calling.generate import generate
from rejoinder.llm.model import Answer, Entity, Understanding
from rejoinder.testing.model_stub import Canned, Drop, Hang, ModelStub, Script
from rejoinder.usage.model import Call

from .conftest import KEY, PROMPT
from .providers import ADAPTERS, Adapter

pytestmark = pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda adapter: adapter.name)

UNDERSTOOD = Understanding("question", "neutral", 0.9, (Entity("topic", "the question"),))
ANSWER = Answer("Here is the answer.", "answer", "The stub says so.", UNDERSTOOD)


async def ask(model: Model, calls: list[Call] | None = None, timeout: float = 30) -> Answer:
    record = (calls if calls is not None else []).append
    async with Chain([model]).open() as chain:
        generated = await generate(chain, PROMPT, timeout=timeout, record=record)
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
    assert (calls[0].input_tokens > 80, calls[0].output_tokens > 10) == (True, True)


async def test_it_analyses_without_an_answer(adapter: Adapter, http: aiohttp.ClientSession) -> None:
    calls: list[Call] = []
    async with (
        adapter.provider.stub() as stub,
        Chain([adapter.make(stub.base_url, http)]).open() as chain,
    ):
        analysed = await analyse(
            chain,
            "How long does it take?",
            PROMPT.history,
            "intent_analysis",
            timeout=30,
            record=calls.append,
        )
    assert analysed.understanding == UNDERSTOOD
    assert (analysed.provider, analysed.model) == (calls[0].provider, calls[0].model)
    assert "How long does it take?" in stub.requests[0].text
    assert stub.wants_object(stub.requests[0].body)


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
