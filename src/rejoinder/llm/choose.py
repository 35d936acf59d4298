"""Picking the model the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rejoinder.errors import Setup

if TYPE_CHECKING:
    import aiohttp
    from pydantic_ai.models import Model


def choose(
    *,
    wanted: str | None,
    openai_api_key: str | None,
    openai_base_url: str,
    openai_model: str,
    session: aiohttp.ClientSession,
) -> Model:
    """The model for `wanted`: `local` or `openai:NAME`.

    None stands for `openai:` with `openai_model` when a key is set, else for `local`. A compatible
    server of your own may need no key. Raises Setup for anything else.
    """
    if wanted is None:
        wanted = f"openai:{openai_model}" if openai_api_key else "local"
    provider, _, name = wanted.partition(":")
    if wanted == "local":
        from rejoinder.llm.local.model import LocalModel

        return LocalModel()
    if provider == "openai" and name:
        from rejoinder.llm.openai import OpenAIModel

        return OpenAIModel(name, api_key=openai_api_key, base_url=openai_base_url, session=session)
    raise Setup(
        f"REJOINDER_MODEL is {wanted!r}, which is no model known here.",
        mend="Set it to local or to openai:NAME, such as openai:gpt-5-mini, or leave it unset.",
        code="unknown_model",
    )
