"""Models in the order they are asked: when one can't answer, the next may."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from time import monotonic
from typing import Self

from pydantic_ai.models import Model

from rejoinder.llm.calling.breaker import (
    LONGEST_REST_SECONDS,
    REST_SECONDS,
    Breaker,
    Breakers,
)
from rejoinder.llm.calling.limits import Limits

__all__ = ["LONGEST_REST_SECONDS", "REST_SECONDS", "Chain", "takes"]


def takes(model: Model) -> frozenset[str]:
    """The MIME types of the files that a model takes beside text; none where it does not say."""
    told = getattr(model, "takes", None)
    return told if isinstance(told, frozenset) else frozenset()


class Chain:
    """Models by preference, and what is known of their health. Raises ValueError for none.

    `breakers` and `limits` are those of the process where several chains share models; `names` are what the models were
    chosen by, if they were.
    """

    def __init__(
        self,
        models: Sequence[Model],
        clock: Callable[[], float] = monotonic,
        *,
        breakers: Breakers | None = None,
        limits: Limits | None = None,
        names: Sequence[str] = (),
    ) -> None:
        if not models:
            raise ValueError("a chain has at least one model")
        self.models = tuple(models)
        self.names = tuple(names)
        self.breakers = breakers or Breakers(clock)
        self.limits = limits or Limits()

    @property
    def first(self) -> Model:
        """The model that is preferred."""
        return self.models[0]

    @property
    def takes(self) -> frozenset[str]:
        """The MIME types of the files that any of them takes."""
        return frozenset().union(*map(takes, self.models))

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Self]:
        """Connections that an SDK keeps are closed on leaving."""
        async with AsyncExitStack() as stack:
            for model in self.models:
                await stack.enter_async_context(model)
            yield self

    def breaker(self, model: Model) -> Breaker:
        """What is known of its health."""
        return self.breakers.of(model)

    def order(self) -> list[Model]:
        """All of them; those that failed a moment ago last, by when their rest ends."""
        return sorted(self.models, key=lambda model: self.breaker(model).rest)

    async def ready(self, timeout: float) -> None:
        """Where all have failed again and again, and one is being tried, wait for what becomes of that."""
        breakers = [self.breaker(model) for model in self.models]
        try:
            async with asyncio.timeout(timeout):
                while all(each.shut for each in breakers) and (
                    trying := [each for each in breakers if each.trying]
                ):
                    await trying[0].tried()
        except TimeoutError:
            return
