"""Models in the order they are asked: when one can't answer, the next may."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from time import monotonic
from typing import Self

from pydantic_ai.models import Model

REST_SECONDS = 30.0
"""A model that failed is asked after the others for this long: a customer must not wait for it each time."""

LONGEST_REST_SECONDS = 300.0
"""A model that asks for a longer pause is asked after the others until this is over."""


def takes(model: Model) -> frozenset[str]:
    """The MIME types of the files that a model takes beside text; none where it does not say."""
    told = getattr(model, "takes", None)
    return told if isinstance(told, frozenset) else frozenset()


class Chain:
    """The models of a process and which of them failed a moment ago. Raises ValueError for none."""

    def __init__(self, models: Sequence[Model], clock: Callable[[], float] = monotonic) -> None:
        if not models:
            raise ValueError("a chain has at least one model")
        self.models = tuple(models)
        self._clock = clock
        self._resting: dict[int, float] = {}

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

    def order(self) -> list[Model]:
        """All of them; those that failed a moment ago last, by when their rest ends."""
        now = self._clock()
        rests = {
            id(model): max(0.0, self._resting.get(id(model), 0.0) - now) for model in self.models
        }
        return sorted(self.models, key=lambda model: rests[id(model)])

    def failed(self, model: Model, asked: float | None = None) -> None:
        """It could not answer; `asked` are the seconds it wants to be left alone."""
        rest = min(max(asked or 0.0, REST_SECONDS), LONGEST_REST_SECONDS)
        self._resting[id(model)] = self._clock() + rest

    def answered(self, model: Model) -> None:
        """It answered."""
        self._resting.pop(id(model), None)
