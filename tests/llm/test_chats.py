"""Adapters of a chat format say the same in it, stream alike, and heed what it says of an answer's end."""

from __future__ import annotations

from dataclasses import replace

import aiohttp
import pytest
from pydantic_ai.messages import PartDeltaEvent, PartStartEvent, TextPart, TextPartDelta
from pydantic_ai.models import Model, ModelRequestParameters

from rejoinder.errors import ModelRefused, ModelTransient
from rejoinder.llm.form.messages import to_messages
from rejoinder.llm.model import Line
from rejoinder.testing.model_stub import Canned, Stall

from .conftest import PROMPT
from .providers import CHATS, Chat, runs
from .test_conformance import ANSWER, ask, failing

pytestmark = pytest.mark.parametrize("adapter", CHATS, ids=lambda adapter: adapter.name)

MESSAGES, PARAMETERS = to_messages(PROMPT)


async def test_it_says_what_the_oracle_says(adapter: Chat, http: aiohttp.ClientSession) -> None:
    """Whatever the format: the same instructions, the same turns, in the same order."""
    oracle = next(each for each in CHATS if each.name == "oracle openai")
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
    adapter: Chat, http: aiohttp.ClientSession
) -> None:
    """Gemini and some models' templates refuse a history that begins with a reply."""
    prompt = replace(PROMPT, history=(Line("business", "Your order is here."),))
    async with adapter.provider.stub() as stub, adapter.make(stub.base_url, http) as model:
        messages, parameters = to_messages(prompt)
        await model.request(messages, None, parameters)
    said = runs(adapter.provider.said(stub.requests[0].body))
    assert [role for role, _ in said] == ["system", "user", "assistant", "user"]


async def test_an_answer_cut_off_or_declined_is_not_sent(
    adapter: Chat, http: aiohttp.ClientSession
) -> None:
    streamed = {"Content-Type": "text/event-stream"} if adapter.name == "anthropic" else None
    headers = streamed or {"Content-Type": "application/json"}
    provider = adapter.provider
    async with provider.stub(script=[Canned(200, provider.cut, headers)]) as stub:
        assert type(await failing(adapter, http, stub)) is ModelTransient
    async with provider.stub(script=[Canned(200, provider.declined, headers)]) as stub:
        error = await failing(adapter, http, stub)
    assert type(error) is ModelRefused


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


async def test_it_streams(adapter: Chat, http: aiohttp.ClientSession) -> None:
    async with adapter.provider.stub() as stub:
        texts = await stream(adapter.make(stub.base_url, http))
    assert len([text for text in texts if text]) >= 2
    assert ANSWER.reply in "".join(texts)
    assert stub.wants_stream(stub.requests[0].path, stub.requests[0].body)


async def test_a_stream_left_early_closes_the_connection(
    adapter: Chat, http: aiohttp.ClientSession
) -> None:
    async with adapter.provider.stub(script=[Stall(adapter.provider.half)] * 3) as stub:
        model = adapter.make(stub.base_url, http)
        async with model, model.request_stream(MESSAGES, None, PARAMETERS) as stream:
            async for _ in stream:
                break
            if not adapter.ours:
                await stream.cancel()  # pydantic-ai's own close when they are told to
        await stub.until(lambda stub: stub.closed_by_client == 1)


async def test_plain_text_is_asked_for_plainly(adapter: Chat, http: aiohttp.ClientSession) -> None:
    async with adapter.provider.stub() as stub:
        model = adapter.make(stub.base_url, http)
        async with model:
            response = await model.request(MESSAGES, None, ModelRequestParameters())
    assert response.text == "Here is the answer."
    assert not stub.wants_object(stub.requests[0].body)
