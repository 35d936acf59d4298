"""The vector of a question, made while a customer waits: soon, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from rejoinder.db import AWAY, BUSY, Database
from rejoinder.errors import ModelError, Unavailable
from rejoinder.knowledge.searching.installed import Installed
from rejoinder.knowledge.searching.kept import Kept
from rejoinder.llm.calling.limits import CROWDED
from rejoinder.telemetry.logs import log
from rejoinder.usage.model import Call

if TYPE_CHECKING:
    from rejoinder.llm.embedding.embedder import Embedder

_SECONDS = 1.5
"""Both providers answer a line within a few tenths of a second; search by words is there at once."""

_REST_S, _LONGEST_REST_S = 30.0, 300.0
_LONGEST = 2_000
"""Characters: what is asked stands in its beginning, and a pasted page would mean everything."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What `model` makes of a text; `search` takes both."""

    model: str
    vector: Sequence[float]


def forget(_call: Call) -> None:
    """Book nothing."""


class Meaning:
    """Makes questions' vectors within `seconds`, and remembers the last few hundred.

    After a failure the embedder is left alone for 30 s, or as long as it asks for, five minutes at most; not where its
    provider's limits left no place for this question.
    """

    def __init__(
        self,
        db: Database,
        embedder: Embedder | None,
        *,
        seconds: float = _SECONDS,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._embedder = embedder
        self._seconds = seconds
        self._clock = clock
        self._installed = Installed(db, clock)
        self._kept = Kept()
        self._resting_until = 0.0

    async def of(self, text: str, record: Callable[[Call], None] = forget) -> Meant | None:
        """The text's vector; None where there is none to be had now, which is logged and never raised.

        `record` is given the call to the model, if one was made.
        """
        asked = " ".join(text.split())[:_LONGEST]
        if self._embedder is None or not asked:
            return None
        if (known := self._kept.get(asked)) is not None:
            return Meant(self._embedder.identity, known)
        if self._clock() < self._resting_until:
            return None
        try:
            if not await self._installed.yes():
                return None
            (vector,) = await self._embedder.embed(
                [asked], "query", seconds=self._seconds, record=record
            )
        except (*AWAY, *BUSY, Unavailable) as away:
            log.warning("vectors_not_looked_for", error=type(away).__name__)
            return None
        except ModelError as failed:
            rest = 0.0
            if failed.code != CROWDED:
                rest = min(max(failed.retry_after or 0.0, _REST_S), _LONGEST_REST_S)
                self._resting_until = self._clock() + rest
            log.warning("question_not_embedded", code=failed.code, error=str(failed), rests=rest)
            return None
        return Meant(self._embedder.identity, self._kept.put(asked, vector))
