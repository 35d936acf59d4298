"""The settings name a model, or the newcomer's default is taken."""

from __future__ import annotations

import aiohttp
import pytest

from rejoinder.errors import Setup
from rejoinder.llm.choose import choose

URL = "http://127.0.0.1:11434/v1"


@pytest.mark.parametrize(
    ("wanted", "key", "chosen"),
    [
        (None, None, "local"),
        (None, "", "local"),
        (None, "sk-x", "gpt-5-mini"),
        ("local", "sk-x", "local"),
        ("openai:llama3:8b", None, "llama3:8b"),
        ("openai:gpt-5", "sk-x", "gpt-5"),
    ],
)
def test_the_model_that_is_wanted(
    http: aiohttp.ClientSession, wanted: str | None, key: str | None, chosen: str
) -> None:
    model = choose(
        wanted=wanted,
        openai_api_key=key,
        openai_base_url=URL,
        openai_model="gpt-5-mini",
        session=http,
    )
    assert model.model_name == chosen


@pytest.mark.parametrize("wanted", ["", "gemini", "openai", "openai:", "local:x", "OpenAI:gpt"])
def test_an_unknown_model_is_told_what_is_known(http: aiohttp.ClientSession, wanted: str) -> None:
    with pytest.raises(Setup, match="openai:NAME") as caught:
        choose(
            wanted=wanted,
            openai_api_key="sk-x",
            openai_base_url=URL,
            openai_model="m",
            session=http,
        )
    assert caught.value.code == "unknown_model"


def test_openai_itself_needs_a_key(http: aiohttp.ClientSession) -> None:
    with pytest.raises(Setup, match="OPENAI_API_KEY"):
        choose(
            wanted="openai:gpt-5",
            openai_api_key=None,
            openai_base_url="https://api.openai.com/v1",
            openai_model="m",
            session=http,
        )
