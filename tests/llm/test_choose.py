"""The settings name models, or the newcomer's default is taken."""

from __future__ import annotations

import aiohttp
import pytest

from rejoinder.errors import Setup
from rejoinder.llm.choose import Account, Accounts, choose, names

URL = "http://127.0.0.1:11434/v1"


def accounts(
    gemini: str | None = None,
    openai: str | None = None,
    anthropic: str | None = None,
    openai_url: str | None = None,
    service_url: str | None = None,
) -> Accounts:
    """Accounts with these keys and addresses."""
    return Accounts(
        gemini=Account(gemini, None, "gemini-usual"),
        openai=Account(openai, openai_url, "gpt-usual"),
        anthropic=Account(anthropic, None, "claude-usual"),
        service=Account(None, service_url, "service"),
    )


@pytest.mark.parametrize(
    ("wanted", "given", "chosen"),
    [
        (None, accounts(), ["local:local"]),
        (None, accounts(openai=""), ["local:local"]),
        (None, accounts(openai="sk-x"), ["openai:gpt-usual"]),
        (None, accounts(anthropic="sk-x"), ["anthropic:claude-usual"]),
        (None, accounts(openai="sk-x", anthropic="sk-y"), ["openai:gpt-usual"]),
        (None, accounts("key", "sk-x", "sk-y"), ["google:gemini-usual"]),
        (None, accounts("key", service_url=URL), ["service:service"]),
        ("gemini", accounts("key", service_url=URL), ["google:gemini-usual"]),
        ("service, local", accounts(service_url=URL), ["service:service", "local:local"]),
        ("local", accounts(openai="sk-x"), ["local:local"]),
        ("openai:llama3:8b", accounts(openai_url=URL), ["openai:llama3:8b"]),
        ("openai", accounts(openai="sk-x"), ["openai:gpt-usual"]),
        ("gemini:gemini-x", accounts("key"), ["google:gemini-x"]),
        (
            "gemini, openai:gpt-5 ,local",
            accounts("key", "sk-x"),
            ["google:gemini-usual", "openai:gpt-5", "local:local"],
        ),
        ("anthropic:claude-x", accounts(anthropic="sk-y"), ["anthropic:claude-x"]),
    ],
)
def test_the_models_that_are_wanted(
    http: aiohttp.ClientSession, wanted: str | None, given: Accounts, chosen: list[str]
) -> None:
    chain = choose(wanted, given, http)
    assert [f"{model.system}:{model.model_name}" for model in chain.models] == chosen


@pytest.mark.parametrize(
    "wanted", ["", "gemni", "openai:", "local:x", "service:", "OpenAI:gpt", "openai,", "nobody:gpt"]
)
def test_an_unknown_model_is_told_what_is_known(http: aiohttp.ClientSession, wanted: str) -> None:
    with pytest.raises(Setup, match="openai:NAME") as caught:
        choose(wanted, accounts("key", "sk-x", "sk-y"), http)
    assert caught.value.code == "unknown_model"


def test_another_provider_is_pydantic_ai_s(
    http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It wants its key in its own variable, and says so."""
    monkeypatch.delenv("DEEPSEEK_API_KEY", raising=False)
    with pytest.raises(Setup, match="DEEPSEEK_API_KEY"):
        choose("deepseek:deepseek-chat", accounts(), http)
    monkeypatch.setenv("DEEPSEEK_API_KEY", "sk-x")
    chain = choose("deepseek:deepseek-chat", accounts(), http)
    assert chain.first.model_name == "deepseek-chat"


def test_one_whose_sdk_is_missing_says_what_to_install(http: aiohttp.ClientSession) -> None:
    with pytest.raises(Setup, match="pip install"):
        choose("mistral:mistral-large-latest", accounts(), http)


@pytest.mark.parametrize(
    ("wanted", "setting"),
    [
        ("openai:gpt-5", "OPENAI_API_KEY"),
        ("gemini", "GEMINI_API_KEY"),
        ("anthropic", "ANTHROPIC_API_KEY"),
        ("service", "AI_SERVICE_URL"),
    ],
)
def test_a_provider_itself_needs_a_key_and_the_service_an_address(
    http: aiohttp.ClientSession, wanted: str, setting: str
) -> None:
    with pytest.raises(Setup, match=setting):
        choose(wanted, accounts(), http)


def test_the_names_shown_are_those_of_the_models() -> None:
    assert names(None, accounts("key", service_url=URL)) == ["service"]
    assert names("service, gemini, openai:gpt-5", accounts("key", service_url=URL)) == [
        "service",
        "gemini-usual",
        "gpt-5",
    ]


def test_keys_are_not_shown() -> None:
    assert "secret" not in repr(accounts("a secret", "a secret", "a secret"))
