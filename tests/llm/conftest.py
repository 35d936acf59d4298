"""A session, a prompt and a key that must never show."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest

from rejoinder.llm.formats.openai import OpenAIModel
from rejoinder.llm.model import Line, Passage, Prompt
from rejoinder.net.http import session
from rejoinder.testing.openai_stub import OpenAIStub

KEY = "sk-very-secret-7f3a9"

PROMPT = Prompt(
    instructions="You help the customers of a demo shop.",
    passages=(Passage("Delivery", "Three to five days.", 0.75),),
    history=(Line("customer", "Hello"), Line("business", "Hi, how can I help?")),
    asked=("How long does delivery take?", "To Huế & <Hà Nội>?"),
)

MakeModel = Callable[[OpenAIStub], OpenAIModel]


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with session() as http:
        yield http


@pytest.fixture
def model_at(http: aiohttp.ClientSession) -> MakeModel:
    """The wire model that asks a stub."""
    return lambda stub: OpenAIModel("gpt", api_key=KEY, base_url=stub.base_url, session=http)
