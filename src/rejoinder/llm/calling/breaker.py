"""Leaving a model alone that can't answer: a rest after a failure, and nobody sent to it after several.

closed ── OPENS_AFTER failures in a row ──▶ open ── its rest is over ──▶ half-open: one call tries
  ▲                                          ▲                              │
  └────────────── it answers ────────────────┼──────── it fails ────────────┘
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Final, Literal, TypeAlias

from pydantic_ai.models import Model

from rejoinder.errors import ModelError, ModelRefused, ModelTransient
from rejoinder.telemetry.metrics import MODEL_BREAKER

State: TypeAlias = Literal["closed", "half_open", "open"]

REST_SECONDS = 30.0
"""A model that failed is asked after the others for this long: a customer must not wait for it each time."""

LONGEST_REST_SECONDS = 300.0
"""A model that asks for a longer pause is asked after the others until this is over."""

OPENS_AFTER: Final = 5
"""Failures in a row, of whichever conversations: one or two are a bad minute, five are a model that is down."""

RESTING: Final = "model_resting"
"""The code of the error for a model that was not asked because it failed again and again."""

_TOLD: dict[State, int] = {"closed": 0, "half_open": 1, "open": 2}
_AGAIN_S = 1.0  # the one that tries takes seconds at most, mostly


class Breaker:
    """What is known of one model's health in this process, whichever chains it stands in."""

    def __init__(self, model: Model, clock: Callable[[], float]) -> None:
        self._model = model
        self._clock = clock
        self._until = 0.0
        self._failures = 0
        self._last: ModelError | None = None
        self._trying = False
        self._waiting: list[asyncio.Future[None]] = []
        self._show()

    @property
    def rest(self) -> float:
        """Seconds for which it is asked last."""
        return max(0.0, self._until - self._clock())

    @property
    def state(self) -> State:
        """`half_open` as soon as its rest is over, whether or not somebody tries already."""
        if self._failures < OPENS_AFTER:
            return "closed"
        return "open" if self.rest else "half_open"

    @property
    def trying(self) -> bool:
        """Whether one call finds out now how it is."""
        return self._trying

    @property
    def shut(self) -> bool:
        """Whether nobody else may ask it now."""
        return self.state == "open" or (self.state == "half_open" and self._trying)

    def enter(self) -> ModelError | None:
        """Why it is not to be asked now; None for go on, and then tell what came of it."""
        if self.shut:
            return self._refusal()
        self._trying = self.state == "half_open"
        self._show()
        return None

    def failed(self, error: ModelError) -> None:
        """It can't answer; `retry_after` are the seconds it wants to be left alone."""
        self._failures += 1
        self._last = error
        rest = min(max(error.retry_after or 0.0, REST_SECONDS), LONGEST_REST_SECONDS)
        self._until = self._clock() + rest
        self._tried()

    def answered(self, *, well: bool = True) -> None:
        """It answered; not `well` if that was of no use, which says nothing against its health."""
        if well or self._failures >= OPENS_AFTER:
            self._until = 0.0
        self._failures = 0
        self._tried()

    def left(self) -> None:
        """The call ended before it told anything: it was cancelled, or a bug ended it."""
        if self._trying:
            self._tried()

    async def tried(self) -> None:
        """Wait until the call that tries has ended."""
        if self._trying:
            waiter = asyncio.get_running_loop().create_future()
            self._waiting.append(waiter)
            await waiter

    def _tried(self) -> None:
        self._trying = False
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
        self._waiting.clear()
        self._show()

    def _refusal(self) -> ModelError:
        """Of the kind of its last failure: a wrong key is not mended by waiting."""
        told = f"The model {self._model.model_name} failed {self._failures} times in a row and is left alone."
        last = self._last
        if isinstance(last, ModelRefused):
            return ModelRefused(f"{told} {last.detail}", mend=last.mend, code=RESTING)
        why = f" {last.detail}" if last else ""
        return ModelTransient(told + why, code=RESTING, retry_after=self.rest or _AGAIN_S)

    def _show(self) -> None:
        gauge = MODEL_BREAKER.labels(self._model.system, self._model.model_name)
        gauge.set(_TOLD[self.state])


class Breakers:
    """One for each model."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._known: dict[int, tuple[Model, Breaker]] = {}

    def of(self, model: Model) -> Breaker:
        """The model's own; the model is kept, so that its id stays its own too."""
        known = self._known.get(id(model))
        if known is None:
            known = self._known[id(model)] = (model, Breaker(model, self._clock))
        return known[1]
