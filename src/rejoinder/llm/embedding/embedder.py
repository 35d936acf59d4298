"""Asking for vectors: within the provider's limits, limited in time, judged, booked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from math import isfinite
from time import monotonic
from typing import Final, cast

from pydantic_ai import Embedder as TheirEmbedder
from pydantic_ai.embeddings import (
    EmbeddingModel,
    EmbeddingResult,
    EmbeddingSettings,
)
from pydantic_ai.embeddings.result import EmbedInputType
from pydantic_ai.models import Model
from pydantic_ai.usage import RequestUsage

from rejoinder.errors import ModelError, ModelRefused, ModelTransient
from rejoinder.llm.calling.breaker import RESTING, Breakers
from rejoinder.llm.calling.failure import from_exception, is_ailing
from rejoinder.llm.calling.limits import CROWDED, Limits
from rejoinder.llm.calling.price import price
from rejoinder.llm.embedding.model import Named
from rejoinder.usage.model import Call, Outcome

BATCH: Final = 100
"""Texts a request: Gemini's limit (Google, "models.batchEmbedContents"); OpenAI's is 2,048."""

LONGEST: Final = 3_000
"""Characters of a text: 2,048 tokens, Gemini's limit, hold as many in most scripts. A chunk has 1,200."""

NOT_ASKED: Final = frozenset({CROWDED, RESTING})
"""The codes of errors of a model that was not even asked: nobody's failure, and nothing is booked."""

_CHARACTERS_PER_TOKEN = 4  # English; other scripts have fewer, so the estimate is a floor

Vector = tuple[float, ...]


class Embedder:
    """A model of pydantic-ai's, as `which` names it. `identity` is what its vectors are stored under.

    `limits` are those of the process, which chats share.
    """

    def __init__(
        self,
        model: EmbeddingModel,
        which: Named,
        close: Callable[[], Awaitable[None]] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._model = model
        self._limits = limits or Limits()
        self._breaker = Breakers().of(_as_chat(model))
        self._close = close
        self._size = which.size
        settings = EmbeddingSettings(dimensions=which.size) if which.size else None
        self._asked = TheirEmbedder(model, settings=settings)
        self.identity = which.identity

    async def close(self) -> None:
        """Close the connections that an SDK keeps."""
        if self._close is not None:
            await self._close()

    async def embed(
        self,
        texts: Sequence[str],
        kind: EmbedInputType,
        *,
        seconds: float,
        record: Callable[[Call], None],
    ) -> list[Vector]:
        """One vector a text, in order, in one request: at most BATCH texts, each cut at LONGEST characters.

        `seconds` are for all of it: half of them at most for a place at the provider, where chats stand in the same
        line. `record` is called once for a call that was made, whatever becomes of it. Raises a ModelError, with one of
        the codes NOT_ASKED where no call was made; ModelRefused for vectors of a size that was not asked for.
        """
        if (shut := self._breaker.enter()) is not None:
            raise shut
        trial = self._breaker.trying
        try:
            found = await self._in_turn(texts, kind, seconds, record)
        except ModelError as failed:
            if is_ailing(failed):
                self._breaker.failed(failed)
            elif failed.code != CROWDED:
                self._breaker.answered(well=False)
            raise
        else:
            self._breaker.answered()
            return found
        finally:
            if trial:
                self._breaker.left()

    async def _in_turn(
        self,
        texts: Sequence[str],
        kind: EmbedInputType,
        seconds: float,
        record: Callable[[Call], None],
    ) -> list[Vector]:
        """Ask when it is one's turn at the provider."""
        begun = monotonic()
        async with self._limits.place(self._model.system, seconds / 2):
            return await self._called(texts, kind, seconds - (monotonic() - begun), record)

    async def _called(
        self,
        texts: Sequence[str],
        kind: EmbedInputType,
        seconds: float,
        record: Callable[[Call], None],
    ) -> list[Vector]:
        begun = monotonic()
        outcome: Outcome = "cancelled"
        usage, said = RequestUsage(), ""
        try:
            async with asyncio.timeout(seconds):
                result = await self._asked.embed(
                    [text[:LONGEST] for text in texts], input_type=kind
                )
            usage = result.usage
            found = self._judged(result, len(texts))
            outcome = "ok"
            return found
        except Exception as error:
            outcome = "error"
            failure = from_exception(error, who=f"The embedding model {self._model.model_name}")
            said = str(failure or type(error).__name__)
            if failure is None:
                raise
            raise failure from None  # an SDK's error may hold the request's headers, and so the key
        finally:
            record(self._call(texts, usage, outcome, said, monotonic() - begun))

    def _judged(self, result: EmbeddingResult, asked: int) -> list[Vector]:
        vectors = [tuple(each) for each in result.embeddings]
        if len(vectors) != asked:
            raise self._useless(f"{len(vectors)} vectors for {asked} texts")
        for each in vectors:
            if not (all(map(isfinite, each)) and any(each)):
                raise self._useless("a vector that points nowhere")
        sizes = {len(each) for each in vectors}
        if self._size is not None and sizes - {self._size}:
            told = " and ".join(map(str, sorted(sizes)))
            raise ModelRefused(
                f"The embedding model {self._model.model_name} makes vectors of {told} numbers, "
                f"not of {self._size}.",
                mend="Write the size it makes into REJOINDER_EMBEDDER, as provider:name@SIZE.",
            )
        if len(sizes) > 1:
            raise self._useless("vectors of several sizes")
        return vectors

    def _useless(self, what: str) -> ModelError:
        return ModelTransient(f"The embedding model {self._model.model_name} answered with {what}.")

    def _call(
        self,
        texts: Sequence[str],
        usage: RequestUsage,
        outcome: Outcome,
        error: str,
        seconds: float,
    ) -> Call:
        """What was embedded stands where it came from: the ledger holds no copy."""
        estimated = outcome != "error" and not usage.input_tokens
        if estimated:
            size = sum(len(text[:LONGEST]) for text in texts)
            usage = RequestUsage(input_tokens=-(-size // _CHARACTERS_PER_TOKEN))
        found = price(_as_chat(self._model), usage)
        return Call(
            provider=self._model.system,
            model=self._model.model_name,
            prompt="",
            response="",
            input_tokens=usage.input_tokens,
            output_tokens=0,
            estimated=estimated,
            seconds=seconds,
            outcome=outcome,
            error=error,
            cost=found.cost,
            purpose="embed",
            priced="unknown" if found.cost is None else "estimated" if estimated else "exact",
            prices=found.prices,
        )


def _as_chat(model: EmbeddingModel) -> Model:
    """For what asks for a model's system, name and address alone: an embedding model has them as well."""
    return cast("Model", model)
