"""What a wire format of embeddings is to the model that speaks it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic_ai.embeddings.result import EmbedInputType
from pydantic_ai.usage import RequestUsage

from rejoinder.llm.wire.protocol import Format


@dataclass(frozen=True, slots=True)
class Vectors:
    """What a response holds, in the order of the texts."""

    vectors: list[list[float]]
    usage: RequestUsage


class EmbeddingWire(Format, Protocol):
    """A wire format of embeddings; each module with these names is one. All of it is pure."""

    def path(self, name: str) -> str:
        """What follows the base address."""

    def request_body(
        self, name: str, texts: Sequence[str], kind: EmbedInputType, size: int | None
    ) -> bytes:
        """The JSON of a request for one vector of `size` numbers a text."""

    def read_vectors(self, raw: bytes) -> Vectors | None:
        """The vectors in a 200's body, None if that has none."""
