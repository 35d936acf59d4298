"""Picking the models the settings name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rejoinder.errors import Setup

if TYPE_CHECKING:
    import aiohttp
    from pydantic_ai.models import Model

    from rejoinder.llm.calling.chain import Chain
    from rejoinder.llm.calling.limits import Limits


@dataclass(frozen=True, slots=True)
class Account:
    """How a provider is reached: a key, an address, and the model that is asked if none is named."""

    api_key: str | None
    base_url: str | None
    model: str

    def __repr__(self) -> str:
        return f"Account(base_url={self.base_url!r}, model={self.model!r})"


@dataclass(frozen=True, slots=True)
class Accounts:
    """The providers known by name, the preferred one first; an AI service of one's own is preferred to them."""

    gemini: Account
    openai: Account
    anthropic: Account
    service: Account = Account(None, None, "service")


def choose(
    wanted: str | None,
    accounts: Accounts,
    session: aiohttp.ClientSession,
    limits: Limits | None = None,
) -> Chain:
    """The models of `wanted`, which names one or several with commas between: each is asked when those before it fail.

    A name is `local`, `service`, `gemini:NAME`, `openai:NAME`, `anthropic:NAME` (or the provider alone, for its usual
    model) or one of pydantic-ai's, `provider:NAME`. None stands for the service if it has an address, else for the
    first provider that has a key, else for `local`. A compatible server of your own may need no key. `limits` hold for
    the calls of its models. Raises Setup for what can't be used.
    """
    from rejoinder.llm.calling.chain import Chain

    named = wanted_names(wanted, accounts)
    made = [make(name, accounts, session) for name in named]
    return Chain(made, limits=limits, names=named)


def names(wanted: str | None, accounts: Accounts) -> list[str]:
    """The models' names as the providers know them, without what `choose` loads and checks."""
    return [
        name or getattr(getattr(accounts, provider, None), "model", provider)
        for provider, _, name in (each.partition(":") for each in wanted_names(wanted, accounts))
    ]


def wanted_names(wanted: str | None, accounts: Accounts) -> list[str]:
    """The names in a setting, as they are written there; the usual one for None."""
    given = _usual(accounts) if wanted is None else wanted
    return [name.strip() for name in given.split(",")]


def _usual(accounts: Accounts) -> str:
    if accounts.service.base_url:
        return "service"
    for provider in ("gemini", "openai", "anthropic"):
        if getattr(accounts, provider).api_key:
            return provider
    return "local"


def make(named: str, accounts: Accounts, session: aiohttp.ClientSession) -> Model:
    """The model of one name. Raises Setup."""
    provider, colon, name = named.partition(":")
    match provider:
        case "local" if not colon:
            from rejoinder.llm.local.model import LocalModel

            return LocalModel()
        case "service" if not colon:
            from rejoinder.llm.formats.service import ServiceModel

            at = accounts.service
            if not at.base_url:
                raise Setup(
                    "The AI service has no address.", mend="Set AI_SERVICE_URL.", code="no_address"
                )
            return ServiceModel(at.model, api_key=at.api_key, base_url=at.base_url, session=session)
        case "gemini" if name or not colon:
            from rejoinder.llm.formats.gemini import GeminiModel

            at = accounts.gemini
            return GeminiModel(
                name or at.model, api_key=at.api_key, base_url=at.base_url, session=session
            )
        case "openai" if name or not colon:
            from rejoinder.llm.formats.openai import OpenAIModel, TranscriptionModel, transcribes

            at = accounts.openai
            speaks = TranscriptionModel if transcribes(name) else OpenAIModel
            return speaks(
                name or at.model, api_key=at.api_key, base_url=at.base_url, session=session
            )
        case "anthropic" if name or not colon:
            from rejoinder.llm.others import anthropic

            at = accounts.anthropic
            return anthropic(name or at.model, api_key=at.api_key, base_url=at.base_url)
        case _ if name:
            from rejoinder.llm.others import inferred

            return inferred(named)
    raise unknown(named)


def unknown(named: str) -> Setup:
    """The error for a name that is no model's."""
    return Setup(
        f"{named!r} is no model known here.",
        mend="Write local, service, gemini:NAME, openai:NAME, anthropic:NAME or one of pydantic-ai's provider:NAME, "
        "several with commas between, or leave it unset.",
        code="unknown_model",
    )
