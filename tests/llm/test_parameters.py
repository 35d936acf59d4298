"""What a bot wishes of its models arrives at their providers, under their names for it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest
from pydantic_ai.models import Model, ModelRequestParameters

from rejoinder.bots.policies import Ask
from rejoinder.errors import ModelTransient
from rejoinder.llm.calling.chain import Chain
from rejoinder.llm.calling.generate import generate
from rejoinder.llm.calling.parameters import OPENAI_CACHE_KEY, Terms, parameters
from rejoinder.llm.formats.openai import OpenAIModel
from rejoinder.llm.formats.openai.wire import BASE_URL as OPENAI_URL
from rejoinder.testing import OpenAIStub
from rejoinder.testing.model_stub import Canned, Hang
from rejoinder.testing.openai_stub import completion
from rejoinder.usage.model import Call

from .conftest import KEY, PROMPT
from .providers import CHATS, GEMINI, Chat

TEXT = ModelRequestParameters()


class Listed(OpenAIModel):
    """One whose price is looked up as at OpenAI's own address, wherever it is asked."""

    @property
    def base_url(self) -> str:
        return OPENAI_URL


WISHES = Ask(temperature=0.3, top_p=0.8, max_tokens=77)


async def sent(
    adapter: Chat, http: aiohttp.ClientSession, ask: Ask, bot_id: UUID | None = None
) -> dict[str, Any]:
    """The body that a provider gets for these wishes."""
    async with (
        adapter.provider.stub() as stub,
        Chain([adapter.make(stub.base_url, http)]).open() as chain,
    ):
        await generate(chain, PROMPT, timeout=30, record=lambda _: None, ask=ask, bot_id=bot_id)
    return stub.requests[0].body


@pytest.mark.parametrize("adapter", CHATS, ids=lambda adapter: adapter.name)
async def test_they_are_sent(adapter: Chat, http: aiohttp.ClientSession) -> None:
    body = await sent(adapter, http, WISHES)
    if adapter.provider is GEMINI:
        config = body["generationConfig"]
        found = (config["temperature"], config["topP"], config["maxOutputTokens"])
    else:
        limit = body.get("max_tokens", body.get("max_completion_tokens"))
        found = (body["temperature"], body["top_p"], limit)
    assert found == (0.3, 0.8, 77)


@pytest.mark.parametrize("adapter", CHATS, ids=lambda adapter: adapter.name)
async def test_who_wishes_nothing_leaves_it_to_the_provider(
    adapter: Chat, http: aiohttp.ClientSession
) -> None:
    body = await sent(adapter, http, Ask(cache_prompt=False))
    config = body.get("generationConfig", body)
    assert "temperature" not in config
    assert "topP" not in config
    assert "top_p" not in config
    assert "cache_control" not in str(body)


@pytest.mark.parametrize(
    ("name", "limit", "temperature"),
    [
        ("gpt-4o", "max_tokens", True),
        ("llama3.1:8b", "max_tokens", True),
        ("gpt-5-mini", "max_completion_tokens", False),
        ("gpt-5-chat-latest", "max_completion_tokens", True),
        ("o4-mini", "max_completion_tokens", False),
        ("openai/gpt-5", "max_completion_tokens", False),
    ],
)
async def test_models_that_think_want_other_words(
    http: aiohttp.ClientSession, name: str, limit: str, temperature: bool
) -> None:
    async with OpenAIStub() as stub:
        model = OpenAIModel(name, api_key=KEY, base_url=stub.base_url, session=http)
        await generate(Chain([model]), PROMPT, timeout=30, record=lambda _: None, ask=WISHES)
    body = stub.requests[0].body
    assert body[limit] == 77
    assert ("temperature" in body, "top_p" in body) == (temperature, temperature)
    assert len({"max_tokens", "max_completion_tokens"} & set(body)) == 1


async def test_claude_is_asked_to_keep_the_instructions(http: aiohttp.ClientSession) -> None:
    """Anthropic, "Prompt caching": a block with `cache_control` ends what is kept."""
    claude = next(each for each in CHATS if each.name == "anthropic")
    body = await sent(claude, http, Ask())
    assert body["system"][-1]["cache_control"]["type"] == "ephemeral"
    assert "cache_control" not in str(body["messages"])
    assert "cache_control" not in body
    assert "cache_control" not in str(await sent(claude, http, Ask(cache_prompt=False)))


def test_openai_is_told_which_calls_begin_alike(http: aiohttp.ClientSession) -> None:
    bot, other = uuid4(), uuid4()
    model = OpenAIModel("gpt-x", api_key=KEY, session=http)

    def key(model: Model, bot_id: UUID | None, *, cache: bool = True) -> object:
        settings = parameters(model, Terms(Ask(cache_prompt=cache), bot_id)) or {}
        return settings.get(OPENAI_CACHE_KEY)

    assert key(model, bot) == key(model, bot) != key(model, other)
    assert str(bot) not in str(key(model, bot))
    assert key(model, bot, cache=False) is None
    elsewhere = OpenAIModel("x", api_key=KEY, base_url="http://127.0.0.1:1/v1", session=http)
    assert key(elsewhere, bot) is None


async def test_the_key_goes_by_openais_name(http: aiohttp.ClientSession) -> None:
    async with OpenAIStub() as stub:
        model = OpenAIModel("gpt-x", api_key=KEY, base_url=stub.base_url, session=http)
        settings: Any = {OPENAI_CACHE_KEY: "k"}
        await model.request([], settings, TEXT)
    assert stub.requests[0].body["prompt_cache_key"] == "k"


async def test_a_bots_time_goes_before_the_installations(http: aiohttp.ClientSession) -> None:
    async with OpenAIStub(script=[Hang()]) as stub:
        model = OpenAIModel("gpt-x", api_key=KEY, base_url=stub.base_url, session=http)
        with pytest.raises(ModelTransient, match="in time"):
            await generate(
                Chain([model]),
                PROMPT,
                timeout=3_600,
                record=lambda _: None,
                ask=Ask(timeout_seconds=1),
            )


@pytest.mark.parametrize("adapter", CHATS, ids=lambda adapter: adapter.name)
async def test_tokens_the_provider_had_kept_are_booked_as_such(
    adapter: Chat, http: aiohttp.ClientSession
) -> None:
    bot, calls = uuid4(), list[Call]()
    async with adapter.provider.stub(cached=64) as stub:
        model = adapter.make(stub.base_url, http)
        async with Chain([model]).open() as chain:
            for on_text in (None, lambda _: None):
                await generate(
                    chain, PROMPT, timeout=30, record=calls.append, bot_id=bot, on_text=on_text
                )
    assert [call.cached_tokens for call in calls] == [64, 64]
    assert all(call.input_tokens > 64 for call in calls)
    assert {(call.bot_id, call.purpose) for call in calls} == {(bot, "answer")}


async def test_a_call_says_how_far_its_price_can_be_relied_on(
    http: aiohttp.ClientSession,
) -> None:
    told = Canned(body=completion("Three days.", tokens=(40, 5)))
    calls: list[Call] = []
    async with OpenAIStub(script=[told, Canned(body=completion("Three days."))]) as stub:
        listed = Listed("gpt-5-mini", api_key=KEY, base_url=stub.base_url, session=http)
        for _ in range(2):
            await generate(Chain([listed]), PROMPT, timeout=30, record=calls.append)
        unlisted = OpenAIModel("gpt-x", api_key=KEY, base_url=stub.base_url, session=http)
        await generate(Chain([unlisted]), PROMPT, timeout=30, record=calls.append)
    assert [call.priced for call in calls] == ["exact", "estimated", "unknown"]
    assert [call.cost is None for call in calls] == [False, False, True]
    assert calls[0].prices == {"input": "0.25", "cached": "0.025", "output": "2"}
    assert calls[2].prices is None
