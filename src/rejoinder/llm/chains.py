"""A chain of models for each bot that wishes others than the installation's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Self

from rejoinder.bots.policies import Ask, Spend
from rejoinder.errors import Setup
from rejoinder.llm.choose import Accounts, make, unknown, wanted_names
from rejoinder.telemetry.logs import log

if TYPE_CHECKING:
    import aiohttp
    from pydantic_ai.models import Model

    from rejoinder.llm.calling.chain import Chain

_OWN = frozenset({"local", "service", "gemini", "openai", "anthropic"})
_ALONE = frozenset({"local", "service"})


class Chains:
    """Chains by what bots name, each made once; a model that several name is one model.

    So its rest, its breaker and its provider's limits are the process', not a bot's. `default` is the installation's
    chain: for bots that name none, and for those whose models can't be used here.
    """

    def __init__(
        self, accounts: Accounts | None, session: aiohttp.ClientSession | None, default: Chain
    ) -> None:
        self.default = default
        self._providers = (accounts, session) if accounts and session else None
        self._made: dict[str, Chain] = {}
        self._models = {
            _full(name, accounts): model
            for name, model in zip(default.names, default.models, strict=False)
            if accounts
        }
        self._lock = asyncio.Lock()
        self._stack = AsyncExitStack()

    @classmethod
    def only(cls, chain: Chain) -> Self:
        """That chain for whoever asks: where no provider's account is known."""
        return cls(None, None, chain)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Self]:
        """All of them, the installation's too: the connections that SDKs keep are closed on leaving."""
        async with self._stack as stack:
            await stack.enter_async_context(self.default.open())
            yield self

    async def of(self, ask: Ask) -> Chain:
        """The chain that a bot wishes."""
        return await self.named(ask.models)

    async def named(self, models: str | None) -> Chain:
        """The chain of these names; the installation's for None, and, with a line in the log, where they can't be used.

        The first to name a model waits until it is loaded; an SDK takes a second.
        """
        if models is None or self._providers is None:
            return self.default
        made = self._made.get(models)
        if made is not None:
            return made
        async with self._lock:
            if models not in self._made:
                self._made[models] = await self._make(models, *self._providers)
            return self._made[models]

    async def _make(self, models: str, accounts: Accounts, session: aiohttp.ClientSession) -> Chain:
        from rejoinder.llm.calling.chain import Chain

        names = wanted_names(models, accounts)
        try:
            found = [await self._model(name, accounts, session) for name in names]
        except Setup as wrong:
            log.warning("bot_models_unusable", models=models, error=wrong.detail, mend=wrong.mend)
            return self.default
        shared = self.default
        return Chain(found, breakers=shared.breakers, limits=shared.limits, names=names)

    async def _model(self, name: str, accounts: Accounts, session: aiohttp.ClientSession) -> Model:
        full = _full(name, accounts)
        known = self._models.get(full)
        if known is None:
            # beside the event loop: an SDK's import is a second of CPU
            known = await asyncio.to_thread(make, name, accounts, session)
            await self._stack.enter_async_context(known)
            self._models[full] = known
        return known


def _full(name: str, accounts: Accounts) -> str:
    """One name for one model: `openai` is the same as `openai:` with its usual model."""
    return f"{name}:{getattr(accounts, name).model}" if name in _OWN - _ALONE else name


def problems(ask: Ask, spend: Spend | None = None, accounts: Accounts | None = None) -> list[str]:
    """What is wrong with the models that a bot names, a sentence each; nothing for a bot that names none.

    Without `accounts` keys and addresses are not looked at: they may be those of other processes. The names of
    pydantic-ai's providers import it, which takes over a second the first time: call it in a thread.
    """
    told: list[str] = []
    named = {
        "ask.models": ask.models,
        "spend.downgrade_to": spend.downgrade_to if spend is not None else None,
    }
    for where, models in named.items():
        for name in (models or "").split(",") if models is not None else ():
            wrong = _wrong(name.strip(), accounts)
            if wrong is not None:
                told.append(f"{where}: {wrong}")
    return told


def _wrong(name: str, accounts: Accounts | None) -> Setup | None:
    provider, colon, model = name.partition(":")
    if provider in _OWN:
        right = not colon if provider in _ALONE else bool(model) or not colon
        return _unreachable(provider, accounts) if right else unknown(name)
    if not provider or not model:
        return unknown(name)
    from pydantic_ai.providers import infer_provider_class

    try:
        infer_provider_class(provider)
    except ValueError:
        return unknown(name)
    except ImportError as missing:
        return Setup(
            f"The model {name!r} can't be used: {missing}", mend="Install it where bots answer."
        )
    return None


def _unreachable(provider: str, accounts: Accounts | None) -> Setup | None:
    if accounts is None or provider == "local":
        return None
    at = getattr(accounts, provider)
    if at.api_key or at.base_url:
        return None
    setting = "AI_SERVICE_URL" if provider == "service" else f"{provider.upper()}_API_KEY"
    return Setup(f"Nothing says how {provider} is reached.", mend=f"Set {setting}.")
