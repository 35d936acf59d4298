"""What only our own wire models do: streams that fail aloud, servers that turn structured output down."""

from __future__ import annotations

import aiohttp
import pytest

from rejoinder.errors import ModelTransient
from rejoinder.testing.model_stub import Canned, Drop, Script

from .providers import CHATS, GEMINI, OPENAI, Chat
from .test_chats import MESSAGES, PARAMETERS, stream
from .test_conformance import ask

OURS = [adapter for adapter in CHATS if adapter.ours]

pytestmark = pytest.mark.parametrize("adapter", OURS, ids=lambda adapter: adapter.name)


async def test_a_stream_that_fails_raises(adapter: Chat, http: aiohttp.ClientSession) -> None:
    provider = adapter.provider
    streamed = {"Content-Type": "text/event-stream"}
    scripts: list[tuple[Script, str]] = [
        (Canned(200, provider.half + provider.failing, streamed), "fell over"),
        (Canned(200, provider.half, streamed), "ended early"),
        (Canned(200, b"data: hello\n\n", streamed), "no answer of a model"),
        (Canned(200, b'{"error": "Upstream fell over"}'), "fell over"),
        (provider.faulty(503, "Upstream fell over"), "fell over"),
        (Drop(provider.half), "broke off"),
    ]
    for script, told in scripts:
        async with provider.stub(script=[script]) as stub:
            with pytest.raises(ModelTransient, match=told):
                await stream(adapter.make(stub.base_url, http))


async def test_a_format_turned_down_is_not_asked_for_again(
    adapter: Chat, http: aiohttp.ClientSession
) -> None:
    named = {OPENAI: "response_format", GEMINI: "responseJsonSchema"}
    refusal = adapter.provider.faulty(400, f"Unknown name: {named[adapter.provider]}")
    for streamed in (False, True):
        async with adapter.provider.stub(script=[refusal]) as stub:
            model = adapter.make(stub.base_url, http)
            for _ in range(2):
                if streamed:
                    async with model.request_stream(MESSAGES, None, PARAMETERS) as stream:
                        assert [each async for each in stream]
                else:
                    await ask(model)
        asked = [stub.wants_object(request.body) for request in stub.requests]
        assert asked == [True, False, False]
