"""Bots that name models of their own: chains made once, models shared, what can't be used told and survived."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import aiohttp
import pytest
from structlog.testing import capture_logs

from rejoinder.bots.policies import Ask, Spend
from rejoinder.errors import ModelTransient
from rejoinder.llm.calling.breaker import OPENS_AFTER
from rejoinder.llm.calling.chain import Chain
from rejoinder.llm.calling.limits import Limits
from rejoinder.llm.chains import Chains, problems
from rejoinder.llm.choose import Accounts, choose
from rejoinder.testing import ScriptedModel

from .test_choose import accounts

KEYS = accounts("key", "sk-x", "sk-y")


@pytest.fixture
def chains(http: aiohttp.ClientSession) -> Chains:
    """With keys for all, the installation's chain being Gemini and OpenAI."""
    return Chains(KEYS, http, choose("gemini, openai", KEYS, http, Limits()))


def named(chain: Chain) -> list[str]:
    return [f"{model.system}:{model.model_name}" for model in chain.models]


async def test_who_names_none_has_the_installations(chains: Chains) -> None:
    assert await chains.of(Ask()) is chains.default
    assert await chains.named(None) is chains.default


async def test_a_bots_own_are_made_once(chains: Chains) -> None:
    ask = Ask(models="anthropic:claude-x, local")
    async with chains.open():
        found = await asyncio.gather(*(chains.of(ask) for _ in range(3)))
    assert found[0] is found[1] is found[2]
    assert named(found[0]) == ["anthropic:claude-x", "local:local"]


async def test_a_model_that_several_name_is_one_with_one_health(chains: Chains) -> None:
    async with chains.open():
        own = await chains.of(Ask(models="openai:gpt-usual, local"))
        other = await chains.of(Ask(models="local , openai"))
    gpt = chains.default.models[1]
    assert own.models[0] is gpt is other.models[1]
    assert own.models[1] is other.models[0]
    for _ in range(OPENS_AFTER):
        own.breaker(gpt).failed(ModelTransient("down"))
    assert chains.default.breaker(gpt).shut
    assert own.limits is chains.default.limits


async def test_what_cannot_be_used_falls_back_to_the_installations(chains: Chains) -> None:
    unusable = ("nobody:x", "service", "gemini:", "openai:gpt-5, mistral:large")
    with capture_logs() as logs:
        for models in unusable * 2:
            assert await chains.of(Ask(models=models)) is chains.default
    assert [entry["models"] for entry in logs] == list(unusable), "each is told once"


async def test_one_chain_alone_is_everybodys() -> None:
    model = ScriptedModel()
    chains = Chains.only(Chain([model]))
    async with chains.open():
        assert (await chains.of(Ask(models="gemini:x"))).first is model


async def test_an_sdks_connections_are_closed_with_the_rest(chains: Chains) -> None:
    async with chains.open():
        claude = (await chains.of(Ask(models="anthropic:claude-x"))).first
        client = claude.wrapped.client  # type: ignore[attr-defined]
        assert not client.is_closed()
    assert client.is_closed()


@pytest.mark.parametrize(
    ("models", "given", "told"),
    [
        (None, KEYS, []),
        ("gemini, openai:gpt-5,local", KEYS, []),
        ("deepseek:deepseek-chat", None, []),
        ("gemini, nobody:x", KEYS, ["'nobody:x' is no model"]),
        ("gpt-5", None, ["'gpt-5' is no model"]),
        ("openai,", None, ["'' is no model"]),
        ("gemini:, local:x", None, ["'gemini:' is no model", "'local:x' is no model"]),
        ("mistral:large", None, ["pip install"]),
        ("openai", replace(KEYS, openai=accounts().openai), ["OPENAI_API_KEY"]),
        ("openai", None, []),
        ("service", KEYS, ["AI_SERVICE_URL"]),
    ],
)
def test_what_is_wrong_is_told_when_a_bot_is_saved(
    models: str | None, given: Accounts | None, told: list[str]
) -> None:
    found = problems(Ask(models=models), None, given)
    assert len(found) == len(told)
    for sentence, part in zip(found, told, strict=True):
        assert sentence.startswith("ask.models: ")
        assert part in sentence


def test_the_models_of_a_budget_are_looked_at_too() -> None:
    [told] = problems(Ask(models="local"), Spend(downgrade_to="nobody"))
    assert told.startswith("spend.downgrade_to: 'nobody' is no model")
