"""Picking the embedding model the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rejoinder.errors import Setup
from rejoinder.llm.choose import Accounts
from rejoinder.llm.embedding.model import FIRST, Named, named

if TYPE_CHECKING:
    import aiohttp

    from rejoinder.llm.calling.limits import Limits
    from rejoinder.llm.embedding.embedder import Embedder

NONE = "none"


def embedder_of(
    wanted: str | None,
    accounts: Accounts,
    session: aiohttp.ClientSession,
    *,
    models: str | None = None,
    limits: Limits | None = None,
) -> Embedder | None:
    """The embedder that `wanted` names (REJOINDER_EMBEDDER); None for `none`.

    `gemini:NAME`, `openai:NAME` (or the provider alone, for its usual model) or one of pydantic-ai's `provider:NAME`,
    each with `@SIZE` for vectors of another size. Unset it follows `models` (REJOINDER_MODEL): the first provider that
    answers, has a key and is at its own address, so that no text goes to a company that sees none already, and no
    server of yours is asked for what it may not have. `limits` hold for its calls. Raises Setup for what can't be used.
    """
    which = choice(wanted, accounts, models)
    return _made(which, accounts, session, limits) if which else None


def choice(wanted: str | None, accounts: Accounts, models: str | None = None) -> Named | None:
    """The model `embedder_of` makes, without what that loads and checks. Raises Setup for a name that is none."""
    if wanted is not None:
        if wanted.strip() == NONE:
            return None
        found = named(wanted)
        if found is None:
            raise Setup(
                f"REJOINDER_EMBEDDER names {wanted!r}, which is no embedding model.",
                mend="Write openai:NAME, gemini:NAME or one of pydantic-ai's provider:NAME, with @SIZE for vectors of "
                "another size; none for none; or leave it unset.",
                code="unknown_embedder",
            )
        return found
    for provider in _answering(models, accounts):
        account = getattr(accounts, provider)
        if account.api_key and not account.base_url:
            return named(provider)
    return None


def _answering(models: str | None, accounts: Accounts) -> list[str]:
    """The providers that answer and that embed, in order; unset it is the first that has a key."""
    if models is not None:
        asked = [name.strip().partition(":")[0] for name in models.split(",")]
        return [name for name in dict.fromkeys(asked) if name in FIRST]
    if accounts.service.base_url:
        return []
    keys = [name for name in ("gemini", "openai", "anthropic") if getattr(accounts, name).api_key]
    return [name for name in keys[:1] if name in FIRST]


def _made(
    which: Named, accounts: Accounts, session: aiohttp.ClientSession, limits: Limits | None
) -> Embedder:
    from rejoinder.llm.embedding import gemini, openai
    from rejoinder.llm.embedding.embedder import Embedder
    from rejoinder.llm.embedding.others import inferred
    from rejoinder.llm.embedding.wire import WireEmbedding

    match which.provider:
        case "gemini":
            gemini_model = WireEmbedding(gemini, which.name, accounts.gemini, session)
            return Embedder(gemini_model, which, limits=limits)
        case "openai":
            openai_model = WireEmbedding(openai, which.name, accounts.openai, session)
            return Embedder(openai_model, which, limits=limits)
    model, close = inferred(which)
    return Embedder(model, which, close, limits)
