"""A call costs what the provider's list says; another server's price is not guessed from the format it speaks."""

from __future__ import annotations

from decimal import Decimal

import aiohttp
from pydantic_ai.models import Model
from pydantic_ai.usage import RequestUsage

from rejoinder.llm.calling.price import price
from rejoinder.llm.formats.gemini import GeminiModel
from rejoinder.llm.formats.openai import OpenAIModel
from rejoinder.llm.local.model import LocalModel

USAGE = RequestUsage(input_tokens=1_000_000, output_tokens=1_000_000)


def cost(model: Model, usage: RequestUsage) -> Decimal | None:
    return price(model, usage).cost


def test_a_listed_model_costs_what_is_listed(http: aiohttp.ClientSession) -> None:
    # OpenAI, "Pricing": gpt-5-mini is 0.25 dollars a million tokens read, 2 a million written.
    model = OpenAIModel("gpt-5-mini", api_key="sk-x", session=http)
    assert cost(model, USAGE) == Decimal("2.25")
    flash = GeminiModel("gemini-flash-latest", api_key="key", session=http)
    assert (cost(flash, USAGE) or 0) > 0


def test_what_was_cached_costs_less(http: aiohttp.ClientSession) -> None:
    model = OpenAIModel("gpt-5-mini", api_key="sk-x", session=http)
    cached = RequestUsage(input_tokens=1_000_000, cache_read_tokens=900_000)
    paid, full = cost(model, cached), cost(model, RequestUsage(input_tokens=1_000_000))
    assert paid is not None
    assert full is not None
    assert 0 < paid < full


def test_a_server_of_your_own_has_no_price(http: aiohttp.ClientSession) -> None:
    url = "http://127.0.0.1:11434/v1"
    assert cost(OpenAIModel("gpt-5-mini", api_key=None, base_url=url, session=http), USAGE) is None
    assert cost(OpenAIModel("made-up", api_key="sk-x", session=http), USAGE) is None


def test_local_is_free() -> None:
    assert cost(LocalModel(), USAGE) == 0


def test_the_prices_of_the_day_are_kept(http: aiohttp.ClientSession) -> None:
    model = OpenAIModel("gpt-5-mini", api_key="sk-x", session=http)
    assert price(model, USAGE).prices == {"input": "0.25", "cached": "0.025", "output": "2"}
    unknown = OpenAIModel("made-up", api_key="sk-x", session=http)
    assert price(unknown, USAGE).prices is None


def test_a_long_prompt_has_the_prices_of_long_prompts(http: aiohttp.ClientSession) -> None:
    """Google, "Gemini API pricing": 2.5 Pro costs more for prompts of more than 200,000 tokens."""
    model = GeminiModel("gemini-2.5-pro", api_key="key", session=http)
    short, long = (
        price(model, RequestUsage(input_tokens=tokens)).prices or {} for tokens in (1_000, 300_000)
    )
    assert Decimal(short["input"]) < Decimal(long["input"])
    assert Decimal(short["output"]) < Decimal(long["output"])
