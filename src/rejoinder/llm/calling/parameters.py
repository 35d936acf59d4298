"""What a bot wishes of its models, as their providers want it said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings

from rejoinder.bots.policies import Ask
from rejoinder.usage.model import Purpose

OPENAI_CACHE_KEY = "openai_prompt_cache_key"
"""pydantic-ai's name of the setting that OpenAI knows as `prompt_cache_key`."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How a call is made: its parameters, what and whom it is booked for, and who is told the reply as it comes."""

    ask: Ask = field(default_factory=Ask)
    bot_id: UUID | None = None
    purpose: Purpose = "answer"
    on_text: Callable[[str], None] | None = None


USUAL = Terms()


def parameters(model: Model, terms: Terms) -> ModelSettings | None:
    """The settings of a call of this model, None for none.

    Prompts are kept where the provider has to be asked for that. OpenAI does it by itself, and finds again what calls
    with the same `prompt_cache_key` share ("Prompt caching"); Gemini needs nothing ("Context caching": implicit).
    The other models of pydantic-ai take its `cache`; those that know none leave it out.
    """
    ask = terms.ask
    told: dict[str, Any] = {
        name: value
        for name in ("temperature", "top_p", "max_tokens")
        if (value := getattr(ask, name)) is not None
    }
    if ask.cache_prompt:
        told |= _caching(model, terms.bot_id)
    return cast("ModelSettings", told) if told else None


def _caching(model: Model, bot_id: UUID | None) -> dict[str, Any]:
    # Only the instructions: of a conversation the next call changes the middle, where knowledge and context stand, and
    # what is written into Anthropic's cache costs a quarter more ("Prompt caching": pricing).
    if getattr(model, "takes_cache", False):
        return {"cache": {"messages": False}}
    own = model.system == "openai" and urlsplit(model.base_url or "").hostname == "api.openai.com"
    if own and bot_id is not None:  # another server may refuse a field it does not know
        return {OPENAI_CACHE_KEY: sha256(bot_id.bytes).hexdigest()[:32]}
    return {}
